/** Notices of the server, shown at the edge of the screen. */
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import type { Live } from "./live";

/** Show what is told to `reader`. Administrators are told of the notices of others, too: these are not shown. */
export const showNotices = (live: Live, reader: string): (() => void) =>
  live.listen({
    event: (event) => {
      if (event.topic !== "notices" || event.type !== "notice") return;
      const values = event.values as Record<string, string>;
      const text = t.notices[event.key];
      if (text && (values.user === undefined || values.user === reader)) showToast(text(values));
    },
    stale: () => {},
  });
