"""The rules of ARCHITECTURE.md that a machine can hold the code against."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kyoo.serve.services import NAMES

SOURCE = Path(__file__).parents[2] / "src" / "kyoo"
#: A facade, for the tests.
TITLES = Path(__file__).parents[1] / "fakes" / "titles"

STATEMENT = re.compile(
    r"\s*(select\s.+\sfrom|insert\s+into|update\s+\w+(\.\w+)?\s+set|delete\s+from|with\s+\w+\s+as)\b",
    re.IGNORECASE | re.DOTALL,
)
FFMPEG_OPTION = re.compile(r"-(c:[avs]|vf|af|filter_complex|ss|copyts|map|hwaccel|movflags|f)$")


def modules(folder: Path = SOURCE) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if "static" not in path.parts)


@cache
def strings(path: Path) -> list[ast.Constant]:
    """The string constants of a module, docstrings left out."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [node for node in constants if isinstance(node.value, str) and id(node) not in docstrings]


def room(path: Path) -> tuple[str, ...]:
    return path.relative_to(SOURCE).parts


def test_sql_of_a_service_is_in_its_queries() -> None:
    misplaced = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if room(path)[0] in NAMES and "queries" not in room(path)
        for node in strings(path)
        if STATEMENT.match(str(node.value))
    ]
    assert misplaced == []


def test_only_the_transcoder_builds_ffmpeg_arguments() -> None:
    misplaced = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if room(path)[0] in NAMES and room(path)[0] != "transcoder"
        for node in strings(path)
        if FFMPEG_OPTION.match(str(node.value))
    ]
    assert misplaced == []


def test_libav_runs_in_processes_of_its_own_only() -> None:
    """Nobody else imports PyAV, or what does."""
    child = SOURCE / "transcoder" / "libav"
    pattern = re.compile(r"^\s*(import av\b|from av\b|from kyoo\.transcoder\.libav\.(?!pool\b))", re.MULTILINE)
    others = [path for path in modules() if child not in path.parents]
    assert [str(path.relative_to(SOURCE)) for path in others if pattern.search(path.read_text())] == []


@pytest.mark.parametrize("service", NAMES)
def test_routes_know_http_and_rules_do_not(service: str) -> None:
    """Only app.py, context.py and routes/ see FastAPI; the rules and queries are usable without HTTP."""
    allowed = {"app.py", "context.py", "routes"}
    intruders = [
        str(path.relative_to(SOURCE))
        for path in modules(SOURCE / service)
        if room(path)[1] not in allowed and re.search(r"^from (fastapi|starlette)\b", path.read_text(), re.MULTILINE)
    ]
    assert intruders == []


def test_handlers_and_what_they_depend_on_run_in_the_event_loop() -> None:
    """A plain function would be handed to a thread for each request, which costs more than most handlers do."""
    handed = []
    for path in modules():
        text = path.read_text()
        if "@router." not in text and "Depends(" not in text:
            continue
        nodes = list(ast.walk(ast.parse(text)))
        calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        needed = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "Depends" and call.args}
        for node in nodes:
            if isinstance(node, ast.FunctionDef):
                routed = any(ast.unparse(decorator).startswith("router.") for decorator in node.decorator_list)
                if routed or node.name in needed:
                    handed.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert handed == []


@pytest.mark.parametrize("service", NAMES)
def test_queries_call_pure_modules_only(service: str) -> None:
    """What a query imports knows no query itself."""
    named = re.compile(rf"^from (kyoo\.{service}\.(?!queries|models|settings)[\w.]+) import", re.MULTILINE)
    called = {module for path in modules(SOURCE / service / "queries") for module in named.findall(path.read_text())}
    files = {module: SOURCE.parent.joinpath(*module.split(".")) for module in called}
    texts = {
        module: (file / "__init__.py" if file.is_dir() else file.with_suffix(".py")).read_text()
        for module, file in files.items()
    }
    assert sorted(module for module, text in texts.items() if f"kyoo.{service}.queries" in text) == []


def test_every_module_says_in_its_first_line_what_lives_there() -> None:
    silent = [str(path.relative_to(SOURCE)) for path in modules() if not path.read_text().startswith('"""')]
    assert silent == []


def test_every_service_has_the_same_rooms() -> None:
    for service in NAMES:
        for name in ("app.py", "context.py", "settings.py", "jobs.py", "routes", "queries", "migrations"):
            assert (SOURCE / service / name).exists(), f"{service}/{name}"


#: What a facade may know of the services whose data it shows; the rest of them is behind their routes.
SHOWN = {"models", "queries", "limits", "reader"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("folder", [SOURCE / "facades", TITLES], ids=["facades", "titles"])
def test_a_facade_knows_models_and_queries_of_services(folder: Path) -> None:
    inside = [
        f"{path.relative_to(folder)}: {module}"
        for path in modules(folder)
        for module in imported(path)
        if module.split(".")[0] == "kyoo" and module.split(".")[1] in NAMES and module.split(".")[2] not in SHOWN
    ]
    assert inside == []
