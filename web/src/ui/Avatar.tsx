/** The picture of an account, or its initial. */
import { useState } from "react";
import type { User } from "~/api/models/accounts";

type Props = { user: Pick<User, "id" | "username" | "logo">; className?: string };

export function Avatar({ user, className = "size-10" }: Props) {
  // Other servers of this protocol do not say whether there is one.
  const path = user.logo === undefined ? `/auth/users/${user.id}/logo` : user.logo;
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <span
      className={`grid shrink-0 place-items-center overflow-hidden rounded-full bg-accent font-display font-bold text-white uppercase ${className}`}
    >
      {path === null || path === failed ? (
        [...user.username][0]
      ) : (
        <img src={path} alt="" className="size-full object-cover" onError={() => setFailed(path)} />
      )}
    </span>
  );
}
