"""From the record of a show to the seed of the api: what providers say, with the files of the library in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from kyoo.scanner import wire_values
from kyoo.scanner.anime.arranging import arranged, orders, with_films, with_room
from kyoo.scanner.anime.model import Family
from kyoo.scanner.anime.places import places
from kyoo.scanner.metadata.ages import min_age
from kyoo.scanner.models.seed import (
    CollectionTexts,
    EntryTexts,
    ExternalId,
    MovieEntryTexts,
    SeasonTexts,
    SeedCharacter,
    SeedCollection,
    SeedEntry,
    SeedEpisode,
    SeedMovie,
    SeedMovieEntry,
    SeedPerson,
    SeedSeason,
    SeedSerie,
    SeedShow,
    SeedSpecial,
    SeedStaff,
    SeedStudio,
    ShowTexts,
    StudioTexts,
)
from kyoo.scanner.naming.titles import slugify
from kyoo.scanner.providers.records import (
    CollectionRecord,
    Credit,
    EpisodeRecord,
    Picture,
    PictureKind,
    ShowRecord,
    Texts,
)
from kyoo.scanner.shows.placement import Place

#: (season, number); season 0 are the specials.
Key = tuple[int, int]

#: Languages that a show is described in, at most.
LANGUAGES = 80


def movie(record: ShowRecord, own: SeedMovie) -> SeedMovie:
    """The film with its own files, and under its own slug, which must not change with a title."""
    start = record.start or wire_values.first_day(record.year)
    return SeedMovie(
        **_common(record, own),
        status="planned" if record.status == "planned" and own.status != "finished" else own.status,
        runtime=own.runtime or record.runtime,
        air_date=start or own.air_date,
        videos=own.videos,
        extras=own.extras,
    )


def serie(
    record: ShowRecord,
    own: SeedSerie,
    family: Family | None = None,
    films: Mapping[int, ShowRecord] = MappingProxyType({}),
    moves: Mapping[Key, Key] = MappingProxyType({}),
) -> SeedSerie:
    """The serie with all of its entries, and the files in theirs. Entries that no provider knows are added, so that no
    file is without one. `films`: what is known of those that stand in it, by their numbers among the specials;
    `moves`: the numbers of the record of what files have other numbers of."""
    entries, translated = _entries(record, own, family, films, moves)
    # A season of the files may be none of the order that the episodes are in.
    numbers = {0} | {entry.season_number for entry in entries if isinstance(entry, SeedEpisode)}
    numbers |= {season.number for season in record.seasons}
    aired = sorted(entry.air_date for entry in entries if entry.air_date and entry.kind == "episode")
    start = record.start or wire_values.first_day(record.year) or own.start_air
    end = record.end or (aired[-1] if aired and record.status == "finished" else None)
    return SeedSerie(
        **_common(record, own),
        status=record.status if record.status != "unknown" else own.status,
        runtime=own.runtime or record.runtime,
        start_air=start,
        end_air=end if end and (start is None or end >= start) else None,
        seasons=[season for season in _seasons(record, own) if season.season_number in numbers],
        entries=entries,
        extras=own.extras,
        translated=translated,
    )


def _common(record: ShowRecord, own: SeedShow) -> dict[str, Any]:
    language = record.original_language or own.original_language
    written = own.translations[own.original_language]
    translations = {}
    languages = list(dict.fromkeys([own.original_language, *record.texts]))[:LANGUAGES]
    fallback = _named(record, own) or written.name
    everywhere = [title.text for title in record.aliases] + written.aliases
    for code in languages:
        said = record.texts.get(code) or Texts()
        name = said.name or _named_like(record, code) or fallback
        pictures = {
            kind: chosen_picture(record.pictures, kind, code, language)
            for kind in ("poster", "thumbnail", "banner", "logo")
        }
        translations[code] = ShowTexts(
            name=name,
            description=said.description or (written.description if code == own.original_language else None),
            tagline=said.tagline,
            aliases=wire_values.aliases(name, [*everywhere, *(text.name for text in record.texts.values())])[:60],
            tags=record.tags or written.tags,
            poster=pictures["poster"] or written.poster,
            thumbnail=pictures["thumbnail"] or written.thumbnail,
            banner=pictures["banner"] or written.banner,
            logo=pictures["logo"] or written.logo,
            trailer=_trailer(record, code) or written.trailer,
        )
    return {
        "slug": own.slug,
        "genres": record.genres or own.genres,
        "rating": record.rating or own.rating,
        "min_age": min_age(record.content_rating, own.original_language),
        "external_id": own.external_id | wire_values.external_ids(record.kind, record.ids),
        "original_language": language if language in translations else own.original_language,
        "translations": translations,
        "collection": collection(record.collection, language) if record.collection else own.collection,
        "studios": _studios(record, language) or own.studios,
        "staff": _staff(record.credits) or own.staff,
    }


def _named(record: ShowRecord, own: SeedShow) -> str | None:
    """What it is called where there is no name in a language."""
    for code in (own.original_language, "en", record.original_language):
        if code and code in record.texts and record.texts[code].name:
            return record.texts[code].name
    return record.original_title


def _named_like(record: ShowRecord, code: str) -> str | None:
    """The name in the base language of a regional one."""
    base = record.texts.get(code.split("-", 1)[0])
    return base.name if base else None


def _trailer(record: ShowRecord, code: str) -> str | None:
    able = sorted(record.trailers, key=lambda trailer: (trailer.language != code, not trailer.official))
    return next(
        (trailer.url for trailer in able if trailer.language in (code, None, "en", record.original_language)), None
    )


def chosen_picture(pictures: Iterable[Picture], kind: PictureKind, language: str, original: str) -> str | None:
    """The best picture for readers of a language. What lies beside the videos comes before all. Posters, banners and
    logos in their language, then in the original one, in English, without words, in any; wide pictures without words
    first. Of several as good, that of the provider that comes first (`ORDER` of merging.py), the best rated first."""
    able = [picture for picture in pictures if picture.kind == kind]
    base = language.split("-", 1)[0]

    def rank(pair: tuple[int, Picture]) -> tuple[bool, int, int]:
        place, picture = pair
        wanted: list[str | None] = [language, base, original, "en", None]
        if kind == "thumbnail":
            wanted = [None, language, base, original, "en"]
        code = picture.language if picture.language in wanted else (picture.language or "").split("-", 1)[0] or None
        return (not picture.local, wanted.index(code) if code in wanted else len(wanted), place)

    return min(enumerate(able), key=rank)[1].url if able else None


def collection(record: CollectionRecord, language: str) -> SeedCollection | None:
    """The collection of a film. Its slug is made of a name that does not change with the reader."""
    named = next(
        (text.name for code in ("en", language, *record.texts) if (text := record.texts.get(code)) and text.name), None
    )
    if named is None:
        return None
    original = record.original_language or language
    translations = {
        code: CollectionTexts(
            name=text.name or named,
            description=text.description,
            tagline=text.tagline,
            poster=chosen_picture(record.pictures, "poster", code, original),
            thumbnail=chosen_picture(record.pictures, "thumbnail", code, original),
            banner=chosen_picture(record.pictures, "banner", code, original),
            logo=chosen_picture(record.pictures, "logo", code, original),
        )
        for code, text in list(record.texts.items())[:LANGUAGES]
    }
    return SeedCollection(
        slug=slugify(named),
        original_language=original if original in translations else next(iter(translations)),
        external_id=_ids("collection", record.ids),
        translations=translations,
    )


def _studios(record: ShowRecord, language: str) -> list[SeedStudio]:
    found = {slugify(studio.name): studio for studio in reversed(record.studios)}
    return [
        SeedStudio(
            slug=slug,
            external_id=_ids("studio", studio.ids),
            translations={language: StudioTexts(name=studio.name, logo=studio.logo)},
        )
        for slug, studio in reversed(found.items())
    ]


def _staff(people: Sequence[Credit]) -> list[SeedStaff]:
    found: dict[tuple[str, str, str | None], SeedStaff] = {}
    for credit in people:
        person, played = credit.person, credit.character
        slug = slugify(person.name)
        found.setdefault(
            (credit.role, slug, played.name if played else None),
            SeedStaff(
                kind=credit.role,
                character=SeedCharacter(name=played.name, latin_name=played.latin_name, image=played.image)
                if played
                else None,
                staff=SeedPerson(
                    slug=slug,
                    name=person.name,
                    latin_name=person.latin_name,
                    image=person.image,
                    external_id=_ids("person", person.ids),
                ),
            ),
        )
    return list(found.values())


def _ids(what: str, ids: Mapping[str, str]) -> ExternalId:
    return {
        provider: [{"dataId": value, "link": wire_values.page_of(what, provider, value)}]
        for provider, value in sorted(ids.items())
    }


# --- seasons and entries ---


def _seasons(record: ShowRecord, own: SeedSerie) -> list[SeedSeason]:
    mine = {season.season_number: season for season in own.seasons}
    found = []
    language = record.original_language or own.original_language
    for season in record.seasons:
        own_one = mine.pop(season.number, None)
        written = next(iter(own_one.translations.values()), SeasonTexts()) if own_one else SeasonTexts()
        codes = list(dict.fromkeys([*season.texts, own.original_language]))[:LANGUAGES]
        translations = {
            code: SeasonTexts(
                name=season.texts[code].name if code in season.texts else written.name,
                description=season.texts[code].description if code in season.texts else None,
                poster=chosen_picture(season.pictures, "poster", code, language) or written.poster,
                thumbnail=chosen_picture(season.pictures, "thumbnail", code, language) or written.thumbnail,
                banner=chosen_picture(season.pictures, "banner", code, language) or written.banner,
            )
            for code in codes
        }
        found.append(
            SeedSeason(
                season_number=season.number,
                start_air=season.start,
                end_air=season.end,
                external_id={
                    provider: [{"serieId": serie_id, "season": season.number, "link": None}]
                    for provider, serie_id in record.ids.items()
                    if provider in _NUMBERING
                },
                translations=translations,
            )
        )
    return [*found, *mine.values()]


#: The providers whose numbers of seasons and episodes are kept with them.
_NUMBERING = ("tvdb", "themoviedatabase", "tvmaze")


def _entries(
    record: ShowRecord,
    own: SeedSerie,
    family: Family | None,
    films: Mapping[int, ShowRecord],
    moves: Mapping[Key, Key],
) -> tuple[list[SeedEntry], dict[str, Key]]:
    """And where they stand whose numbers count otherwise."""
    mine: dict[Key, SeedEntry] = {}
    others: list[SeedEntry] = []
    for entry in own.entries:
        key = _key(entry)
        if key is None:
            others.append(entry)
        else:
            place = moves.get(key, key)
            # Whatever numbers meet in one place, no file is without an entry.
            others_there = mine[place].videos if place in mine else []
            mine[place] = entry.model_copy(update={"videos": [*others_there, *entry.videos]})
    held = {key[1] for key, entry in mine.items() if isinstance(entry, SeedMovieEntry)}
    # Only TheTVDB's specials have the numbers that the lists count by.
    ours = record.numbering in (None, "tvdb")
    record = with_films(record if ours else with_room(record, held | films.keys()), films)
    known = {(episode.season, episode.number) for episode in record.episodes}
    better = _translated(mine, record, known)
    mine = {better.get(key, key): entry for key, entry in mine.items()}
    # Own entries that nobody else knows stand among the others, by their numbers.
    added = [_own_episode(key, entry) for key, entry in mine.items() if key not in known]
    everything = record.model_copy(update={"episodes": [*record.episodes, *added]})
    whole = arranged(everything, family, None if ours else held | films.keys())
    order = orders(whole.episodes)
    found = [
        _entry(
            episode,
            mine.get((episode.season, episode.number)),
            order[episode.season, episode.number],
            record,
            own,
            family=family,
        )
        for episode in whole.episodes
    ]
    last = max(order.values(), default=0.0)
    found += [_beside(entry, step, order, last) for step, entry in enumerate(others, 1)]
    translated = {numbers_text(key): place for key, place in better.items() if key not in moves.values()}
    translated |= {
        film_text(episode.number): (0, episode.number)
        for episode in whole.episodes
        if episode.season == 0 and episode.is_movie and isinstance(mine.get((0, episode.number)), SeedSpecial)
    }
    return sorted(found, key=lambda entry: entry.order), translated


def numbers_text(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def film_text(number: int) -> str:
    """A special that is a film."""
    return f"film:{number}"


def _key(entry: SeedEntry) -> Key | None:
    """The number of an entry; None for what has none that a provider could know."""
    if isinstance(entry, SeedEpisode):
        return entry.season_number, entry.episode_number
    if isinstance(entry, SeedSpecial) and entry.number < 100_000:
        return 0, entry.number
    if isinstance(entry, SeedMovieEntry) and entry.number is not None:
        return 0, entry.number
    return None


def _translated(mine: Iterable[Key], record: ShowRecord, known: set[Key]) -> dict[Key, Key]:
    """Numbers above the end of season 1 count through the seasons when the provider has more of these: episode 30 of a
    serie with seasons of 24 is the sixth of the second one. So do 101, 102, 213, where all of them are there as season
    and episode."""
    absolute = {episode.absolute: (episode.season, episode.number) for episode in record.episodes if episode.absolute}
    if not absolute:
        counted = sorted(key for key in known if key[0] > 0)
        absolute = dict(enumerate(counted, 1))
    strange = [number for season, number in mine if season == 1 and (1, number) not in known and number not in absolute]
    if all(divmod(number, 100) in known for number in strange):
        absolute |= {number: divmod(number, 100) for number in strange}
    taken = set(mine)
    found: dict[Key, Key] = {}
    for season, number in mine:
        better = absolute.get(number) if season == 1 and (season, number) not in known else None
        if better is not None and better not in taken:
            found[season, number] = better
            taken.add(better)
    return found


def _own_episode(key: Key, entry: SeedEntry) -> EpisodeRecord:
    text = next(iter(entry.translations.values()), EntryTexts())
    return EpisodeRecord(
        season=key[0],
        number=key[1],
        texts={code: Texts(name=text.name, description=text.description) for code, text in entry.translations.items()}
        if text.name or text.description
        else {},
        still=Picture(kind="thumbnail", url=entry.thumbnail) if entry.thumbnail else None,
        air_date=entry.air_date,
        runtime=entry.runtime,
        # A film that nobody describes may still turn out to be a recap, by its names in the lists.
        content=None if isinstance(entry, SeedMovieEntry) and entry.content == "story" else entry.content,
        is_movie=isinstance(entry, SeedMovieEntry),
    )


def _entry(
    episode: EpisodeRecord,
    mine: SeedEntry | None,
    order: float,
    record: ShowRecord,
    own: SeedSerie,
    *,
    family: Family | None,
) -> SeedEntry:
    written = next(iter(mine.translations.values()), None) if mine else None
    language = own.original_language
    said = {code: text for code, text in list(episode.texts.items())[:LANGUAGES] if text.name or text.description}
    if written and language not in said and (written.name or written.description):
        said[language] = Texts(name=written.name, description=written.description)
    common: dict[str, Any] = {
        "order": order,
        "content": episode.content or (mine.content if mine else "story"),
        "air_date": episode.air_date or (mine.air_date if mine else None),
        "runtime": (mine.runtime if mine else None) or episode.runtime,
        "thumbnail": (episode.still.url if episode.still else None) or (mine.thumbnail if mine else None),
        "videos": mine.videos if mine else [],
    }
    aired = episode.aired or (episode.season, episode.number)
    # Those that it is known by already come first: `ordering.renumber` goes by them.
    known = episode.elsewhere | {record.numbering or record.provider: aired}
    numbers: ExternalId = {
        provider: [{"serieId": record.ids[provider], "season": season, "episode": number, "link": None}]
        for provider, (season, number) in known.items()
        if provider in record.ids and provider in _NUMBERING
    }
    if episode.season:
        elsewhere = places(family, record.numbering or record.provider, aired) if family else {}
        return SeedEpisode(
            season_number=episode.season,
            episode_number=episode.number,
            external_id=numbers | elsewhere,
            translations={code: EntryTexts(name=t.name, description=t.description) for code, t in said.items()},
            **common,
        )
    if episode.is_movie and not isinstance(mine, SeedSpecial):
        original = record.original_language or language
        return SeedMovieEntry(
            slug=Place("film", number=episode.number).entry_slug(own.slug),
            number=episode.number,
            external_id=numbers | _ids("movie", episode.ids),
            translations={
                code: MovieEntryTexts(
                    name=t.name,
                    description=t.description,
                    tagline=t.tagline,
                    poster=chosen_picture(episode.pictures, "poster", code, original) or common["thumbnail"],
                )
                for code, t in said.items()
            },
            **common,
        )
    return SeedSpecial(
        number=episode.number,
        external_id=numbers,
        translations={code: EntryTexts(name=t.name, description=t.description) for code, t in said.items()},
        **common,
    )


def _beside(entry: SeedEntry, step: int, order: Mapping[Key, float], last: float) -> SeedEntry:
    """Half numbers stand behind the episode before them, what has no number at the end."""
    if isinstance(entry, SeedSpecial):
        season, tenths = divmod(entry.number, 100_000)
        before = order.get((season, tenths // 10))
        if before is not None:
            return entry.model_copy(update={"order": before + (tenths % 10) / 10})
    return entry.model_copy(update={"order": last + step})
