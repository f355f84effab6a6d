/** Buttons and links that look like buttons. */
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ComponentProps, ReactNode } from "react";

type Look = "solid" | "soft" | "ghost" | "glass" | "danger";
type Size = "sm" | "md" | "lg";

const looks: Record<Look, string> = {
  solid: "bg-accent text-white shadow-sm shadow-accent/30 hover:bg-accent-hover",
  soft: "bg-raised text-ink hover:bg-line",
  ghost: "text-ink hover:bg-raised",
  glass: "bg-white/15 text-white backdrop-blur-md hover:bg-white/25",
  danger: "bg-bad/12 text-bad hover:bg-bad/20",
};

const sizes: Record<Size, string> = {
  sm: "h-9 px-3.5 text-sm gap-1.5",
  md: "h-11 px-5 text-[0.95rem] gap-2",
  lg: "h-12 px-6 text-base gap-2.5",
};

export const buttonClass = (look: Look = "solid", size: Size = "md", extra = "") =>
  `inline-flex items-center justify-center rounded-full font-bold whitespace-nowrap transition-colors select-none
   disabled:opacity-50 disabled:pointer-events-none [&_svg]:size-[1.15em] [&_svg]:shrink-0 ${looks[look]} ${sizes[size]} ${extra}`;

type Common = { look?: Look; size?: Size };

export function Button({
  look,
  size,
  className,
  type = "button",
  ...props
}: Common & ComponentProps<"button">) {
  return <button type={type} className={buttonClass(look, size, className)} {...props} />;
}

export function ButtonLink({
  look,
  size,
  className,
  ...props
}: Common &
  LinkProps & {
    className?: string;
    children?: ReactNode;
    title?: string;
    "aria-label"?: string;
    "data-testid"?: string;
  }) {
  return <Link className={buttonClass(look, size, className)} {...props} />;
}

const iconSizes: Record<Size, string> = {
  sm: "size-9 [&_svg]:size-[1.1rem]",
  md: "size-11 [&_svg]:size-5",
  lg: "size-12 [&_svg]:size-6",
};

/** A round button with an icon alone; the label is its name and its tooltip. */
export function IconButton({
  label,
  look = "ghost",
  size = "md",
  className = "",
  ...props
}: Common & { label: string } & ComponentProps<"button">) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex items-center justify-center rounded-full transition-colors disabled:opacity-40 disabled:pointer-events-none ${looks[look]} ${iconSizes[size]} ${className}`}
      {...props}
    />
  );
}
