/** Where another log-in provider sends the reader back to: trades its token for a session, or for a linked account. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { finishProviderLogin } from "~/api/login";
import { t } from "~/lib/strings";
import { AuthPage, FormError } from "~/ui/AuthPage";
import { ButtonLink } from "~/ui/Button";
import { Empty, Spinner } from "~/ui/states";

const route = getRouteApi("/oidc-callback");

export function OidcCallback() {
  const { provider, token, error, link } = route.useSearch();
  const linking = link === "true";
  const finished = useQuery({
    queryKey: ["oidc", provider, token],
    queryFn: () => finishProviderLogin(provider ?? "", token ?? "", linking).then(() => true),
    enabled: Boolean(provider && token && !error),
    // The provider's token works once.
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

  const done = finished.data === true;
  useEffect(() => {
    if (done) location.replace(linking ? "/settings/account" : "/");
  }, [done, linking]);

  if (error || finished.error) {
    return (
      <AuthPage title={linking ? t.oidc.linkFailed : t.oidc.loginFailed} subtitle="">
        <div className="flex flex-col gap-5">
          <FormError error={finished.error ?? new Error(error)} />
          <ButtonLink to={linking ? "/settings/account" : "/login"} size="lg">
            {linking ? t.oidc.toSettings : t.reset.toLogin}
          </ButtonLink>
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
