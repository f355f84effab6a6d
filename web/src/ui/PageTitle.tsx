/** The title of the tab while a page is shown: `Name · Kyoo`, or the brand alone. */
import { useEffect } from "react";
import { t } from "~/lib/strings";

export function PageTitle({ name }: { name?: string }) {
  useEffect(() => {
    document.title = name ? `${name} · ${t.brand}` : t.brand;
    return () => {
      document.title = t.brand;
    };
  }, [name]);
  return null;
}
