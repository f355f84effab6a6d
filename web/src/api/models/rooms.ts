/** The wire types of rooms, in which several people watch the same video. */
import type { Playback } from "~/rooms/keepUp";

export type Control = "everyone" | "host";

export type RoomState = Playback & {
  /** Who ordered it. */
  by: string;
  version: number;
  /** Names of those whom a play waits for. */
  waiting: string[];
};

export type Member = {
  id: string;
  name: string;
  guest: boolean;
  here: boolean;
  ready: boolean;
  buffering: boolean;
};

export type RoomMessage = { kind: "chat" | "reaction"; by: string; text: string; at: string };

export type Room = {
  id: string;
  slug: string;
  /** The invitation; guests are not told it. */
  link: string | null;
  video: { id: string; slug?: string | null };
  control: Control;
  guests: boolean;
  /** The id of a member. */
  host: string;
  members: Member[];
  state: RoomState;
  messages: RoomMessage[];
};

/** `presign`: the credential of a guest. `member`: who one is in the room. */
export type Joined = { room: Room; presign: string | null; member: string };
