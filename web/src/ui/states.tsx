/** What a page shows when it has nothing else to show: loading, empty, failed. */
import { CloudOff, Frown, LoaderCircle } from "lucide-react";
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
