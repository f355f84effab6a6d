/** A person and the shows they worked on. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Pencil } from "lucide-react";
import type { Role, Show } from "~/api/models/catalogue";
import { rolesOf, staff } from "~/api/staff";
import { may, useMe } from "~/api/users";
import { t } from "~/lib/strings";
import { Artwork } from "~/ui/Artwork";
import { Button, ButtonLink } from "~/ui/Button";
import { PageTitle } from "~/ui/PageTitle";
import { PosterCard } from "~/ui/shows/PosterCard";
import { PosterGridSkeleton } from "~/ui/shows/PosterGrid";
import { Failure, Spinner } from "~/ui/states";

const route = getRouteApi("/frame/staff/$slug");

/** Each show once, with all that somebody did for it. */
function byShow(roles: Role[]) {
  const found = new Map<string, { show: Show; parts: string[] }>();
  for (const { show, character, kind } of roles) {
    if (!show) continue;
    const part = character?.name ? t.details.as(character.name) : t.roles[kind];
    const known = found.get(show.id);
    if (known) known.parts.push(part);
    else found.set(show.id, { show, parts: [part] });
  }
  return [...found.values()];
}

export function StaffPage() {
  const { slug } = route.useParams();
  const me = useMe();
  const person = useQuery(staff(slug));
  const roles = useInfiniteQuery(rolesOf(slug));
  if (person.isPending) return <Spinner className="mx-auto mt-24 size-8" />;
  if (person.isError) return <Failure error={person.error} retry={() => void person.refetch()} />;
  const { name, latinName, image } = person.data;
  return (
    <div className="gutter pt-8">
      <PageTitle name={name} />
      <header className="mb-10 flex flex-col items-center gap-6 text-center sm:flex-row sm:text-left">
        <Artwork
          image={image}
          title={name}
          quality="medium"
          eager
          className="size-40 rounded-full shadow-xl"
        />
        <div className="flex flex-col items-center sm:items-start">
          <h1 className="text-3xl font-extrabold tracking-tight">{name}</h1>
          {may(me, "core.write") && (
            <ButtonLink
              to="/edit/$kind/$slug"
              params={{ kind: "staff", slug }}
              look="soft"
              size="sm"
              className="order-last mt-3"
              data-testid="edit-person"
            >
              <Pencil aria-hidden="true" /> {t.edit.action}
            </ButtonLink>
          )}
          {latinName && latinName !== name && <p className="mt-1 text-muted">{latinName}</p>}
        </div>
      </header>
      <h2 className="mb-5 text-xl font-bold">{t.staff.known}</h2>
      {roles.isPending && <PosterGridSkeleton />}
      {roles.isError && <Failure error={roles.error} retry={() => void roles.refetch()} />}
      <ul className="grid grid-cols-3 gap-3 sm:grid-cols-[repeat(auto-fill,minmax(170px,1fr))] sm:gap-5">
        {byShow(roles.data ?? []).map(({ show, parts }) => (
          <li key={show.id}>
            <PosterCard show={show} />
            <p className="text-sm text-accent-text">{parts.join(", ")}</p>
          </li>
        ))}
      </ul>
      {roles.hasNextPage && (
        <div className="mt-8 text-center">
          <Button look="soft" disabled={roles.isFetchingNextPage} onClick={() => void roles.fetchNextPage()}>
            {t.common.showMore}
          </Button>
        </div>
      )}
    </div>
  );
}
