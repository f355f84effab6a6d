/** What is beside the picture of a room: who is here, the invitation, chat and reactions, and the way out. */
import { useMutation } from "@tanstack/react-query";
import { Crown, Hourglass, LogOut, Send, UserX, X } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Member, Room } from "~/api/models/rooms";
import { endRoom, removeMember } from "~/api/rooms";
import { t } from "~/lib/strings";
import { Button, IconButton } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Secret } from "~/ui/Secret";
import type { RoomConnection, RoomView } from "./connection";

export const emojis = ["😂", "😮", "😢", "❤️", "👏", "🎉"];

type PersonProps = { member: Member; room: Room; self: boolean; onRemove?: () => void };

function Person({ member, room, self, onRemove }: PersonProps) {
  const notes = [
    self && t.rooms.you,
    member.id === room.host && t.rooms.host,
    member.guest && t.rooms.guest,
    !member.here
      ? t.rooms.away
      : member.buffering
        ? t.rooms.buffering
        : member.ready
          ? t.rooms.ready
          : t.rooms.notReady,
  ].filter(Boolean);
  return (
    <li className="flex items-center gap-2" data-testid="room-member">
      <span
        aria-hidden="true"
        className={`size-2.5 shrink-0 rounded-full ${!member.here ? "bg-white/30" : member.ready && !member.buffering ? "bg-emerald-400" : "bg-amber-300"}`}
      />
      <span className="min-w-0 truncate font-semibold">{member.name}</span>
      {member.id === room.host && <Crown className="size-4 shrink-0 text-amber-300" aria-hidden="true" />}
      <span className="ml-auto shrink-0 text-xs text-white/65">{notes.join(" · ")}</span>
      {onRemove && (
        <IconButton label={t.rooms.remove(member.name)} look="glass" size="sm" onClick={onRemove}>
          <UserX />
        </IconButton>
      )}
    </li>
  );
}

function Talk({ room, connection }: { room: Room; connection: RoomConnection }) {
  const list = useRef<HTMLUListElement>(null);
  const { messages } = room;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is what it is for.
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [messages]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const chat = String(new FormData(form).get("chat")).trim();
    // What could not be sent stays where it was written.
    if (chat && connection.say({ chat })) form.reset();
  };
  return (
    <>
      <ul
        ref={list}
        aria-label={t.rooms.chat}
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long talks are scrolled with the keyboard.
        tabIndex={0}
        className="flex min-h-16 flex-1 flex-col gap-1.5 overflow-y-auto rounded-xl bg-white/5 p-3 text-sm select-text"
        data-testid="room-chat"
      >
        {messages.length === 0 && <li className="text-white/65">{t.rooms.empty}</li>}
        {messages.map(({ by, text, at }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no name of their own.
          <li key={`${at} ${index}`} className="break-words">
            <b className="text-white/75">{by}</b> {text}
          </li>
        ))}
      </ul>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as a part of a form. */}
      <div role="group" aria-label={t.rooms.reactions} className="flex justify-between">
        {emojis.map((emoji) => (
          <button
            key={emoji}
            type="button"
            aria-label={t.rooms.react(emoji)}
            onClick={() => connection.say({ reaction: emoji })}
            className="grid size-10 place-items-center rounded-full text-xl hover:bg-white/15"
          >
            {emoji}
          </button>
        ))}
      </div>
      <form onSubmit={submit} className="flex gap-2">
        <input
          name="chat"
          aria-label={t.rooms.write}
          placeholder={t.rooms.write}
          maxLength={500}
          autoComplete="off"
          className="h-11 min-w-0 flex-1 rounded-full bg-white/10 px-4 text-base placeholder:text-white/60"
          data-testid="room-write"
        />
        <IconButton type="submit" label={t.rooms.send} look="glass">
          <Send />
        </IconButton>
      </form>
    </>
  );
}

