"""The episodes of a serie with all that decides their place: what the public lists say of its specials and films is
added to what providers say, then each gets its content and its order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from kyoo.scanner.anime.content import content_of
from kyoo.scanner.anime.model import Anime, Family
from kyoo.scanner.anime.order import Mark, Slot, watch_order
from kyoo.scanner.providers.records import EpisodeRecord, RelationKind, ShowRecord, Texts

#: Season and number.
Key = tuple[int, int]

#: A special of this share of a usual episode is one; what is shorter is a bonus.
FULL_LENGTH = 0.6
#: Added to the number of a special that is counted otherwise than TheTVDB does, where a film has that number.
ELSEWHERE = 5000
#: The lists' names of services → ours, of films.
_FILM_IDS = {"tmdb_movie": "themoviedatabase", "imdb": "imdb", "anilist": "anilist", "anidb": "anidb", "mal": "mal"}


@dataclass
class Hint:
    """What the lists say of one special: the ids of the film that it is, its names, where it is watched."""

    ids: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    is_movie: bool = False
    before: Mark | None = None


def hints(family: Family) -> dict[Key, Hint]:
    """What the lists say of the specials of a serie."""
    found: dict[Key, Hint] = {}
    for anime in family.members:
        if anime.inside:
            for number, position in _films(anime):
                _add(found.setdefault((0, number), Hint()), anime, position)
        if anime.tvdb:
            for own, other in anime.before.items():
                marks = anime.tvdb.out((1, other))
                for season, special in anime.tvdb.out((0, own)):
                    if season == 0 and marks and marks[0][0]:
                        found.setdefault((0, special), Hint()).before = (marks[0][0], marks[0][1])
    return found


def _films(anime: Anime) -> Iterable[tuple[int, int]]:
    """(special, which of its films) of an anime among the specials: one for each id of a film, else its first."""
    assert anime.tvdb is not None
    for position in range(1, max(1, len(anime.films)) + 1):
        for season, number in anime.tvdb.out((1, position)):
            if season == 0:
                yield number, position


def _add(hint: Hint, anime: Anime, position: int) -> None:
    hint.is_movie = hint.is_movie or bool(anime.ids.get("tmdb_movie"))
    if anime.name:
        hint.names.append(anime.name)
    for service, provider in _FILM_IDS.items():
        values = anime.ids.get(service, ())
        # An id for each film, or one for all of them, which says nothing of a single one.
        value = values[position - 1] if len(values) == max(1, len(anime.films)) else None
        if value and provider not in hint.ids:
            hint.ids[provider] = value


def arranged(record: ShowRecord, family: Family | None = None, films: Collection[int] | None = None) -> ShowRecord:
    """The serie with every episode's content, and its specials as the lists know them. `films`: the only specials that
    have the numbers of TheTVDB, by which the lists count; None: all have."""
    known = hints(family) if family else {}
    if films is not None:
        known = {key: hint for key, hint in known.items() if key[1] in films}
    related = _related(record, known)
    episodes = []
    for episode in record.episodes:
        key = (episode.season, episode.number)
        hint = known.get(key) or Hint()
        full = episode.model_copy(
            update={
                "is_movie": episode.is_movie or (hint.is_movie and episode.season == 0),
                "ids": hint.ids | episode.ids if hint.is_movie else episode.ids,
                "airs_before": episode.airs_before or (None if episode.airs_after_season else hint.before),
            }
        )
        episodes.append(full.model_copy(update={"content": content_of(full, hint.names, related.get(key))}))
    return record.model_copy(update={"episodes": episodes})


def with_room(record: ShowRecord, films: Collection[int]) -> ShowRecord:
    """A serie whose specials are not numbered as TheTVDB does, with the numbers of these films free."""
    return record.model_copy(
        update={
            "episodes": [
                one.model_copy(update={"number": one.number + ELSEWHERE})
                if one.season == 0 and one.number in films
                else one
                for one in record.episodes
            ]
        }
    )


def with_films(record: ShowRecord, films: Mapping[int, ShowRecord]) -> ShowRecord:
    """The serie with what is known of the films that stand among its specials, by their numbers at TheTVDB."""
    episodes = list(record.episodes)
    known = {(one.season, one.number): index for index, one in enumerate(episodes)}
    for number, film in films.items():
        index = known.get((0, number))
        listed = episodes[index] if index is not None else EpisodeRecord(season=0, number=number)
        still = next((picture for picture in film.pictures if picture.kind == "thumbnail"), None)
        whole = listed.model_copy(
            update={
                "is_movie": True,
                "texts": {
                    language: _completed(listed.texts.get(language), text) for language, text in film.texts.items()
                }
                | {language: text for language, text in listed.texts.items() if language not in film.texts},
                "still": listed.still or still,
                "pictures": film.pictures,
                "air_date": listed.air_date or film.start,
                "runtime": listed.runtime or film.runtime,
                "ids": film.ids | {film.provider: film.id} | listed.ids,
            }
        )
        if index is None:
            episodes.append(whole)
        else:
            episodes[index] = whole
    return record.model_copy(update={"episodes": episodes})


def _completed(listed: Texts | None, film: Texts) -> Texts:
    """The words of a film are better than those of a list of specials, which may be a mere number."""
    return (
        film
        if listed is None
        else Texts(
            name=film.name or listed.name,
            description=film.description or listed.description,
            tagline=film.tagline or listed.tagline,
        )
    )


def _related(record: ShowRecord, known: Mapping[Key, Hint]) -> dict[Key, RelationKind]:
    """The relations of the serie to films that stand among its specials, by their ids."""
    places = {
        (provider, value): (episode.season, episode.number)
        for episode in record.episodes
        if episode.season == 0
        for provider, value in episode.ids.items()
    }
    places |= {(provider, value): key for key, hint in known.items() for provider, value in hint.ids.items()}
    return {
        places[pair]: relation.kind for relation in record.relations for pair in relation.ids.items() if pair in places
    }


def slots(episodes: Iterable[EpisodeRecord]) -> list[Slot[Key]]:
    """What `order.watch_order` asks of episodes."""
    given = list(episodes)
    lengths = [episode.runtime for episode in given if episode.season and episode.runtime]
    usual = median(lengths) if lengths else None
    return [
        Slot(
            key=(episode.season, episode.number),
            season=episode.season,
            number=episode.number,
            absolute=episode.absolute if episode.season else None,
            day=episode.air_date,
            before=episode.airs_before,
            after_season=episode.airs_after_season,
            dated=episode.is_movie
            or episode.content in ("story", "recap")
            or bool(episode.runtime and usual and episode.runtime >= FULL_LENGTH * usual),
        )
        for episode in given
    ]


def orders(episodes: Iterable[EpisodeRecord]) -> dict[Key, float]:
    """The watch order of the episodes of a serie, specials and films among them."""
    return watch_order(slots(episodes))
