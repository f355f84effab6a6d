/** The picture of an account, or its initial. */
import { useState } from "react";
import type { User } from "~/api/models";

/** Accounts without a picture, remembered for this visit: most have none, and asking again is a wasted request. */
const key = "avatarless";
const avatarless = new Set<string>(JSON.parse(sessionStorage.getItem(key) ?? "[]") as string[]);

function forget(id: string) {
  avatarless.add(id);
  sessionStorage.setItem(key, JSON.stringify([...avatarless]));
}

export function Avatar({ user, className = "size-10" }: { user: User; className?: string }) {
  const [failed, setFailed] = useState(() => avatarless.has(user.id));
  return (
    <span
      className={`grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent font-display font-bold text-white uppercase ${className}`}
    >
      {failed ? (
        [...user.username][0]
      ) : (
        <img
          src={`/auth/users/${user.id}/logo`}
          alt=""
          className="size-full object-cover"
          onError={() => {
            forget(user.id);
            setFailed(true);
          }}
        />
      )}
    </span>
  );
}
