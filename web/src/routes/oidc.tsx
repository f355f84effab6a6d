/** Where another log-in provider sends the reader back to: trades its token for a session, or for a linked account. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { ApiError } from "~/api/client";
import { finishProviderLogin } from "~/api/login";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/account/AuthPage";
import { SecondFactorForm } from "~/ui/account/SecondFactorForm";
import { ButtonLink } from "~/ui/Button";
import { Empty, Spinner } from "~/ui/states";

const route = getRouteApi("/oidc-callback");

export function OidcCallback() {
  const { provider, token, error, link, tenant } = route.useSearch();
  const linking = link === "true";
  const navigate = route.useNavigate();
  const finished = useQuery({
    queryKey: ["oidc", provider, token],
    queryFn: () => finishProviderLogin(provider ?? "", token ?? "", { link: linking, tenant }),
    enabled: Boolean(provider && token && !error),
    // The provider's token works once.
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

  const enter = useCallback(() => location.replace(linking ? "/settings/account" : "/"), [linking]);
  const done = finished.data === null;
  useEffect(() => {
    if (done) enter();
  }, [done, enter]);

  if (finished.data) {
    const startAgain = () => navigate({ to: "/login" });
    return <SecondFactorForm challenge={finished.data} onDone={enter} onCancel={startAgain} />;
  }

  if (error || finished.error) {
    const stale = finished.error instanceof ApiError && finished.error.details.freshLogin;
    return (
      <AuthPage title={linking ? t.oidc.linkFailed : t.oidc.loginFailed} subtitle="">
        <div className="flex flex-col gap-5">
          <FormError error={finished.error ?? new Error(error)} />
          {linking && !stale ? (
            <ButtonLink to="/settings/account" size="lg">
              {t.oidc.toSettings}
            </ButtonLink>
          ) : (
            <ButtonLink to="/login" search={linking ? { next: "/settings/account" } : {}} size="lg">
              {t.reset.toLogin}
            </ButtonLink>
          )}
        </div>
      </AuthPage>
    );
  }
  if (!provider || !token) return <Empty title={t.common.notFound} hint={t.common.notFoundHint} />;
  return (
    <div className="grid min-h-dvh place-items-center">
      <Spinner />
    </div>
  );
}
