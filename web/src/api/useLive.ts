/** Keeps what is on the screen as it is on the server, for as long as somebody may see it. */
import { useEffect } from "react";
import { live } from "./live";
import { showNotices } from "./notices";
import { queryClient } from "./queries";
import { Refreshing } from "./refreshing";
import { isLoggedIn } from "./session";
import { useIsGuest, useMe, waits } from "./users";

export function useLive() {
  const me = useMe();
  const isGuest = useIsGuest();
  const reader = isLoggedIn() ? (me && !waits(me) ? me.id : null) : isGuest ? "guest" : null;
  useEffect(() => {
    if (reader === null) return;
    const end = new Refreshing(queryClient).follow(live);
    const endNotices = showNotices(live, reader);
    live.start();
    return () => {
      live.stop();
      end();
      endNotices();
    };
  }, [reader]);
}
