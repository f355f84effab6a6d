/** The address by which calendar programs show the episodes of what the reader follows. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { calendar, useEndCalendar, useMakeCalendar } from "~/api/calendar";
import { formatDate } from "~/lib/format";
import { t } from "~/lib/strings";
import { Button } from "~/ui/Button";
import { ConfirmDialog } from "~/ui/Dialog";
import { Card } from "~/ui/Field";
import { Secret } from "~/ui/Secret";

export function CalendarCard() {
  const { data } = useQuery(calendar);
  const make = useMakeCalendar();
  const end = useEndCalendar();
  const dialog = useRef<HTMLDialogElement>(null);
  if (!data) return null;
  return (
    <Card title={t.calendar.title}>
      <p className="-mt-3 mb-5 text-sm text-muted text-pretty">{t.calendar.hint}</p>
      {data.since && <p className="mb-4 text-sm font-semibold">{t.calendar.since(formatDate(data.since))}</p>}
      <div className="flex flex-wrap gap-3">
        <Button
          look="soft"
          disabled={make.isPending}
          onClick={() => (data.since ? dialog.current?.showModal() : make.mutate())}
          data-testid="calendar-make"
        >
          {data.since ? t.calendar.again : t.calendar.make}
        </Button>
        {data.since && (
          <Button
            look="danger"
            disabled={end.isPending}
            onClick={() => end.mutate(undefined, { onSuccess: () => make.reset() })}
            data-testid="calendar-end"
          >
            {t.calendar.end}
          </Button>
        )}
      </div>
      {make.data && (
        <div className="mt-5">
          <Secret
            label={t.calendar.address}
            value={make.data.url}
            hint={t.calendar.addressHint}
            testId="calendar-url"
          />
        </div>
      )}
      <ConfirmDialog
        ref={dialog}
        title={t.calendar.again}
        hint={t.calendar.againHint}
        action={t.calendar.again}
        onConfirm={() => make.mutate()}
      />
    </Card>
  );
}
