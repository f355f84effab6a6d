/** What a page shows when it has nothing else to show: loading, empty, failed. */
import { CloudOff, Compass, Frown, LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "~/api/client";
import { t } from "~/lib/strings";
import { Button, ButtonLink } from "./Button";

export const Spinner = ({ className = "size-8" }: { className?: string }) => (
  <LoaderCircle
    role="status"
    aria-label={t.common.loading}
    className={`animate-spin text-accent-text ${className}`}
  />
);

type Asked = { isPending: boolean; error: Error | null; refetch: () => unknown };

/** In the place of a list: that it is on its way, or why it is not. */
export function Waiting({ query: { isPending, error, refetch } }: { query: Asked }) {
  if (isPending) return <Spinner />;
  if (!error) return null;
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p className="text-bad">{error.message}</p>
      <Button look="soft" size="sm" onClick={() => void refetch()}>
        {t.common.retry}
      </Button>
    </div>
  );
}

type Paged = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** At the end of a list that goes on. */
export const More = ({ query: { hasNextPage, isFetchingNextPage, fetchNextPage } }: { query: Paged }) =>
  hasNextPage && (
    <Button
      look="soft"
      size="sm"
      className="mt-4"
      disabled={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {t.common.loadMore}
    </Button>
  );

type EmptyProps = {
  icon?: ReactNode;
  title: string;
  hint?: string;
  compact?: boolean;
  /** Whether it is all that the page has to say. */
  alone?: boolean;
  children?: ReactNode;
};

export const Empty = ({ icon, title, hint, compact = false, alone = false, children }: EmptyProps) => (
  <div
    className={`mx-auto flex max-w-md animate-fade flex-col items-center gap-3 px-6 text-center ${compact ? "py-10" : "py-20"}`}
  >
    {icon && <div className="mb-2 text-accent-text [&_svg]:size-12">{icon}</div>}
    {alone ? <h1 className="text-xl font-bold">{title}</h1> : <h2 className="text-xl font-bold">{title}</h2>}
    {hint && <p className="text-muted text-pretty">{hint}</p>}
    {children}
  </div>
);

export const NotFound = () => (
  <Empty alone icon={<Compass />} title={t.common.notFound} hint={t.common.notFoundHint}>
    <ButtonLink to="/">{t.common.goHome}</ButtonLink>
  </Empty>
);

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const status = error instanceof ApiError ? error.status : -1;
  const title = status === 404 ? t.common.notFound : t.common.failed;
  return (
    <Empty
      alone
      icon={status === 0 ? <CloudOff /> : <Frown />}
      title={title}
      hint={status === 404 ? t.common.notFoundHint : error.message}
    >
      <div className="mt-3 flex flex-wrap justify-center gap-3" role="alert">
        {retry && status !== 404 && <Button onClick={retry}>{t.common.retry}</Button>}
        <ButtonLink to="/" look="soft">
          {t.common.goHome}
        </ButtonLink>
      </div>
    </Empty>
  );
}
