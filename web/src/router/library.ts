/** The addresses of the library: titles, people, lists, files, and what changes them. */
import { createRoute } from "@tanstack/react-router";
import { queryClient } from "~/api/queries";
import * as shows from "~/api/shows";
import { Home } from "~/routes/home";
import { NotFound } from "~/ui/states";
import { frame, search } from "./frame";
import { page } from "./page";

const home = createRoute({ getParentRoute: () => frame, path: "/", component: Home });

const browse = createRoute({
  getParentRoute: () => frame,
  path: "/browse",
  validateSearch: search("filter", "sort", "q"),
  component: page(() => import("~/routes/browse"), "Browse"),
});

const movie = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug",
  loader: ({ params }) => void queryClient.prefetchQuery(shows.movie(params.slug)),
  component: page(() => import("~/routes/movie"), "MoviePage"),
});

const movieMapping = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug/videos",
  component: page(() => import("~/routes/mapping"), "MovieMapping"),
});

const movieRemap = createRoute({
  getParentRoute: () => frame,
  path: "/movies/$slug/remap",
  component: page(() => import("~/routes/remap"), "MovieRemap"),
});

const serie = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug",
  validateSearch: search("season"),
  loader: ({ params }) => {
    void queryClient.prefetchQuery(shows.serie(params.slug));
    void queryClient.prefetchQuery(shows.seasons(params.slug));
  },
  component: page(() => import("~/routes/serie"), "SeriePage"),
});

const serieMapping = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug/videos",
  component: page(() => import("~/routes/mapping"), "SerieMapping"),
});

const serieRemap = createRoute({
  getParentRoute: () => frame,
  path: "/series/$slug/remap",
  component: page(() => import("~/routes/remap"), "SerieRemap"),
});

const collection = createRoute({
  getParentRoute: () => frame,
  path: "/collections/$slug",
  loader: ({ params }) => void queryClient.prefetchQuery(shows.collection(params.slug)),
  component: page(() => import("~/routes/collection"), "CollectionPage"),
});

const staff = createRoute({
  getParentRoute: () => frame,
  path: "/staff/$slug",
  component: page(() => import("~/routes/staff"), "StaffPage"),
});

const profile = createRoute({
  getParentRoute: () => frame,
  path: "/profile",
  validateSearch: search("status"),
  component: page(() => import("~/routes/profile"), "OwnProfile"),
});

const otherProfile = createRoute({
  getParentRoute: () => frame,
  path: "/profiles/$slug",
  validateSearch: search("status"),
  component: page(() => import("~/routes/profile"), "OtherProfile"),
});

const edit = createRoute({
  getParentRoute: () => frame,
  path: "/edit/$kind/$slug",
  component: page(() => import("~/routes/edit"), "EditPage"),
});

const info = createRoute({
  getParentRoute: () => frame,
  path: "/info/$slug",
  component: page(() => import("~/routes/info"), "Info"),
});

/** Inside the frame, so that whoever is lost can go on. */
const nothing = createRoute({ getParentRoute: () => frame, path: "$", component: NotFound });

export const libraryRoutes = [
  home,
  browse,
  movie,
  movieMapping,
  movieRemap,
  serie,
  serieMapping,
  serieRemap,
  collection,
  staff,
  profile,
  otherProfile,
  edit,
  info,
  nothing,
] as const;
