"""Which files belong to one show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kyoo.scanner.naming.model import ParsedName
from kyoo.scanner.shows.grouping import Show, ShowIndex, fitting


def episode(title: str, year: int | None = None, **ids: str) -> ParsedName:
    return ParsedName("episode", title, "r", years=(year,) if year else (), episodes=((1, 1),), external_ids=ids)


def film(title: str, year: int | None = None, **ids: str) -> ParsedName:
    return ParsedName("movie", title, "r", years=(year,) if year else (), external_ids=ids)


def place(*parsed: ParsedName) -> list[int]:
    """The shows of files, numbered in the order of their first file."""
    index = ShowIndex()
    shows: list[Show] = []
    for one in parsed:
        show = index.place(one)
        if show not in shows:
            shows.append(show)
    return [shows.index(index.place(one)) for one in parsed]


def test_spellings_of_a_title_are_one() -> None:
    assert place(episode("Pokémon"), episode("pokemon"), episode("POKEMON!")) == [0, 0, 0]
    assert place(episode("Law & Order"), episode("Law and Order")) == [0, 0]


def test_a_film_is_not_the_serie_of_its_title() -> None:
    assert place(film("Fargo", 1996), episode("Fargo")) == [0, 1]


def test_years_of_films() -> None:
    assert place(film("Dune", 1984), film("Dune", 2021), film("Dune"), film("Dune", 1984)) == [0, 1, 2, 0]


def test_the_year_of_a_serie_counts_when_two_differ() -> None:
    assert place(episode("One Piece"), episode("One Piece", 1999), episode("One Piece")) == [0, 0, 0]
    assert place(episode("One Piece", 1999), episode("One Piece"), episode("One Piece", 2023)) == [0, 0, 1]
    # Nothing says which of the two it is, so it is neither.
    assert place(episode("One Piece", 1999), episode("One Piece", 2023), episode("One Piece")) == [0, 1, 2]


def test_ids_beat_titles() -> None:
    assert place(film("Alien", 1979, tmdb="1"), film("Le 8e passager", 1979, tmdb="1")) == [0, 0]
    assert place(film("Alien", 1979, tmdb="1"), film("Alien", 1979, tmdb="2")) == [0, 1]
    assert place(film("Alien", 1979), film("Alien", 1979, tmdb="1"), film("Alien", 1979, tmdb="1")) == [0, 0, 0]


def test_a_renamed_show_keeps_its_names() -> None:
    index = ShowIndex()
    known = Show("serie", "The Office", 2005, id=7)
    index.add(known, [("office", None), ("the office", 2005)])
    assert index.place(episode("Office")) is known
    assert index.titled("The Office") == [known]
    assert index.new_names == []


def test_which_shows_an_extra_can_be_about() -> None:
    old, new, undated = Show("movie", "Dune", 1984), Show("movie", "Dune", 2021), Show("serie", "Dune")
    index = ShowIndex()
    for show in (old, new, undated):
        index.add(show, [("dune", show.year)])
    titled = index.titled("Dune")
    assert titled == [old, new, undated]
    assert fitting(titled, None) == titled
    assert fitting(titled, 2021) == [new]
    assert fitting(titled, 2000) == [undated]
    assert fitting([old], 2000) == []


def test_a_name_that_an_id_gave_stays_with_its_show() -> None:
    by_id = film("Alpha!", tmdb="2"), film("!!!", tmdb="2")
    assert place(*by_id, film("!!!"), film("!!!"), film("Alpha!")) == [0, 0, 0, 0, 0]


titles = st.sampled_from(["Alpha", "alpha", "ALPHA!", "Beta", "beta", "ベータ", "!!!", ""])
names = st.builds(
    lambda kind, title, year, ids: ParsedName(
        kind, title or "x", "r", years=(year,) if year else (), external_ids={"tmdb": ids} if ids else {}
    ),
    st.sampled_from(["movie", "episode"]),
    titles,
    st.sampled_from([None, 1999, 2023]),
    st.sampled_from([None, "1", "2"]),
)


@given(st.lists(names, max_size=25))
def test_placing_is_stable(parsed: list[ParsedName]) -> None:
    index = ShowIndex()
    first = [index.place(one) for one in parsed]
    assert all(
        show.kind == ("movie" if one.kind == "movie" else "serie") for show, one in zip(first, parsed, strict=True)
    )
    # A film with the same title, year and ids is always the same film.
    seen: dict[object, Show] = {}
    for one, show in zip(parsed, first, strict=True):
        if one.kind == "movie" and not one.external_ids:
            assert seen.setdefault((one.title, one.year), show) is show
    # Two films of different years never share a show unless their ids say so.
    years: dict[int, set[int]] = {}
    for one, show in zip(parsed, first, strict=True):
        if one.kind == "movie" and one.year and not one.external_ids and not show.external_ids:
            years.setdefault(id(show), set()).add(one.year)
    assert all(len(found) == 1 for found in years.values())


@given(st.lists(st.sampled_from(["Alpha", "alpha", "Alpha!", "ALPHA"]), min_size=1), st.randoms())
def test_the_order_of_files_does_not_matter(spellings: list[str], random: object) -> None:
    assert set(place(*(episode(title) for title in spellings))) == {0}


def test_marks_at_the_end_tell_series_apart() -> None:
    assert place(episode("Piano!"), episode("Piano!!"), episode("Piano!"), episode("Piano!!")) == [0, 1, 0, 1]
    assert place(episode("Silver"), episode("Silver'"), episode("Silver’"), episode("Silver")) == [0, 1, 1, 0]
    assert place(episode("Silver'"), episode("Silver"), episode("Silver°")) == [0, 1, 2]
    assert place(episode("Busy!!!"), episode("Busy!!", 2010), episode("Busy!!"), episode("Busy!!!")) == [0, 1, 1, 0]


def test_marks_that_are_left_out_are_forgiven() -> None:
    assert place(episode("Piano"), episode("Piano!"), episode("piano"), episode("Piano!")) == [0, 0, 0, 0]
    assert place(episode("Piano!"), episode("Piano!!"), episode("Piano")) == [0, 1, 0]
    assert place(film("What is Up?"), film("What is Up")) == [0, 0]
    assert place(film("The 'Last' Film"), film("The Last Film"), film("The ‘Last’ Film")) == [0, 0, 0]


def test_extras_go_with_the_spelling_of_their_title() -> None:
    index = ShowIndex()
    one, other = index.place(episode("Piano!")), index.place(episode("Piano!!"))
    assert [index.titled(title) for title in ("Piano!", "Piano!!", "Piano")] == [[one], [other], [one]]


def test_a_film_with_and_without_its_year_is_one() -> None:
    assert place(film("Orchard"), film("Orchard", 2014), film("Orchard")) == [0, 0, 0]
    assert place(film("Orchard", 2014), film("Orchard"), film("Orchard", 1950)) == [0, 0, 1]
