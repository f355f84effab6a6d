/** The shows that nobody is sure about: what each may be, and one click that says what it is. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck, Film, Tv } from "lucide-react";
import { useState } from "react";
import type { MatchCandidate, UnsureMatch } from "~/api/models/scanner";
import { unsureMatches, useChooseMatch, useDismissMatch } from "~/api/scanner";
import { may, useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { showToast } from "~/lib/toast";
import { useDebounced } from "~/lib/useDebounced";
import { Button, ButtonLink } from "~/ui/Button";
import { Card } from "~/ui/Field";
import { ProviderPoster, SearchField } from "~/ui/Search";
import { Empty, More, Waiting } from "~/ui/states";

const named = ({ name, year }: { name: string; year: number | null }) => (year ? `${name} (${year})` : name);

type CandidateProps = { found: MatchCandidate; disabled: boolean; onTake?: () => void };

function Candidate({ found, disabled, onTake }: CandidateProps) {
  return (
    <li className="flex gap-3.5 py-3" data-testid="candidate">
      <ProviderPoster url={found.poster} icon={found.kind === "movie" ? Film : Tv} />
      <div className="min-w-0 flex-1">
        <p className="font-bold break-words">{named(found)}</p>
        <p className="text-sm text-muted">
          {[t.browse.kinds[found.kind], t.matching.fits(found.score)].join(" · ")}
        </p>
        {found.description && <p className="line-clamp-2 text-sm text-muted">{found.description}</p>}
        <details className="mt-1 text-sm">
          <summary className="font-semibold text-accent-text">{t.matching.reasons}</summary>
          <ul className="list-disc pl-5 text-muted">
            {found.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </details>
      </div>
      {onTake && (
        <div className="shrink-0">
          <Button size="sm" disabled={disabled} onClick={onTake} aria-label={t.matching.take(named(found))}>
            {t.match.take}
          </Button>
        </div>
      )}
    </li>
  );
}

type UnsureProps = {
  show: UnsureMatch;
  allowed: boolean;
  choose: ReturnType<typeof useChooseMatch>;
  dismiss: ReturnType<typeof useDismissMatch>;
};

function Unsure({ show, allowed, choose, dismiss }: UnsureProps) {
  const busy = choose.isPending || dismiss.isPending;
  const title = named({ name: show.title, year: show.year });
  const take = (found: MatchCandidate) =>
    choose.mutate(
      { id: show.id, title: found },
      { onSuccess: () => showToast(t.matching.taken(named(found))) },
    );
  return (
    <li className="py-5 first:pt-0 last:pb-0" data-testid="unsure">
      <h3 className="text-lg font-extrabold break-words">{title}</h3>
      <p className="text-sm text-muted">
        {[t.browse.kinds[show.kind], t.matching.files(show.files), show.why].join(" · ")}
      </p>
      <ul className="mt-1 text-sm break-all text-muted">
        {show.paths.slice(0, 3).map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
      {show.candidates.length === 0 && <p className="mt-2 text-muted">{t.matching.noCandidate}</p>}
      <ul className="mt-2 divide-y divide-line">
        {show.candidates.map((found) => (
          <Candidate
            key={`${found.provider} ${found.kind} ${found.id}`}
            found={found}
            disabled={busy}
            onTake={allowed ? () => take(found) : undefined}
          />
        ))}
      </ul>
      {allowed && (
        <div className="mt-2 flex flex-wrap gap-3">
          {show.slug && (
            <ButtonLink
              to={show.kind === "movie" ? "/movies/$slug/remap" : "/series/$slug/remap"}
              params={{ slug: show.slug }}
              look="soft"
              size="sm"
            >
              {t.matching.other}
            </ButtonLink>
          )}
          <Button
            look="soft"
            size="sm"
            disabled={busy}
            onClick={() =>
              dismiss.mutate(show.id, { onSuccess: () => showToast(t.matching.dismissed(show.title)) })
            }
          >
            {t.matching.dismiss}
          </Button>
        </div>
      )}
    </li>
  );
}

export function AdminMatching() {
  const me = useMe();
  // Of the page and not of a line, which is gone before it could say that it worked.
  const choose = useChooseMatch();
  const dismiss = useDismissMatch();
  const [text, setText] = useState("");
  const query = useDebounced(text.trim());
  const list = useInfiniteQuery({
    ...unsureMatches(query),
    refetchInterval: 5000,
    placeholderData: keepPreviousData,
  });
  return (
    <Card title={t.matching.title}>
      <p className="-mt-3 mb-5 text-sm text-muted">{t.matching.hint}</p>
      <div className="mb-5">
        <SearchField label={t.matching.search} value={text} onChange={setText} />
      </div>
      <Waiting query={list} />
      {list.data?.length === 0 && (
        <Empty compact icon={<CircleCheck />} title={query ? t.match.noResults : t.matching.none} />
      )}
      <ul className="divide-y divide-line">
        {list.data?.map((show) => (
          <Unsure
            key={show.id}
            show={show}
            allowed={may(me, "scanner.add")}
            choose={choose}
            dismiss={dismiss}
          />
        ))}
      </ul>
      <More query={list} />
    </Card>
  );
}
