/** The picture of an account, or its initial. */
import { useSyncExternalStore } from "react";
import type { User } from "~/api/models";

/** Accounts without a picture, remembered for this visit: most have none, and asking again is a wasted request. */
const key = "avatarless";
const avatarless = new Set<string>(JSON.parse(sessionStorage.getItem(key) ?? "[]") as string[]);

/** Counts the changes made in this tab, so that a new picture is not taken from the browser's cache. */
let changes = 0;
let version = 0;
const listeners = new Set<() => void>();

function update() {
  sessionStorage.setItem(key, JSON.stringify([...avatarless]));
  version++;
  for (const listener of listeners) listener();
}

function forget(id: string) {
  avatarless.add(id);
  update();
}

/** To be called after the picture of an account was set or removed. */
export function avatarChanged(id: string) {
  changes++;
  avatarless.delete(id);
  update();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** False once it is known that an account has no picture. */
export const useHasPicture = (id: string) => useSyncExternalStore(subscribe, () => !avatarless.has(id));

type Props = { user: Pick<User, "id" | "username">; className?: string };

export function Avatar({ user, className = "size-10" }: Props) {
  useSyncExternalStore(subscribe, () => version);
  return (
    <span
      className={`grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent font-display font-bold text-white uppercase ${className}`}
    >
      {avatarless.has(user.id) ? (
        [...user.username][0]
      ) : (
        <img
          src={`/auth/users/${user.id}/logo${changes ? `?v=${changes}` : ""}`}
          alt=""
          className="size-full object-cover"
          onError={() => forget(user.id)}
        />
      )}
    </span>
  );
}
