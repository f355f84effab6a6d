"""What several providers say of one show becomes one record, field by field, in a declared order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeVar

from kyoo.scanner.naming.titles import normalise
from kyoo.scanner.providers.records import (
    CollectionRecord,
    Credit,
    EpisodeRecord,
    Person,
    SeasonRecord,
    ShowRecord,
    Texts,
    Title,
)

T = TypeVar("T")
Kind = Literal["movie", "serie", "anime"]
Field = Literal["texts", "facts", "pictures", "people", "episodes", "collection", "relations"]

#: Of each kind of show: who is believed first, field by field. What somebody wrote beside the videos wins everywhere.
#: `facts` are dates, status, genres, runtime, studios. Anime differs: AniList and TheTVDB know it best, and the
#: seasons of TheTVDB are those that the public lists count by.
ORDER: dict[Kind, dict[Field, tuple[str, ...]]] = {
    "movie": {
        "texts": ("library", "themoviedatabase", "tvdb", "wikidata", "anilist"),
        "facts": ("library", "themoviedatabase", "tvdb", "wikidata", "anilist"),
        "pictures": ("library", "themoviedatabase", "tvdb", "anilist", "wikidata"),
        "people": ("library", "themoviedatabase", "tvdb", "anilist", "wikidata"),
        "episodes": (),
        "collection": ("library", "themoviedatabase", "tvdb", "wikidata"),
        "relations": ("anilist", "tvdb", "wikidata"),
    },
    "serie": {
        "texts": ("library", "themoviedatabase", "tvdb", "tvmaze", "wikidata", "anilist"),
        "facts": ("library", "tvdb", "themoviedatabase", "tvmaze", "wikidata", "anilist"),
        "pictures": ("library", "themoviedatabase", "tvdb", "tvmaze", "anilist", "wikidata"),
        "people": ("library", "themoviedatabase", "tvdb", "tvmaze", "anilist", "wikidata"),
        "episodes": ("tvdb", "themoviedatabase", "tvmaze"),
        "collection": (),
        "relations": ("anilist", "tvdb", "wikidata"),
    },
    "anime": {
        "texts": ("library", "tvdb", "themoviedatabase", "anilist", "tvmaze", "wikidata"),
        "facts": ("library", "tvdb", "anilist", "themoviedatabase", "tvmaze", "wikidata"),
        "pictures": ("library", "tvdb", "themoviedatabase", "anilist", "tvmaze", "wikidata"),
        "people": ("library", "anilist", "tvdb", "themoviedatabase", "tvmaze", "wikidata"),
        "episodes": ("tvdb", "themoviedatabase", "tvmaze"),
        "collection": ("library", "themoviedatabase", "tvdb", "wikidata"),
        "relations": ("anilist", "tvdb", "wikidata"),
    },
}

#: Dates of one episode differ by less between providers: time zones, and who shows it first.
SAME_DAY = timedelta(days=3)
#: Tags and pictures that are kept.
TAGS, PICTURES = 40, 400


def merge(records: Iterable[ShowRecord]) -> ShowRecord | None:
    """One record of all; its provider and id are those of the first one. None without any."""
    given = {record.provider: record for record in records}
    if not given:
        return None
    kind = _kind(given.values())

    def ordered(field: Field) -> list[ShowRecord]:
        """Those that nobody has declared come last, by name."""
        declared = ORDER[kind][field]
        return sorted(
            given.values(),
            key=lambda record: (
                declared.index(record.provider) if record.provider in declared else len(declared),
                record.provider,
            ),
        )

    texts, facts = ordered("texts"), ordered("facts")
    first = facts[0]
    start = _first(facts, lambda record: record.start)
    end = _first(facts, lambda record: record.end)
    return ShowRecord(
        provider=first.provider,
        kind=first.kind,
        id=first.id,
        ids=_union(facts, lambda record: record.ids),
        texts=merged_texts(record.texts for record in texts),
        original_language=_first(facts, lambda record: record.original_language),
        original_title=_first(texts, lambda record: record.original_title),
        aliases=_aliases(texts),
        genres=_first(facts, lambda record: record.genres) or [],
        tags=list(dict.fromkeys(tag for record in texts for tag in record.tags))[:TAGS],
        rating=_union(facts, lambda record: record.rating),
        votes=_first(facts, lambda record: record.votes),
        popularity=_first(facts, lambda record: record.popularity),
        content_rating=_union(facts, lambda record: record.content_rating),
        status=next((record.status for record in facts if record.status != "unknown"), "unknown"),
        start=start,
        end=end if end and (start is None or end >= start) else None,
        year=_first(facts, lambda record: record.year),
        next_air=_first(facts, lambda record: record.next_air),
        runtime=_first(facts, lambda record: record.runtime),
        season_count=_first(facts, lambda record: record.season_count),
        episode_count=_first(facts, lambda record: record.episode_count),
        pictures=[picture for record in ordered("pictures") for picture in record.pictures][:PICTURES],
        trailers=[trailer for record in texts for trailer in record.trailers],
        credits=_credits(ordered("people")),
        studios=_first(facts, lambda record: record.studios) or [],
        collection=_collection(ordered("collection")) if first.kind == "movie" else None,
        relations=[relation for record in ordered("relations") for relation in record.relations],
        seasons=_seasons(ordered("episodes"), texts),
        episodes=_episodes([record for record in ordered("episodes") if record.provider != "library"], given),
        numbering=next((r.provider for r in ordered("episodes") if r.episodes and r.provider != "library"), None),
        is_anime=any(record.is_anime for record in given.values()),
        format=_first(facts, lambda record: record.format),
        link=first.link,
    )


def _kind(records: Iterable[ShowRecord]) -> Kind:
    known = list(records)
    if any(record.is_anime for record in known):
        return "anime"
    return known[0].kind


def _first(records: Iterable[ShowRecord], value: Callable[[ShowRecord], T]) -> T | None:
    """The first value that says something."""
    return next((found for record in records if (found := value(record))), None)


def _union(records: Sequence[ShowRecord], value: Callable[[ShowRecord], dict[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for record in records:
        for key, item in value(record).items():
            found.setdefault(key, item)
    return found


def merged_texts(all_texts: Iterable[Mapping[str, Texts]]) -> dict[str, Texts]:
    """Language by language, and in each the name, the description and the tagline by themselves."""
    found: dict[str, Texts] = {}
    for texts in all_texts:
        for language, text in texts.items():
            before = found.get(language)
            found[language] = (
                text
                if before is None
                else Texts(
                    name=before.name or text.name,
                    description=before.description or text.description,
                    tagline=before.tagline or text.tagline,
                )
            )
    return found


def _aliases(records: Iterable[ShowRecord]) -> list[Title]:
    """Every spelling once."""
    found: dict[str, Title] = {}
    for record in records:
        original = [Title(text=record.original_title)] if record.original_title else []
        for title in [*original, *record.aliases]:
            found.setdefault(normalise(title.text) or title.text, title)
    return list(found.values())


def _credits(records: Iterable[ShowRecord]) -> list[Credit]:
    """Of each role the first provider that has it, so that nobody is there under two spellings; what it lacks of a
    person or character (a picture, an id) comes from the others, by their names."""
    known = list(records)
    people: dict[str, list[Credit]] = {}
    for record in known:
        for credit in record.credits:
            people.setdefault(normalise(credit.person.name), []).append(credit)
    found = []
    roles = list(dict.fromkeys(credit.role for record in known for credit in record.credits))
    for role in roles:
        source = next(record for record in known if any(credit.role == role for credit in record.credits))
        found += [_completed(credit, people) for credit in source.credits if credit.role == role]
    return found


def _completed(credit: Credit, people: Mapping[str, list[Credit]]) -> Credit:
    same = people[normalise(credit.person.name)]
    person = Person(
        name=credit.person.name,
        latin_name=credit.person.latin_name,
        image=credit.person.image or next((other.person.image for other in same if other.person.image), None),
        ids={key: value for other in reversed(same) for key, value in other.person.ids.items()} | credit.person.ids,
    )
    character = credit.character or next(
        (other.character for other in same if other.role == credit.role and other.character), None
    )
    return Credit(role=credit.role, person=person, character=character)


def _collection(records: Iterable[ShowRecord]) -> CollectionRecord | None:
    """The first one; the others complete what they call by the same name."""
    found = [record.collection for record in records if record.collection]
    if not found:
        return None
    first = found[0]
    names = {normalise(text.name) for text in first.texts.values() if text.name}
    same = [
        other for other in found if names & {normalise(text.name) for text in other.texts.values() if text.name}
    ] or [first]
    return first.model_copy(
        update={
            "texts": merged_texts(other.texts for other in same),
            "pictures": [picture for other in same for picture in other.pictures],
            "ids": {key: value for other in reversed(same) for key, value in other.ids.items()} | first.ids,
        }
    )


# --- seasons and episodes ---


def _seasons(records: Sequence[ShowRecord], by_texts: Sequence[ShowRecord]) -> list[SeasonRecord]:
    """Seasons of whoever says how the episodes are numbered, completed by the others; those that only the library has
    words or pictures for are there, too."""
    leader = next((record for record in records if record.episodes and record.provider != "library"), None)
    numbers = {season.number for season in leader.seasons} if leader else set()
    numbers |= {episode.season for episode in leader.episodes} if leader else set()
    rest = [record for record in records if leader is None or record.provider == "library"]
    numbers |= {season.number for record in rest for season in record.seasons}
    found = []
    for number in sorted(numbers):
        same = [season for record in by_texts for season in record.seasons if season.number == number]
        facts = [season for record in records for season in record.seasons if season.number == number]
        found.append(
            SeasonRecord(
                number=number,
                texts=merged_texts(season.texts for season in same),
                pictures=[picture for season in same for picture in season.pictures],
                start=next((season.start for season in facts if season.start), None),
                end=next((season.end for season in facts if season.end), None),
                episodes=next((season.episodes for season in facts if season.episodes), None),
                id=facts[0].id if facts else None,
            )
        )
    return found


def _episodes(records: Sequence[ShowRecord], given: Mapping[str, ShowRecord]) -> list[EpisodeRecord]:
    """The numbers are those of one provider; words, pictures and dates of the others are added where it is certain
    that they mean the same episode. What the library says of a number is about that very number."""
    leader = next((record for record in records if record.episodes), None)
    library = given["library"].episodes if "library" in given else []
    if leader is None:
        return list(library)
    own = {(episode.season, episode.number): episode for episode in library}
    others = [Finder(record.episodes) for record in records if record is not leader and record.episodes]
    found = []
    for episode in leader.episodes:
        key = (episode.season, episode.number)
        same = [match for finder in others if (match := finder.find(episode))]
        mine = [own.pop(key)] if key in own else []
        found.append(_merged_episode(episode, [*mine, episode, *same]))
    return [*found, *own.values()]


class Finder:
    """Finds an episode of one provider among those of another one."""

    def __init__(self, episodes: Sequence[EpisodeRecord]) -> None:
        self._by_number = {(episode.season, episode.number): episode for episode in episodes}
        self._by_day: dict[Any, list[EpisodeRecord]] = {}
        for episode in episodes:
            if episode.air_date:
                self._by_day.setdefault(episode.air_date, []).append(episode)

    def find(self, episode: EpisodeRecord) -> EpisodeRecord | None:
        numbered, day = self._by_number.get((episode.season, episode.number)), episode.air_date
        if numbered is not None and episode.season:
            other = numbered.air_date
            if day is None or other is None or abs(day - other) <= SAME_DAY:
                return numbered
        on_that_day = self._by_day.get(day, []) if day else []
        able = [other for other in on_that_day if bool(other.season) == bool(episode.season)]
        if len(able) == 1:
            return able[0]
        # Specials are numbered by everybody in their own way: then the names must be the same.
        names = {normalise(text.name) for text in episode.texts.values() if text.name}
        return next(
            (
                other
                for other in [*able, *([numbered] if numbered is not None else [])]
                if names & {normalise(text.name) for text in other.texts.values() if text.name}
            ),
            None,
        )


def _merged_episode(leader: EpisodeRecord, same: Sequence[EpisodeRecord]) -> EpisodeRecord:
    def first(value: Callable[[EpisodeRecord], T]) -> T | None:
        return next((found for episode in same if (found := value(episode))), None)

    return leader.model_copy(
        update={
            "texts": merged_texts(episode.texts for episode in same),
            "still": first(lambda episode: episode.still),
            "air_date": first(lambda episode: episode.air_date),
            "runtime": first(lambda episode: episode.runtime),
            "absolute": leader.absolute if leader.absolute is not None else first(lambda episode: episode.absolute),
            "content": first(lambda episode: episode.content),
            "airs_before": first(lambda episode: episode.airs_before),
            "airs_after_season": first(lambda episode: episode.airs_after_season),
            "rating": {key: value for episode in reversed(same) for key, value in episode.rating.items()},
            "ids": {key: value for episode in reversed(same) for key, value in episode.ids.items()},
        }
    )
