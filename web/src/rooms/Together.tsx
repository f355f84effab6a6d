/** What a player shows of its room: whom it waits for, reactions over the picture, and the panel with its button. */
import { Users } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { RoomMessage } from "~/api/models/rooms";
import { t } from "~/lib/strings";
import { ControlButton } from "~/player/Controls";
import type { RoomConnection } from "./connection";
import { RoomPanel } from "./RoomPanel";
import { useRoomView } from "./useSteering";

/** Milliseconds for which a reaction, or a message to whoever has closed the panel, is over the picture. */
const shownFor = 4000;

/** What was said last, for a moment; nothing that was said before one came in. */
function useJustSaid(messages: readonly RoomMessage[]) {
  const last = messages.at(-1);
  const seen = useRef(last?.at);
  const [said, setSaid] = useState<RoomMessage | null>(null);
  useEffect(() => {
    if (!last || last.at === seen.current) return;
    seen.current = last.at;
    setSaid(last);
  }, [last]);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), shownFor);
    return () => clearTimeout(timer);
  }, [said]);
  return said;
}

type ButtonProps = { connection: RoomConnection; open: boolean; onToggle: () => void };

export function RoomButton({ connection, open, onToggle }: ButtonProps) {
  const messages = useRoomView(connection)?.room.messages ?? [];
  const [read, setRead] = useState(messages.at(-1)?.at ?? "");
  const newest = messages.at(-1)?.at ?? "";
  useEffect(() => {
    if (open) setRead(newest);
  }, [open, newest]);
  const unread = messages.filter(({ at, kind }) => kind === "chat" && at > read).length;
  return (
    <span className="relative">
      <ControlButton
        label={unread ? `${t.rooms.show} (${t.rooms.unread(unread)})` : t.rooms.show}
        onClick={onToggle}
        testId="room-open"
      >
        <Users />
      </ControlButton>
      {unread > 0 && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute right-0 top-0 grid min-w-5 place-items-center rounded-full bg-accent px-1 text-xs font-bold"
        >
          {unread}
        </span>
      )}
    </span>
  );
}

type Props = {
  connection: RoomConnection;
  open: boolean;
  onClose: () => void;
  wantsTime: boolean;
  onWantsTime: (wants: boolean) => void;
  onLeave: () => void;
};

export function Together({ connection, open, ...panel }: Props) {
  const view = useRoomView(connection);
  const said = useJustSaid(view?.room.messages ?? []);
  if (!view) return null;
  const { waiting } = view.room.state;
  return (
    <>
      <div className="pointer-events-none absolute inset-x-4 top-20 grid justify-items-center gap-2">
        {waiting.length > 0 && (
          <p
            role="status"
            data-testid="room-waiting"
            className="rounded-2xl bg-black/70 px-4 py-2 text-center font-semibold text-balance"
          >
            {t.rooms.waitingFor(waiting.join(", "))}
          </p>
        )}
        {said && (said.kind === "reaction" || !open) && (
          <p
            key={said.at}
            data-testid="room-said"
            className={`max-w-full animate-rise rounded-2xl bg-black/60 px-4 py-2 break-words ${said.kind === "reaction" ? "text-3xl" : ""}`}
          >
            {said.text} <span className="text-sm text-white/75">{said.by}</span>
          </p>
        )}
      </div>
      {open && <RoomPanel connection={connection} view={view} {...panel} />}
    </>
  );
}
