/** When the controls show: on movement, touch or keys, and for a while after; always while paused or in a menu. */
import { useCallback, useEffect, useRef, useState } from "react";

const shownFor = 2600;

export function useActivity(hold: boolean) {
  const [active, setActive] = useState(true);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const wake = useCallback(() => {
    setActive(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setActive(false), shownFor);
  }, []);

  const rest = useCallback(() => {
    clearTimeout(timer.current);
    setActive(false);
  }, []);

  useEffect(() => {
    wake();
    return () => clearTimeout(timer.current);
  }, [wake]);

  return { shown: active || hold, wake, rest };
}
