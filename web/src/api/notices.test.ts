import { afterEach, expect, test, vi } from "vitest";
import type { Live, LiveEvent } from "./live";
import { showNotices } from "./notices";
import type { NoticesEvent } from "./wire/socket";

const shown = vi.hoisted(() => vi.fn());
vi.mock("~/lib/toast", () => ({ showToast: shown }));

afterEach(() => shown.mockClear());

function tell(event: Partial<NoticesEvent>) {
  const live = {
    listen: (listener: { event: (event: LiveEvent) => void }) => {
      listener.event({
        action: "event",
        id: "1",
        topic: "notices",
        type: "notice",
        at: "",
        key: "",
        values: {},
        ...event,
      });
      return () => {};
    },
  };
  showNotices(live as unknown as Live, "me");
  return shown.mock.calls.map(([text]) => text);
}

test("a notice is shown by its key", () => {
  const values = { name: "Lamp", message: "It does not answer" };
  expect(tell({ key: "webhook.off", values })).toEqual([
    "The webhook “Lamp” was switched off: It does not answer",
  ]);
});

test("what has no text, is no notice or somebody else's is not", () => {
  expect(tell({ key: "unknown.key", values: {} })).toEqual([]);
  expect(tell({ key: "webhook.off", type: "session", values: {} })).toEqual([]);
  expect(tell({ key: "webhook.off", values: { user: "somebody" } })).toEqual([]);
});
