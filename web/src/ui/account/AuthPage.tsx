/** The frame of the log-in and register pages. */

import type { ReactNode } from "react";
import { Logo } from "~/ui/Logo";
import { PageTitle } from "~/ui/PageTitle";

export const AuthPage = ({
  title,
  subtitle,
  children,
}: {
  title: string;
  subtitle: string;
  children: ReactNode;
}) => (
  <main className="relative grid min-h-dvh place-items-center overflow-hidden px-4 py-10">
    <PageTitle name={title} />
    <div
      aria-hidden="true"
      className="absolute inset-0 -z-10"
      style={{
        background: `radial-gradient(70% 55% at 12% 0%, color-mix(in srgb, var(--accent) 38%, transparent), transparent),
          radial-gradient(60% 55% at 100% 100%, color-mix(in srgb, var(--accent) 26%, transparent), transparent), var(--canvas)`,
      }}
    />
    <div className="w-full max-w-md animate-rise">
      <div className="mb-7 flex justify-center">
        <Logo />
      </div>
      <div className="rounded-3xl border border-line bg-surface p-6 shadow-2xl shadow-black/20 sm:p-9">
        <h1 className="text-2xl font-extrabold tracking-tight">{title}</h1>
        <p className="mt-1.5 mb-6 text-muted text-pretty">{subtitle}</p>
        {children}
      </div>
    </div>
  </main>
);

export const FormError = ({ error }: { error: Error | null }) =>
  error && (
    <p role="alert" className="rounded-xl bg-bad/12 px-4 py-3 text-sm font-semibold text-bad">
      {error.message}
    </p>
  );
