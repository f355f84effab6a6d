/** The mark and the name. */
import { t } from "~/lib/strings";

export const Logo = () => (
  <span className="flex items-center gap-2.5">
    <img src="/icon.svg" alt="" className="size-8" />
    <span className="font-display text-xl font-extrabold tracking-tight">{t.brand}</span>
  </span>
);
