/** Letting a television or another device in: its code is typed or scanned, and confirmed here. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { MonitorSmartphone } from "lucide-react";
import type { FormEvent } from "react";
import { ApiError } from "~/api/client";
import { deviceRequest, useAnswerDevice } from "~/api/security";
import { isLoggedIn } from "~/api/session";
import { useMe } from "~/api/users";
import { formatAgo } from "~/lib/format";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { Button, ButtonLink } from "~/ui/Button";
import { TextField } from "~/ui/Field";
import { Spinner } from "~/ui/states";

const route = getRouteApi("/device");

function CodeForm({ error }: { error: Error | null }) {
  const navigate = route.useNavigate();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code")).trim().toUpperCase();
    void navigate({ search: { code } });
  };
  return (
    <AuthPage title={t.device.title} subtitle={t.device.subtitle}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={t.device.code}
          name="code"
          placeholder="ABCD-EFGH"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={32}
          required
          autoFocus
          data-testid="device-code"
        />
        <FormError error={error} />
        <Button type="submit" size="lg" data-testid="device-continue">
          {t.device.continue}
        </Button>
      </form>
    </AuthPage>
  );
}

function Confirm({ code }: { code: string }) {
  const me = useMe();
  const request = useQuery(deviceRequest(code));
  const answer = useAnswerDevice(code);

  // First: once it is answered, nobody waits with the code any more.
  if (answer.isSuccess) {
    return (
      <AuthPage
        title={answer.variables ? t.device.approved : t.device.denied}
        subtitle={answer.variables ? t.device.approvedHint : t.device.deniedHint}
      >
        <ButtonLink to="/" look="soft" size="lg" className="w-full">
          {t.common.goHome}
        </ButtonLink>
      </AuthPage>
    );
  }
  if (request.isPending) {
    return (
      <AuthPage title={t.device.title} subtitle="">
        <Spinner className="mx-auto size-8" />
      </AuthPage>
    );
  }
  if (request.isError) {
    const unknown = request.error instanceof ApiError && request.error.status === 404;
    return <CodeForm error={unknown ? new Error(t.device.unknown) : request.error} />;
  }
  const { device, address, createdDate } = request.data;
  return (
    <AuthPage title={t.device.question} subtitle={t.device.warning(me?.username ?? "")}>
      <div className="mb-5 flex items-center gap-4 rounded-2xl bg-raised p-4">
        <MonitorSmartphone className="size-9 shrink-0 text-accent-text" aria-hidden="true" />
        <div className="min-w-0">
          <p className="font-bold break-words">{device ?? t.settings.unknownDevice}</p>
          <p className="text-sm text-muted">
            {[address, formatAgo(createdDate)].filter(Boolean).join(" · ")}
          </p>
          <p className="mt-1 font-mono text-sm font-bold tracking-widest">{code}</p>
        </div>
      </div>
      <FormError error={answer.error} />
      <div className="mt-4 grid grid-cols-2 gap-3">
        <Button
          look="danger"
          size="lg"
          disabled={answer.isPending}
          onClick={() => answer.mutate(false)}
          data-testid="device-deny"
        >
          {t.device.deny}
        </Button>
        <Button
          size="lg"
          disabled={answer.isPending}
          onClick={() => answer.mutate(true)}
          data-testid="device-approve"
        >
          {t.device.approve}
        </Button>
      </div>
    </AuthPage>
  );
}

export function Device() {
  const { code } = route.useSearch();
  if (!isLoggedIn()) {
    const next = `/device${code ? `?code=${encodeURIComponent(code)}` : ""}`;
    return <Navigate to="/login" search={{ next }} replace />;
  }
  return code ? <Confirm key={code} code={code} /> : <CodeForm error={null} />;
}
