/** The reader's watch-list state of a show, as a button that opens a menu. */
import { Bookmark, BookmarkCheck, BookmarkPlus, Trash2 } from "lucide-react";
import { type Movie, type Serie, watchStatuses } from "~/api/models/catalogue";
import { useWatchStatus } from "~/api/shows";
import { useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { buttonClass } from "~/ui/Button";
import { Menu, MenuItem, MenuRadio } from "~/ui/Menu";

export function WatchStatusMenu({ show }: { show: Movie | Serie }) {
  const me = useMe();
  const { mutate, isPending, variables } = useWatchStatus(show.kind, show.slug);
  if (!me) return null;
  const current = isPending ? variables : (show.watchStatus?.status ?? null);
  const Icon = current === "completed" ? BookmarkCheck : current ? Bookmark : BookmarkPlus;
  return (
    <Menu
      label={current ? `${t.watchStatus.label}: ${t.watchStatus[current]}` : t.watchStatus.add}
      align="start"
      testId="watch-status"
      triggerClass={buttonClass("glass", "lg")}
      trigger={
        <>
          <Icon aria-hidden="true" className={current && current !== "completed" ? "fill-current" : ""} />
          {current ? t.watchStatus[current] : t.watchStatus.add}
        </>
      }
    >
      {watchStatuses.map((status) => (
        <MenuRadio key={status} checked={current === status} onSelect={() => mutate(status)}>
          {t.watchStatus[status]}
        </MenuRadio>
      ))}
      {current && (
        <MenuItem onSelect={() => mutate(null)} className="text-bad">
          <Trash2 /> {t.watchStatus.remove}
        </MenuItem>
      )}
    </Menu>
  );
}
