/** A page for some: everybody else is told so. */
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { User } from "~/api/models/accounts";
import { isLoggedIn } from "~/api/session";
import { useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { ButtonLink } from "./Button";
import { Empty, Spinner } from "./states";

export function Allowed({ who, children }: { who: (user: User) => boolean; children: ReactNode }) {
  const me = useMe();
  if (!me && isLoggedIn()) return <Spinner className="mx-auto mt-24 size-8" />;
  if (me && who(me)) return children;
  return (
    <Empty alone icon={<Lock />} title={t.common.noAccess}>
      <ButtonLink to="/">{t.common.goHome}</ButtonLink>
    </Empty>
  );
}
