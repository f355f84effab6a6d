/** The player's page. */
import { getRouteApi } from "@tanstack/react-router";
import { Player } from "~/player/Player";

const route = getRouteApi("/watch/$slug");

export function Watch() {
  const { slug } = route.useParams();
  const { t, version } = route.useSearch();
  return <Player slug={slug} from={t} choosing={version === "best"} />;
}
