"""The grammar of `filter` (docs/protocol/api.md#filter)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyoo.api.filters import MAX_CLAUSES, Clause, Combined, Expression, Not, Value, parse_filter
from kyoo.core.errors import InvalidError


def clause(name: str, operator: str, value: str, *, quoted: bool = False, parameter: str | None = None) -> Clause:
    return Clause(name, parameter, operator, Value(value, quoted))  # type: ignore[arg-type]


MOVIE = clause("kind", "eq", "movie")
LONG = clause("runtime", "gt", "75")
OLD = clause("airDate", "lt", "2000-01-01")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        ("  ", None),
        ("kind eq movie", MOVIE),
        ("  kind  eq   movie ", MOVIE),
        ("rating lt 6", clause("rating", "lt", "6")),
        ("rating:imdb ge 60", clause("rating", "ge", "60", parameter="imdb")),
        ("airDate ge 2022-10-12", clause("airDate", "ge", "2022-10-12")),
        ("runtime gt 75.5", clause("runtime", "gt", "75.5")),
        ("studios has a24", clause("studios", "has", "a24")),
        ("studios has 20th-century-fox", clause("studios", "has", "20th-century-fox")),
        ("tags eq l'hiver", clause("tags", "eq", "l'hiver")),
        ("tags eq 'two words'", clause("tags", "eq", "two words", quoted=True)),
        ('tags eq "it\'s (here)"', clause("tags", "eq", "it's (here)", quoted=True)),
        ("not kind eq movie", Not(MOVIE)),
        ("not not kind eq movie", MOVIE),
        ("(kind eq movie)", MOVIE),
        ("( kind eq movie )", MOVIE),
        ("not(kind eq movie)", Not(MOVIE)),
        ("kind eq movie and runtime gt 75", Combined("and", MOVIE, LONG)),
        ("not kind eq movie and runtime gt 75", Combined("and", Not(MOVIE), LONG)),
        ("not (kind eq movie and runtime gt 75)", Not(Combined("and", MOVIE, LONG))),
        (
            "kind eq movie or runtime gt 75 and airDate lt 2000-01-01",
            Combined("and", Combined("or", MOVIE, LONG), OLD),
        ),
        (
            "kind eq movie or (runtime gt 75 and airDate lt 2000-01-01)",
            Combined("or", MOVIE, Combined("and", LONG, OLD)),
        ),
        ("notes eq a", clause("notes", "eq", "a")),
    ],
)
def test_trees(text: str, tree: Expression | None) -> None:
    assert parse_filter(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "kind",
        "kind eq",
        "kind movie",
        "slug eq gt bubble",
        "(kind eq movie",
        "kind eq movie)",
        "kind eq movie and",
        "kind eq movie kind eq serie",
        "not",
        "eq movie",
        "kind: eq movie",
        "12 eq movie",
        "()",
        "(" * 1000,
        " and ".join(["kind eq movie"] * (MAX_CLAUSES + 1)),
    ],
)
def test_syntax_errors_quote_the_filter(text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        parse_filter(text)
    assert caught.value.message == f"Invalid filter: {text}."
    assert caught.value.details["expected"]
    assert caught.value.details["in"] == text


def test_a_clause_is_printed_as_it_is_written() -> None:
    for text in ("slug eq bubble", "rating:imdb ge 60", 'tags has "two words"'):
        assert str(parse_filter(text)) == text


@given(st.text(alphabet=st.sampled_from(list("andornotkiqmve ()'\":1-")), max_size=80) | st.text(max_size=40))
def test_any_text_is_a_tree_or_an_invalid_filter(text: str) -> None:
    try:
        parse_filter(text)
    except InvalidError:
        return
