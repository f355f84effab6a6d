/** Where another log-in provider sends the reader back to: trades its token for a session. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect } from "react";
import { api } from "~/api/client";
import { setToken } from "~/api/session";
import { queryString } from "~/lib/query";
import { t } from "~/lib/strings";
import { Empty, Failure, Spinner } from "~/ui/states";

const route = getRouteApi("/oidc-callback");

export function OidcCallback() {
  const { provider, token, error } = route.useSearch();
  const session = useQuery({
    queryKey: ["oidc", provider, token],
    queryFn: () =>
      api<{ token: string }>(`/auth/oidc/callback/${provider}${queryString({ token })}`, { anonymous: true }),
    enabled: Boolean(provider && token && !error),
    // The provider's token works once.
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    if (!session.data) return;
    setToken(session.data.token);
    location.replace("/");
  }, [session.data]);

  if (error || session.error) return <Failure error={session.error ?? new Error(error)} />;
  if (!provider || !token) return <Empty title={t.common.notFound} hint={t.common.notFoundHint} />;
  return (
    <div className="grid min-h-dvh place-items-center">
      <Spinner />
    </div>
  );
}
