/** Tests of `versions.ts`. */
import { expect, test } from "vitest";
import type { EmbeddedVideo, MediaInfo, VideoTrack } from "~/api/models/files";
import { choices, linesOf, partToResume, ranked, traitsOf, versionName } from "./versions";

const file = (id: string, more: Partial<EmbeddedVideo> = {}): EmbeddedVideo => ({
  id,
  slug: `film-${id}`,
  path: `/films/${id}.mkv`,
  rendering: id,
  part: null,
  version: 1,
  ...more,
});

const track = (height: number, more: Partial<VideoTrack> = {}): VideoTrack => ({
  index: 0,
  title: null,
  language: null,
  codec: "h264",
  mimeCodec: "avc1.640028",
  width: Math.round((height * 16) / 9),
  height,
  bitrate: 4_000_000,
  isDefault: true,
  ...more,
});

const hevc = { codec: "hevc", mimeCodec: "hvc1.2.4.L120.B0" };
const info = (video: VideoTrack) => ({ videos: [video] }) as unknown as MediaInfo;
const infosOf = (tracks: Record<string, VideoTrack>) =>
  new Map(Object.entries(tracks).map(([id, video]) => [id, info(video)]));

const device = { lines: 1080, hdr: false, plays: (codec: string) => codec.startsWith("avc1") };
const all = { lines: 2160, hdr: true, plays: () => true };

function best(tracks: Record<string, VideoTrack>, on = device, remembered = null) {
  const videos = Object.keys(tracks).map((id) => file(id));
  return ranked(videos, infosOf(tracks), on, remembered)[0]?.id;
}

test("the largest picture up to the screen plays", () => {
  expect(best({ small: track(480), large: track(1080) })).toBe("large");
  expect(best({ huge: track(2160), large: track(1080), small: track(480) })).toBe("large");
  expect(best({ huge: track(2160), small: track(480) })).toBe("huge");
  expect(best({ huge: track(2160), large: track(1080) }, all)).toBe("huge");
});

test("what must be converted gives way to what plays as it is, unless that is far smaller", () => {
  expect(best({ large: track(1080, hevc), medium: track(720) })).toBe("medium");
  expect(best({ large: track(1080, hevc), small: track(480) })).toBe("large");
  expect(best({ large: track(1080, hevc), medium: track(720) }, all)).toBe("large");
  expect(best({ a: track(1080, { mimeCodec: null }), b: track(1080) })).toBe("b");
});

test("HDR is for screens that show it", () => {
  const hdr = track(1080, { hdr: "HDR10", videoRange: "PQ" });
  expect(best({ hdr, sdr: track(1080) })).toBe("sdr");
  expect(best({ sdr: track(1080), hdr }, all)).toBe("hdr");
  expect(best({ hdr: track(2160, { videoRange: "HLG" }), sdr: track(720) })).toBe("sdr");
});

test("of equals the one with more bits, then the first", () => {
  expect(best({ a: track(1080), b: track(1080, { bitrate: 9_000_000 }) })).toBe("b");
  expect(best({ a: track(1080), b: track(1080) })).toBe("a");
  expect(ranked([file("a"), file("b")], new Map(), device, null)[0]?.id).toBe("a");
  expect(ranked([], new Map(), device)).toEqual([]);
});

test("the version chosen last for the title plays, or the one most like it", () => {
  const cut = file("cut", { edition: "Director's Cut" });
  const infos = infosOf({ cut: track(480), plain: track(1080), cut2: track(720, hevc) });
  const videos = [cut, file("plain")];
  const remembered = traitsOf(cut, infos.get("cut"));
  expect(ranked(videos, infos, device, remembered)[0]?.id).toBe("cut");
  // Of another episode that has the cut in another size.
  const other = [file("plain"), file("cut2", { edition: "Director's Cut" })];
  expect(ranked(other, infos, device, remembered)[0]?.id).toBe("cut2");
});

test("a version is named by what it is", () => {
  const cut = file("a", { edition: "Director's Cut" });
  expect(versionName(file("a"), info(track(1080, hevc)))).toBe("1080p HEVC");
  expect(versionName(file("a"), info(track(1080)))).toBe("1080p");
  expect(versionName(cut, info(track(2160, { ...hevc, hdr: "HDR10" })))).toBe(
    "Director's Cut · 4K HDR10 HEVC",
  );
  expect(versionName(cut, undefined)).toBe("Director's Cut");
});

test("wide, tall and squeezed pictures are of the size that they are seen in", () => {
  expect(linesOf(track(800, { width: 1920 }))).toBe(1080);
  expect(linesOf(track(1920, { width: 1080 }))).toBe(1080);
  expect(linesOf(track(576, { width: 720, displayWidth: 1024, displayHeight: 576 }))).toBe(576);
  expect(linesOf(track(100, { width: 120 }))).toBe(144);
});

test("parts and older versions are no choices of their own; a part is gone on with", () => {
  const videos = [
    file("1", { rendering: "r", part: 1 }),
    file("2", { rendering: "r", part: 2 }),
    file("1v2", { rendering: "r", part: 1, version: 2 }),
    file("other"),
  ];
  expect(choices(videos).map((video) => video.id)).toEqual(["1v2", "other"]);
  const [first, , , other] = videos as [EmbeddedVideo, EmbeddedVideo, EmbeddedVideo, EmbeddedVideo];
  expect(partToResume(videos, first, { videoId: "2", percent: 60 }).id).toBe("2");
  expect(partToResume(videos, first, { videoId: "2", percent: 97 }).id).toBe("1");
  expect(partToResume(videos, other, { videoId: "2", percent: 60 }).id).toBe("other");
  expect(partToResume(videos, first, undefined).id).toBe("1");
});
