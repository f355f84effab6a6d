"""Titles compared (`normalise`) and written in URLs (`slugify`)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.scanner.naming.titles import normalise, show_slug, slugify

TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amélie", "amelie"),
        ("Mr. & Mrs. Quill", "mr and mrs quill"),
        ("Frieren - Beyond Journey's End", "Frieren Beyond Journeys End"),
        ("The.Long_Road", "the long  road"),
        ("Ｕｍｉ　ｎｏ　Ｕｔａ", "umi no uta"),
        ("Straße", "STRASSE"),
        ("Smörgåsbord", "smorgasbord"),
    ],
)
def test_spellings_of_one_title_are_equal(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("The Road", "Road"), ("Road 2", "Road"), ("ワンピース", "ナルト"), ("Кухня", "Кухни")]
)
def test_titles_that_differ_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
    assert slugify(one) != slugify(other)


def test_slug_of_a_latin_title_is_readable() -> None:
    assert slugify("Amélie's Garden: Part II") == "amelies-garden-part-ii"


def test_slug_of_another_script_is_stable() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", slugify("葬送のフリーレン"))
    assert slugify("葬送のフリーレン") == slugify("葬送のフリーレン")
    assert re.fullmatch(r"frieren-[0-9a-f]{8}", slugify("Frieren 葬送"))


def test_reserved_words_are_no_slugs() -> None:
    assert re.fullmatch(r"random-[0-9a-f]{8}", slugify("Random!"))


@given(TEXT)
def test_normalise_is_idempotent(title: str) -> None:
    assert normalise(normalise(title)) == normalise(title)


@given(TEXT)
def test_slug_fits_its_alphabet(title: str) -> None:
    slug = slugify(title)
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Amélie's Garden: Part II", "amelies-garden-part-ii"),
        ("ワンピース", "wanpisu"),
        ("Дом у озера", "dom-u-ozera"),
        ("Το σπίτι στη λίμνη", "to-spiti-sti-limni"),
        ("湖畔人家", "hupanrenjia"),
        ("호숫가 집", "hosusga-jib"),
        ("בית", "vyt"),
        ("Straße 7", "strasse-7"),
        ("🎬", "clapper"),
    ],
)
def test_slugs_of_shows_can_be_read(title: str, slug: str) -> None:
    assert show_slug(title) == slug


@given(st.text(min_size=1))
def test_the_slug_of_a_show_fits_a_url(title: str) -> None:
    slug = show_slug(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert slug != "random"
