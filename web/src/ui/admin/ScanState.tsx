/** How far the scanner is: a bar while it works, the folders it warns of, the files it could not take. */
import { TriangleAlert } from "lucide-react";
import type { ScanProgress } from "~/api/models/scanner";
import { useScanProgress } from "~/api/scanner";
import { t } from "~/lib/strings";

const done = (progress: ScanProgress) => progress.identified + progress.failed;

export function ScanBar({ progress }: { progress: ScanProgress }) {
  const text = progress.found ? t.scan.read(done(progress), progress.found) : t.scan.looking;
  return (
    <div className="w-full" data-testid="scan-bar">
      <p className="mb-2 font-semibold" role="status">
        {text}
      </p>
      <div
        role="progressbar"
        aria-label={t.scan.looking}
        aria-valuemin={0}
        aria-valuemax={progress.found}
        aria-valuenow={done(progress)}
        className="h-2 overflow-hidden rounded-full bg-raised"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-500"
          style={{ width: `${progress.found ? (100 * done(progress)) / progress.found : 0}%` }}
        />
      </div>
    </div>
  );
}

export const ScanWarnings = ({ progress }: { progress: ScanProgress }) => (
  <>
    {progress.warnings.map(({ path, message }) => (
      <p
        key={path + message}
        className="flex gap-3 rounded-2xl bg-warn/12 px-4 py-3 text-left text-sm font-semibold text-warn"
        data-testid="scan-warning"
      >
        <TriangleAlert className="size-5 shrink-0" aria-hidden="true" />
        <span className="min-w-0 break-words">
          {path}: {message}
        </span>
      </p>
    ))}
  </>
);

type FilesProps = {
  name: string;
  files: ScanProgress["errors"] | undefined;
  title: (n: number) => string;
  bad?: boolean;
};

/** Files, each with what there is to say about it; closed until somebody wants to know. */
const Files = ({ name, files, title, bad = false }: FilesProps) =>
  !!files?.length && (
    <details data-testid={`scan-${name}`}>
      <summary className={`font-bold ${bad ? "text-bad" : ""}`}>{title(files.length)}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by keyboard. */}
      <ul className="mt-2 max-h-80 divide-y divide-line overflow-y-auto" tabIndex={0}>
        {files.map(({ path, message }) => (
          <li key={path} className="py-2 text-sm">
            <p className="font-semibold break-all">{path}</p>
            <p className="text-muted">{message}</p>
          </li>
        ))}
      </ul>
    </details>
  );

/** Everything, for administrators. */
export function ScanState() {
  const { data } = useScanProgress();
  if (!data) return null;
  return (
    <div className="flex flex-col gap-3">
      {data.running && done(data) < data.found ? (
        <ScanBar progress={data} />
      ) : (
        <p className="font-semibold">{t.scan.known(data.found)}</p>
      )}
      <ScanWarnings progress={data} />
      <Files name="errors" files={data.errors} title={t.scan.errors} bad />
      <Files name="unmatched" files={data.unmatched} title={t.scan.unmatched} />
      <Files name="left-out" files={data.leftOut} title={t.scan.leftOut} />
    </div>
  );
}
