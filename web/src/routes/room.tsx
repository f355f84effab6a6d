/** The page of a room: who comes by an invitation joins, and then sees the player. */
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "~/api/client";
import { joinRoom } from "~/api/rooms";
import { isLoggedIn } from "~/api/session";
import { t } from "~/lib/strings";
import { Player } from "~/player/Player";
import { type Guest, guestAgain, RoomConnection } from "~/rooms/connection";
import { positionAt } from "~/rooms/keepUp";
import { useRoomView } from "~/rooms/useSteering";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { Button, ButtonLink } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { Spinner } from "~/ui/states";

const route = getRouteApi("/rooms/$room");

const nameKey = "guest name";

/** Without an account: a name, by which the others know them. */
function NameForm({ error, onJoin }: { error: Error | null; onJoin: (name: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (!name) return;
    localStorage.setItem(nameKey, name);
    onJoin(name);
  };
  return (
    <AuthPage title={t.rooms.joinTitle} subtitle={t.rooms.joinHint}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t.rooms.name}
          name="name"
          defaultValue={localStorage.getItem(nameKey) ?? ""}
          autoComplete="nickname"
          maxLength={50}
          required
          autoFocus
          data-testid="guest-name"
        />
        <FormError error={error} />
        <Button type="submit" size="lg" data-testid="guest-join">
          {t.rooms.join}
        </Button>
        <Link
          to="/login"
          search={{ next: location.pathname + location.search }}
          className="text-center font-bold text-accent-text hover:underline"
        >
          {t.rooms.logIn}
        </Link>
      </form>
    </AuthPage>
  );
}

const Notice = ({ title, hint, onBack }: { title: string; hint: string; onBack?: () => void }) => (
  <AuthPage title={title} subtitle={hint}>
    <div className="flex flex-col gap-3">
      {onBack && (
        <Button size="lg" onClick={onBack}>
          {t.rooms.back}
        </Button>
      )}
      {isLoggedIn() && (
        <ButtonLink to="/" look="soft" size="lg">
          {t.common.goHome}
        </ButtonLink>
      )}
    </div>
  </AuthPage>
);

/** The player, at the video and the place where the room is. */
function InRoom({ connection, onLeave }: { connection: RoomConnection; onLeave: () => void }) {
  const { t: begin } = route.useSearch();
  const view = useRoomView(connection);
  const video = view?.room.video.id ?? "";
  const state = view?.room.state;
  const from = useRef<{ video: string; at: string }>(undefined);
  if (state && from.current?.video !== video) {
    const now = connection.now();
    const place = now === null ? state.position : positionAt(state, now);
    from.current = { video, at: String(state.version === 0 && begin ? begin : place) };
  }
  // Whoever opens a room while they watch goes on from there.
  const fresh = view?.connected && connection.isHost && state?.version === 0;
  useEffect(() => {
    const position = Number(begin);
    if (fresh && position > 0 && !connection.pending) connection.order({ name: "seek", position });
  }, [fresh, begin, connection]);
  if (view?.removed) return <Notice title={t.rooms.removed} hint={t.rooms.removedHint} />;
  if (view?.over) return <Notice title={t.rooms.over} hint={t.rooms.overHint} />;
  return <Player slug={video} from={from.current?.at} choosing={false} room={connection} onLeave={onLeave} />;
}

export function RoomPage() {
  const { room } = route.useParams();
  const { link = "" } = route.useSearch();
  const navigate = useNavigate();
  const [connection, setConnection] = useState<RoomConnection | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [left, setLeft] = useState(false);
  /** Whoever may be a guest already is not asked before that is known. */
  const [asking, setAsking] = useState(false);
  const current = useRef<RoomConnection | null>(null);
  const attempts = useRef(0);

  const close = useCallback((wished = false) => {
    attempts.current += 1;
    current.current?.close(wished);
    current.current = null;
    setConnection(null);
  }, []);

  const join = useCallback(
    async (guest: Guest | null) => {
      close();
      setError(null);
      setLeft(false);
      const attempt = attempts.current;
      try {
        const joined = await joinRoom(room, guest ?? undefined);
        if (attempt !== attempts.current) return;
        current.current = new RoomConnection(joined, guest);
        setConnection(current.current);
      } catch (reason) {
        if (attempt === attempts.current) setError(reason as Error);
      }
    },
    [room, close],
  );

  /** A guest who has loaded the page anew is in without being asked again. */
  const comeBack = useCallback(async () => {
    const attempt = attempts.current;
    const found = await guestAgain(room);
    if (attempt !== attempts.current) return found?.close();
    current.current = found;
    setConnection(found);
    setAsking(true);
  }, [room]);

  useEffect(() => {
    if (isLoggedIn()) void join(null);
    else void comeBack();
    return () => close();
  }, [join, comeBack, close]);

  const joinAsGuest = (name: string) => void join({ name, link });
  if (left)
    return (
      <Notice
        title={t.rooms.left}
        hint={t.rooms.leftHint}
        onBack={() => {
          if (isLoggedIn()) void join(null);
          else setLeft(false);
        }}
      />
    );
  if (connection) {
    const leave = () => {
      close(true);
      if (isLoggedIn()) void navigate({ to: "/" });
      else setLeft(true);
    };
    return <InRoom connection={connection} onLeave={leave} />;
  }
  const gone = error instanceof ApiError && error.status === 404;
  if (gone) return <Notice title={t.rooms.noRoom} hint={t.rooms.noRoomHint} />;
  if (!isLoggedIn() && asking) return <NameForm error={error} onJoin={joinAsGuest} />;
  if (error) return <Notice title={t.common.failed} hint={error.message} onBack={() => void join(null)} />;
  return (
    <main className="grid min-h-dvh place-items-center bg-black">
      <Spinner className="size-14 text-white" />
    </main>
  );
}
