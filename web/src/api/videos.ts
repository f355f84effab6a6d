/** Files: one file with its neighbours, what is inside it, its preview pictures, and where it streams from. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { queryString } from "~/lib/query";
import { parseSprites } from "~/lib/vtt";
import { api, apiText } from "./client";
import { signed } from "./credential";
import { whenSilent } from "./live";
import type { FullVideo, MediaInfo, RunningStream, Video } from "./models/files";
import { pages, queryClient } from "./queries";

export const video = (slug: string) =>
  queryOptions({
    queryKey: ["videos", slug],
    queryFn: ({ signal }) =>
      api<FullVideo>(signed(`/api/videos/${slug}?with=next,previous,show,versions`), { signal }),
    // The saved position decides where playback starts: never an old one.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export const mediaInfo = (slug: string) =>
  queryOptions({
    queryKey: ["info", slug],
    queryFn: ({ signal }) => api<MediaInfo>(signed(`/api/videos/${slug}/info`), { signal }),
    staleTime: 5 * 60_000,
  });

export const sprites = (slug: string) =>
  queryOptions({
    queryKey: ["sprites", slug],
    queryFn: async ({ signal }) => {
      const { text, url } = await apiText(signed(`/api/videos/${slug}/thumbnails.vtt`), { signal });
      return parseSprites(text, url).map((sprite) => ({ ...sprite, url: signed(sprite.url) }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

/** Lets the server get a video ready before it is played. */
export const prepare = (slug: string) => api(`/api/videos/${slug}/prepare`);

export const unmatched = (query: string) =>
  pages<Video>(["unmatched"], `/api/videos/unmatched${queryString({ query, limit: 50 })}`);

export const streams = queryOptions({
  queryKey: ["streams"],
  queryFn: ({ signal }) => api<RunningStream[]>("/api/videos/streams", { signal }),
  refetchInterval: () => whenSilent("streams", 5000),
  staleTime: 0,
});

/** Ends the stream of a player; `message` is shown there. */
export const useEndStream = (clientId: string) =>
  useMutation({
    mutationFn: (message: string) =>
      api(`/video/streams/${encodeURIComponent(clientId)}`, { method: "DELETE", body: { message } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["streams"] }),
  });

export const masterUrl = (slug: string, clientId: string) =>
  signed(`/api/videos/${slug}/master.m3u8${queryString({ clientId })}`);

export const directUrl = (slug: string, clientId: string) =>
  signed(`/api/videos/${slug}/direct${queryString({ clientId })}`);

/** Tells the server that nobody watches any more. It would find out by itself, a minute later: nobody waits for an answer. */
export const endStream = (clientId: string) =>
  void fetch(`/video/streams/${clientId}`, { method: "DELETE", keepalive: true }).catch(() => {});
