"""Waiting for the player in a real browser: from a click on Play, a seek, another quality or another sound to the
picture or the tone that answers it.

Run: `python -m bench.browser`. With `--tree FOLDER` (another state of this repository, with its pages built and an
environment of its own) its server and pages take turns with ours."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e import chromium
from tests.e2e.server import Server, running
from tests.media import Audio, movie, placed

HERE = Path(__file__).parent.parent
ROUNDS = 5
#: Seconds that an answer may take.
PATIENCE = 60_000
#: Hz of the tones of the two sounds (tests.media.movie).
TONES = (330, 440)

#: In the page: `first` is the moment (ms) at which a condition that is looked at with every picture came true.
WATCHING = """
window.looking = (condition) => new Promise((found) => {
  const look = () => {
    const video = document.querySelector('[data-testid=player-video]');
    if (!video || !condition) return requestAnimationFrame(look);
    video.requestVideoFrameCallback((now, frame) => condition(frame, video) ? found(performance.now()) : look());
  };
  look();
});
window.hearing = (hertz) => new Promise((found) => {
  const { analyser, context } = window.ear;
  const bins = new Float32Array(analyser.frequencyBinCount);
  const look = () => {
    analyser.getFloatFrequencyData(bins);
    const loudest = bins.indexOf(Math.max(...bins)) * context.sampleRate / analyser.fftSize;
    if (Math.abs(loudest - hertz) < 20) found(performance.now()); else setTimeout(look, 10);
  };
  look();
});
document.addEventListener('click', () => { window.clicked = performance.now(); }, true);
"""
LISTEN = """() => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaElementSource(document.querySelector('[data-testid=player-video]')).connect(analyser);
  analyser.connect(context.destination);
  window.ear = { context, analyser };
}"""


class Tree(Server):
    """`kyoo serve` of a tree, by the Python of its own environment."""

    def __init__(self, tree: Path, library: Path, data: Path) -> None:
        super().__init__(library, data)
        self.tree = tree
        self.variables = {"PYTHONPATH": str(tree / "src")}

    def command(self) -> list[str]:
        return [str(self.tree / ".venv" / "bin" / "python"), *super().command()[1:]]


def make_library(folder: Path) -> None:
    sounds = (Audio(language="eng", title="English"), Audio(language="jpn", title="Japanese"))
    noise = ("-vf", "noise=alls=10:allf=t", "-b:v", "6M", "-sc_threshold", "0")
    film = movie(name="bench-page.mkv", seconds=90, size="1280x720", gop=96, audios=sounds, video_options=noise)
    placed(film, folder / "The Long Voyage (2015).mkv")


@contextmanager
def visit(browser: Browser, server: Server) -> Iterator[Page]:
    """A new visitor on the page of the film, where everything is loaded."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.add_init_script(WATCHING)
    # By the form: how pages keep a session is not the same in all trees.
    page.goto(f"{server.url}/login")
    page.get_by_test_id("login-login").fill(server.account["username"])
    page.get_by_test_id("login-password").fill(server.account["password"])
    page.get_by_test_id("login-submit").click()
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/movies/the-long-voyage", wait_until="networkidle")
    yield page
    context.close()


def answered(page: Page, act: Callable[[], object], condition: str) -> float:
    """Milliseconds from the click, or whatever `act` notes as one, to the answer."""
    page.evaluate(f"() => {{ window.answer = {condition}; }}")
    act()
    return float(page.evaluate("() => window.answer.then((moment) => moment - window.clicked)"))


def choose(page: Page, menu: str, name: str) -> None:
    page.get_by_test_id("player").hover(position={"x": 300, "y": 200})
    page.get_by_test_id(menu).click()
    page.get_by_role("menuitemradio", name=name).first.click()


def measure(browser: Browser, server: Server) -> dict[str, float]:
    with visit(browser, server) as page:
        play = page.get_by_test_id("play-button")
        times = {"click to first picture": answered(page, play.click, "looking(() => true)")}
        seek = "() => { clicked = performance.now(); document.querySelector('video').currentTime = 61; }"
        times["seek to picture"] = answered(page, lambda: page.evaluate(seek), "looking((f) => f.mediaTime >= 60.9)")
        lighter = "looking((f) => f.height === 360)"
        times["another quality"] = answered(page, lambda: choose(page, "menu-quality", "360p"), lighter)
        page.evaluate(LISTEN)
        page.evaluate(f"() => hearing({TONES[0]})")
        other = f"hearing({TONES[1]})"
        times["another sound"] = answered(page, lambda: choose(page, "menu-audio", "Japanese"), other)
    return times


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", type=Path)
    options = parser.parse_args()
    trees = [("before", options.tree.resolve()), ("now", HERE)] if options.tree else [("now", HERE)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kyoo-bench-")))
        make_library(folder / "videos")
        servers = [
            (name, stack.enter_context(running(Tree(tree, folder / "videos", folder / name)))) for name, tree in trees
        ]
        for _, server in servers:
            server.until_scanned(1)
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=chromium.find(), args=chromium.ARGUMENTS
        )
        found: dict[str, dict[str, list[float]]] = {}
        for _ in range(ROUNDS):
            for name, server in servers:
                for what, time in measure(browser, server).items():
                    found.setdefault(what, {}).setdefault(name, []).append(time)
    print(f"milliseconds, medians of {ROUNDS} visits in Chromium; a film of 720p at 6 Mbit/s, copied\n")
    for what, times in found.items():
        medians = {name: statistics.median(values) for name, values in times.items()}
        line = f"{what:<24}" + "".join(f"   {name} {median:>7,.0f}" for name, median in medians.items())
        print(line + (f"   {medians['before'] / medians['now']:5.2f} × faster" if len(medians) > 1 else ""))


if __name__ == "__main__":
    main()
