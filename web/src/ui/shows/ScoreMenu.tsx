/** The reader's own score of a film or serie, as a button that opens a menu of ten. */
import { Star, StarOff } from "lucide-react";
import type { Movie, Serie } from "~/api/models/catalogue";
import { useScore } from "~/api/profiles";
import { useMe } from "~/api/users";
import { formatScore } from "~/lib/format";
import { t } from "~/lib/strings";
import { buttonClass } from "~/ui/Button";
import { Menu, MenuItem, MenuRadio } from "~/ui/Menu";

const steps = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];

export function ScoreMenu({ show }: { show: Movie | Serie }) {
  const me = useMe();
  const { mutate, isPending, variables } = useScore(show.kind, show.slug);
  if (!me) return null;
  const score = isPending ? variables : (show.watchStatus?.score ?? null);
  return (
    <Menu
      label={score === null ? t.watchStatus.score : t.watchStatus.scored(formatScore(score))}
      align="start"
      testId="score"
      triggerClass={buttonClass("glass", "lg", "!px-3.5")}
      trigger={
        <>
          <Star aria-hidden="true" className={score === null ? "" : "fill-amber-300 text-amber-300"} />
          {score !== null && formatScore(score)}
        </>
      }
    >
      {steps.map((step) => (
        <MenuRadio
          key={step}
          checked={score !== null && Math.round(score / 10) === step}
          onSelect={() => mutate(step * 10)}
        >
          {t.watchStatus.scoreOf(step)}
        </MenuRadio>
      ))}
      {score !== null && (
        <MenuItem onSelect={() => mutate(null)} className="text-bad">
          <StarOff /> {t.watchStatus.noScore}
        </MenuItem>
      )}
    </Menu>
  );
}