type Props = {
  connection: RoomConnection;
  view: RoomView;
  wantsTime: boolean;
  onWantsTime: (wants: boolean) => void;
  onClose: () => void;
  onLeave: () => void;
};

export function RoomPanel({ connection, view, wantsTime, onWantsTime, onClose, onLeave }: Props) {
  const { room, connected } = view;
  const question = useRef<HTMLDialogElement>(null);
  const ending = useMutation({ mutationFn: () => endRoom(room.id) });
  const [leaving, setLeaving] = useState<Member | null>(null);
  const removal = useRef<HTMLDialogElement>(null);
  const removing = useMutation({ mutationFn: (member: string) => removeMember(room.id, member) });
  useEffect(() => {
    if (leaving) removal.current?.showModal();
  }, [leaving]);
  // Those who left long ago only lengthen the list.
  const members = room.members.filter(({ here, guest }) => here || !guest);
  return (
    <aside
      aria-label={t.rooms.title}
      data-testid="room-panel"
      className="absolute right-4 top-20 bottom-48 z-10 flex w-80 animate-rise flex-col gap-3 overflow-y-auto rounded-3xl bg-[#171422]/92 p-4 text-white shadow-2xl ring-1 ring-white/15 backdrop-blur-xl max-sm:inset-x-2 max-sm:top-18 max-sm:bottom-32 max-sm:w-auto"
    >
      <div className="flex items-center justify-between">
        <h2 className="font-bold">{t.rooms.title}</h2>
        <IconButton label={t.common.close} look="glass" size="sm" onClick={onClose}>
          <X />
        </IconButton>
      </div>
      {!connected && (
        <p role="status" className="text-sm font-semibold text-amber-300">
          {t.rooms.lost}
        </p>
      )}
      <ul
        aria-label={t.rooms.people(room.members.filter(({ here }) => here).length)}
        className="grid gap-1.5"
      >
        {members.map((member) => (
          <Person
            key={member.id}
            member={member}
            room={room}
            self={member.id === connection.member}
            onRemove={
              connection.isHost && !connection.guest && member.id !== connection.member
                ? () => setLeaving(member)
                : undefined
            }
          />
        ))}
      </ul>
      {room.link && (
        // Whoever is alone has to invite somebody; later it only takes the place of the talk.
        <details open={room.members.length === 1}>
          <summary className="cursor-pointer text-sm font-semibold" data-testid="room-invite">
            {t.rooms.invite}
          </summary>
          <div className="mt-2">
            <Secret label={t.rooms.link} value={room.link} hint={t.rooms.linkHint} testId="room-link" />
          </div>
        </details>
      )}
      <Talk room={room} connection={connection} />
      <div className="flex flex-wrap gap-2">
        <Button
          look="glass"
          size="sm"
          aria-pressed={wantsTime}
          onClick={() => onWantsTime(!wantsTime)}
          data-testid="room-ready"
        >
          <Hourglass aria-hidden="true" /> {wantsTime ? t.rooms.imReady : t.rooms.waitForMe}
        </Button>
        <Button look="glass" size="sm" onClick={onLeave} data-testid="room-leave">
          <LogOut aria-hidden="true" /> {t.rooms.leave}
        </Button>
        {connection.isHost && !connection.guest && (
          <Button look="glass" size="sm" onClick={() => question.current?.showModal()} data-testid="room-end">
            {t.rooms.end}
          </Button>
        )}
      </div>
      <ConfirmDialog
        ref={removal}
        title={t.rooms.removeQuestion(leaving?.name ?? "")}
        hint={leaving?.guest ? t.rooms.removeGuestHint : t.rooms.removeHint}
        action={t.rooms.sendAway}
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving && removing.mutate(leaving.id)}
        testId="room-remove-confirm"
      />
      <ConfirmDialog
        ref={question}
        title={t.rooms.endQuestion}
        hint={t.rooms.endHint}
        action={t.rooms.end}
        onConfirm={() => ending.mutate()}
        testId="room-end-confirm"
      />
    </aside>
  );
}
