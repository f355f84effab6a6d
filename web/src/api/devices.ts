/** The reader's other screens: which are there, what they play, and commands to them. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "./client";
import { deviceId } from "./device";
import { live } from "./live";
import type { ConnectedDevice } from "./wire/api";

/** What a screen says of itself while it plays; of another client some of it may be missing. */
export type DeviceState = {
  /** A video, as the address of the player has it. */
  video?: string;
  title?: string;
  subtitle?: string;
  paused?: boolean;
  /** Seconds, at the moment `at` (milliseconds). */
  position?: number;
  duration?: number;
  at?: number;
};

export type Device = Omit<ConnectedDevice, "state"> & { state: DeviceState };

export const devices = queryOptions({
  queryKey: ["devices"],
  queryFn: ({ signal }) => api<Device[]>("/api/profiles/me/devices", { signal }),
  select: (all) => all.filter(({ id }) => id !== deviceId()),
  // Other servers of this protocol have no devices.
  retry: false,
});

export const order = (device: string, name: string, more: object = {}) =>
  live.send({ action: "command", device, command: { name, ...more } });

/** Where playback of a screen stands by now (seconds). */
export function positionOf({ position = 0, paused, at, duration }: DeviceState, now = Date.now()): number {
  const gone = paused || !at ? 0 : Math.max(0, now - at) / 1000;
  return Math.min(position + gone, duration || Number.POSITIVE_INFINITY);
}
