/** The menu of a film, serie or collection, with what administrators may do: files, metadata, another match, removal. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, Eye, EyeOff, FileSearch, Link2, Pencil, RefreshCw, Trash2 } from "lucide-react";
import { type ReactNode, type Ref, useRef } from "react";
import { type Collection, useDeleteShow, useRefreshShow } from "~/api/library";
import type { Show } from "~/api/models/catalogue";
import { hiddenShows, useHide } from "~/api/profiles";
import { may, useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { buttonClass } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Menu, MenuItem } from "~/ui/Menu";

type FileItemsProps = { collection: Collection; slug: string; refresh: () => void };

function FileItems({ collection, slug, refresh }: FileItemsProps) {
  const me = useMe();
  const navigate = useNavigate();
  const go = (page: "videos" | "remap") =>
    void navigate({ to: `/${collection}/$slug/${page}`, params: { slug } });
  return (
    <>
      {may(me, "core.write") && (
        <MenuItem onSelect={() => go("videos")} data-testid="edit-mapping">
          <Link2 /> {collection === "series" ? t.mapping.edit : t.mapping.editMovie}
        </MenuItem>
      )}
      {may(me, "scanner.add") && (
        <>
          <MenuItem onSelect={refresh} data-testid="refresh-metadata">
            <RefreshCw /> {t.manage.refresh}
          </MenuItem>
          <MenuItem onSelect={() => go("remap")} data-testid="remap">
            <FileSearch /> {t.manage.remap}
          </MenuItem>
        </>
      )}
    </>
  );
}

function RemoveShow({ show, ref }: { show: Show; ref: Ref<HTMLDialogElement> }) {
  const remove = useDeleteShow(`${show.kind}s`, show.slug);
  const navigate = useNavigate();
  return (
    <ConfirmDialog
      ref={ref}
      title={t.manage.deleteQuestion(show.name)}
      hint={t.manage.deleteHint}
      action={t.manage.delete}
      testId="remove-show-confirm"
      onConfirm={() =>
        remove.mutate(undefined, {
          onSuccess: () => {
            showToast(t.manage.deleted);
            void navigate({ to: "/" });
          },
        })
      }
    />
  );
}

/** The ⋯ menu of a title: `children` for everybody, then what the reader may manage. Nothing when both are empty. */
export function ShowMenu({ show, children }: { show: Show; children?: ReactNode }) {
  const me = useMe();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  // Here, not in the menu, which is gone by the time of the answer.
  const refresh = useRefreshShow(show.kind === "serie" ? "series" : "movies", show.slug);
  const writes = may(me, "core.write");
  const manages = writes || (may(me, "scanner.add") && show.kind !== "collection");
  const hidden = useQuery({ ...hiddenShows, enabled: me !== null });
  const hide = useHide(show);
  const isHidden = hidden.data?.some((other) => other.id === show.id) ?? false;
  if (!children && !manages && !hidden.data) return null;
  return (
    <>
      <Menu
        label={t.common.more}
        trigger={<Ellipsis aria-hidden="true" />}
        triggerClass={buttonClass("glass", "lg", "!px-3.5")}
        testId="show-menu"
      >
        {children}
        {hidden.data && (
          <MenuItem
            onSelect={() =>
              hide.mutate(!isHidden, {
                onSuccess: () => showToast(isHidden ? t.home.shown(show.name) : t.home.hidden(show.name)),
              })
            }
            data-testid="hide-show"
          >
            {isHidden ? <Eye /> : <EyeOff />} {isHidden ? t.home.show : t.home.hide}
          </MenuItem>
        )}
        {writes && (
          <MenuItem
            onSelect={() =>
              void navigate({
                to: "/edit/$kind/$slug",
                params: { kind: show.kind === "serie" ? "series" : `${show.kind}s`, slug: show.slug },
              })
            }
            data-testid="edit-show"
          >
            <Pencil /> {t.edit.action}
          </MenuItem>
        )}
        {show.kind !== "collection" && (
          <FileItems
            collection={show.kind === "serie" ? "series" : "movies"}
            slug={show.slug}
            refresh={() => refresh.mutate(undefined, { onSuccess: () => showToast(t.manage.refreshing) })}
          />
        )}
        {writes && (
          <MenuItem
            onSelect={() => dialog.current?.showModal()}
            className="text-bad"
            data-testid="remove-show"
          >
            <Trash2 /> {t.manage.delete}
          </MenuItem>
        )}
      </Menu>
      {/* Outside of the menu, which closes before the question is asked. */}
      {writes && <RemoveShow show={show} ref={dialog} />}
    </>
  );
}
