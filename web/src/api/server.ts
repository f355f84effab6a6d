/** What the server tells its administrators about itself, and its backups. */
import { queryOptions, useMutation } from "@tanstack/react-query";
import { api } from "./client";
import type { Backup, Backups, Examination } from "./models/server";
import { queryClient } from "./queries";

export const examination = queryOptions({
  queryKey: ["server", "doctor"],
  queryFn: ({ signal }) => api<Examination>("/server/doctor", { signal }),
  retry: false,
});

export const backups = queryOptions({
  queryKey: ["server", "backups"],
  queryFn: ({ signal }) => api<Backups>("/server/backups", { signal }),
  retry: false,
  refetchInterval: ({ state }) => (state.data?.doing ? 1000 : false),
});

export const useMakeBackup = () =>
  useMutation({
    mutationFn: () => api("/server/backups", { method: "POST" }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: backups.queryKey }),
  });

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

const answers = () =>
  fetch("/server/health", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Wait until the server has gone and come again, and show what it is now. */
async function untilBack() {
  for (let asked = 0; asked < 150 && (await answers()); asked++) await pause(200);
  while (!(await answers())) await pause(500);
  location.assign("/");
}

export const useRestore = () =>
  useMutation({
    mutationFn: (name: string) =>
      api<Backup>(`/server/backups/${encodeURIComponent(name)}/restore`, { method: "POST" }).then(untilBack),
    meta: { shownInPlace: true },
  });

/** Why the backup that was chosen on the page of the first visitor could not be brought back. */
export const setup = queryOptions({
  queryKey: ["server", "setup"],
  queryFn: ({ signal }) =>
    api<{ setup: boolean; failure: string | null }>("/server/setup", { signal, anonymous: true }),
  retry: false,
});

/** The backups in a folder or a bucket, for the first visitor. */
export const useLookForBackups = () =>
  useMutation({
    mutationFn: (target: string) =>
      api<Backup[]>("/server/setup/backups", { method: "POST", body: { target }, anonymous: true }),
    meta: { shownInPlace: true },
  });

export const useFirstRestore = () =>
  useMutation({
    mutationFn: (body: { target: string; name: string }) =>
      api<Backup>("/server/setup/restore", { method: "POST", body, anonymous: true }).then(untilBack),
    meta: { shownInPlace: true },
  });
