/** Rooms to watch together in: made, joined, ended. What happens in them comes by a socket: `rooms/connection.ts`. */
import { api } from "./client";
import { signed } from "./credential";
import type { Control, Joined, Room } from "./models/rooms";

export const createRoom = (body: { video: string; guests: boolean; control: Control }) =>
  api<Room>("/api/rooms", { method: "POST", body });

/** Accounts need nothing; guests a name, and the link that they came by, or what they were lent. */
export const joinRoom = (room: string, guest?: { name: string; link: string }) =>
  api<Joined>(signed(`/api/rooms/${encodeURIComponent(room)}/join`), {
    method: "POST",
    body: guest ?? {},
    anonymous: true,
  });

export const getRoom = (room: string) =>
  api<Room>(signed(`/api/rooms/${encodeURIComponent(room)}`), { anonymous: true });

export const endRoom = (room: string) => api(`/api/rooms/${encodeURIComponent(room)}`, { method: "DELETE" });

/** For the host. */
export const removeMember = (room: string, member: string) =>
  api(`/api/rooms/${encodeURIComponent(room)}/members/${encodeURIComponent(member)}`, { method: "DELETE" });
