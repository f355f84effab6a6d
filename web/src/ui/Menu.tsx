/** A drop-down menu: a button, a panel, arrow keys, Escape, and a click elsewhere. Items are `MenuItem` and `MenuRadio`. */
import { Check } from "lucide-react";
import {
  type ButtonHTMLAttributes,
  createContext,
  type KeyboardEvent,
  type ReactNode,
  useContext,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";

const CloseMenu = createContext<() => void>(() => {});

type Props = {
  label: string;
  trigger: ReactNode;
  triggerClass?: string;
  /** `top`: opens upwards. */
  side?: "top" | "bottom";
  align?: "start" | "end";
  testId?: string;
  dark?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
};

const focusable = '[role^="menuitem"]:not([disabled])';

export function Menu({
  label,
  trigger,
  triggerClass = "",
  side = "bottom",
  align = "end",
  testId,
  dark = false,
  onOpenChange,
  children,
}: Props) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);

  const change = (value: boolean) => {
    setOpen(value);
    onOpenChange?.(value);
  };
  const close = () => {
    change(false);
    button.current?.focus({ preventScroll: true });
  };

  const latestClose = useRef(change);
  latestClose.current = change;
  useEffect(() => {
    if (!open) return;
    const items = panel.current;
    const first =
      items?.querySelector<HTMLElement>('[aria-checked="true"]') ??
      items?.querySelector<HTMLElement>(focusable);
    // Below the screen, or under the bar of phones, nobody would find it.
    if (side === "bottom") items?.scrollIntoView({ block: "nearest" });
    first?.focus({ preventScroll: true });
    first?.scrollIntoView({ block: "nearest" });
    const outside = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) latestClose.current(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open, side]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const items = [...(panel.current?.querySelectorAll<HTMLElement>(focusable) ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const move = (index: number) => items[(index + items.length) % items.length]?.focus();
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at < 0 ? -1 : at - 1);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(-1);
    else if (event.key === "Tab") return change(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the menu inside.
    <div ref={root} className="relative" onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        data-testid={testId}
        className={triggerClass}
        onClick={(event) => {
          event.preventDefault();
          event.stopPropagation();
          change(!open);
        }}
      >
        {trigger}
      </button>
      {open && (
        <div
          ref={panel}
          id={id}
          role="menu"
          aria-label={label}
          className={`absolute z-50 max-h-[min(24rem,60vh)] min-w-52 w-max max-w-[min(22rem,85vw)] scroll-mb-20 md:scroll-mb-4 overflow-y-auto rounded-2xl border p-1.5 shadow-2xl animate-rise
            ${dark ? "border-white/10 bg-[#171422]/95 text-white backdrop-blur-xl" : "border-line bg-surface text-ink"}
            ${side === "top" ? "bottom-full mb-2" : "top-full mt-2"} ${align === "end" ? "right-0" : "left-0"}`}
        >
          <CloseMenu value={close}>{children}</CloseMenu>
        </div>
      )}
    </div>
  );
}

const itemClass =
  "flex w-full items-center gap-3 rounded-xl px-3 py-2.5 text-left text-sm font-semibold outline-none transition-colors hover:bg-accent/15 focus-visible:bg-accent/20 [&_svg]:size-4 [&_svg]:shrink-0";

type ItemProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onSelect"> & { onSelect: () => void };

export function MenuItem({ onSelect, children, className = "", ...props }: ItemProps) {
  const close = useContext(CloseMenu);
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={`${itemClass} ${className}`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        close();
        onSelect();
      }}
      {...props}
    >
      {children}
    </button>
  );
}

/** One of several choices. `hint` is a second, quieter line. */
export function MenuRadio({
  checked,
  onSelect,
  hint,
  children,
}: {
  checked: boolean;
  onSelect: () => void;
  hint?: string;
  children: ReactNode;
}) {
  const close = useContext(CloseMenu);
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      tabIndex={-1}
      className={itemClass}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        close();
        onSelect();
      }}
    >
      <Check aria-hidden="true" className={checked ? "text-accent-text" : "invisible"} />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{children}</span>
        {hint && <span className="block truncate text-xs font-medium opacity-65">{hint}</span>}
      </span>
    </button>
  );
}

export const MenuHeading = ({ children }: { children: ReactNode }) => (
  <div className="px-3 pb-1 pt-2 text-xs font-bold uppercase tracking-wider opacity-60">{children}</div>
);
