/** Tests of `PlayLimitPicker.tsx`. */
import { expect, test, vi } from "vitest";
import type { PlayLimits } from "~/api/models/accounts";
import { propsOf } from "~/lib/testElements";
import { PlayLimitPicker } from "./PlayLimitPicker";

const none: PlayLimits = {
  maxStreams: null,
  maxHeight: null,
  maxBitrate: null,
  maxLocalBitrate: null,
  noTranscoding: null,
};

/** What is said when `text` is typed into a field. */
function typed(name: string, text: string, value = none) {
  const onChange = vi.fn();
  propsOf(PlayLimitPicker({ value, onChange }), `limit-${name}`).onChange({ target: { value: text } });
  return onChange.mock.calls[0]?.[0];
}

test("bits are typed and shown in millions", () => {
  expect(typed("maxBitrate", "2.5")).toEqual({ ...none, maxBitrate: 2_500_000 });
  const shown = PlayLimitPicker({ value: { ...none, maxLocalBitrate: 8_000_000 }, onChange: () => {} });
  expect(propsOf(shown, "limit-maxLocalBitrate").value).toBe(8);
});

test("streams and lines are what they are, and none of them is none", () => {
  expect(typed("maxStreams", "2")).toEqual({ ...none, maxStreams: 2 });
  expect(typed("maxStreams", "0")).toEqual({ ...none, maxStreams: 0 });
  expect(typed("maxHeight", "", { ...none, maxHeight: 720, maxStreams: 1 })).toEqual({
    ...none,
    maxStreams: 1,
  });
  expect(propsOf(PlayLimitPicker({ value: none, onChange: () => {} }), "limit-maxHeight").value).toBe("");
});

test("no encoding is a limit or none, never false", () => {
  const onChange = vi.fn();
  const box = propsOf(PlayLimitPicker({ value: none, onChange }), "limit-noTranscoding");
  expect(box.checked).toBe(false);
  box.onChange({ target: { checked: true } });
  box.onChange({ target: { checked: false } });
  expect(onChange.mock.calls.map(([limits]) => limits.noTranscoding)).toEqual([true, null]);
});
