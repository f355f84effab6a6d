/** Rooms, in which several people watch the same video, as JSON objects. No behaviour. */
import type * as wire from "../wire/api";

export type { Joined, Member, Message as RoomMessage, Room, RoomState } from "../wire/api";

export type Control = wire.Room["control"];

/** Where the picture of a room is: at `position` seconds, at the moment `at` of the server (ISO 8601). */
export type Playback = Pick<wire.RoomState, "paused" | "position" | "rate" | "at">;
