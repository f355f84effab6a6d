"""Awkward files in the product's own player, on its own page: from the first picture, over a seek, to the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.e2e.chromium import open_context
from tests.e2e.conftest import browser
from tests.e2e.server import Server, running
from tests.media import placed
from tests.playing.browsers import options_of, seen
from tests.playing.cases import cases
from tests.playing.files import BY_NAME
from tests.playing.known import news
from tests.playing.served import PAGES, encoded_only
from tests.playing.watching import Seen, Truth, faults, truth

__all__ = ["browser"]

#: As known.py and the table name it.
PLAYER = "page"
#: A library is of videos.
FILES = [case for case in cases((), [PLAYER]) if case.values[0] != "sound-alone"]
#: How often a file is watched until nobody complains.
VIEWINGS = 3
#: Watches from the moment when the page has its player on. At the end the page would leave.
WATCHING = """
window.beeps = URL.createObjectURL(new Blob([BEEPS], { type: "text/javascript" }));
addEventListener("ended", (event) => event.stopImmediatePropagation(), true);
new MutationObserver((_, observer) => {
  if (!document.querySelector("[data-testid=player-video]")) return;
  observer.disconnect();
  (() => { SCRIPT; window.report = watch("page", null, OPTIONS); })();
}).observe(document, { childList: true, subtree: true });
"""
SAYS = "() => document.querySelector('[data-testid=player-error]')?.textContent ?? ''"


class Films(Server):
    """The whole product over those files."""

    def __init__(self, folder: Path, names: Collection[str]) -> None:
        super().__init__(folder / "videos", folder / "data")
        self._paths = {name: self._put(name, number) for number, name in enumerate(names)}
        self._slugs: dict[str, str] = {}

    def _put(self, name: str, number: int) -> Path:
        source = BY_NAME[name].path()
        # A title without digits, which could be those of an episode.
        title = "".join(chr(ord("A") + int(digit)) for digit in f"{number:03}")
        return placed(source, self.library / f"Film {title} (2001){source.suffix}")

    def until_there(self) -> None:
        self.until_scanned(len(self._paths))
        found = {video["path"]: video["slugs"][0] for video in self.items("/api/videos?limit=250")}
        self._slugs = {name: found[str(path)] for name, path in self._paths.items()}

    def page(self, name: str) -> str:
        return f"{self.url}/watch/{self._slugs[name]}?t=0"


@pytest.fixture(scope="module")
def films(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Films]:
    tests = [item for item in request.session.items if isinstance(item, pytest.Function) and item.path == request.path]
    names = dict.fromkeys(str(test.callspec.params["name"]) for test in tests)
    with running(Films(tmp_path_factory.mktemp("films"), names)) as server:
        server.until_there()
        yield server


def encode(route: Route) -> None:
    """Nothing but the smallest encoded picture is offered."""
    answer = route.fetch()
    base = answer.url.partition("?")[0].rpartition("/")[0] + "/"
    route.fulfill(response=answer, body=encoded_only(answer.text(), base))


def watch(page: Page, films: Films, real: Truth, *, encoded: bool) -> Seen:
    options = json.dumps(options_of(real))
    script = (PAGES / "watch.js").read_text()
    beeps = json.dumps((PAGES / "beeps.js").read_text())
    page.add_init_script(WATCHING.replace("BEEPS", beeps).replace("SCRIPT", script).replace("OPTIONS", options))
    if encoded:
        page.route("**/master.m3u8*", encode)
    page.goto(films.page(real.file.name))
    page.wait_for_function("() => window.report")
    found = seen(page, real)
    if said := page.evaluate(SAYS):
        found.complaints.append(f"the page says: {said}")
    return found


@pytest.mark.browser
@pytest.mark.parametrize(("name", "what"), FILES)
def test_a_file_plays(
    browser: Browser, films: Films, name: str, what: str, record_property: Callable[[str, object], None]
) -> None:
    real = truth(name)
    for _ in range(VIEWINGS):
        # Ours listens inside of the page, which allows no code but its own.
        context = open_context(browser, bypass_csp=True, service_workers="block")
        films.log_in(context)
        said = faults(watch(context.new_page(), films, real, encoded=what == "encoded"), real)
        context.close()
        if not (new := news(PLAYER, name, what, said)):
            break
    record_property(PLAYER, "; ".join(said))
    assert new == []
