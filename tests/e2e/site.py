"""The server of most files: a small library, and doubles of services outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx2

from tests.e2e.library import make_library
from tests.e2e.server import Server, free_port, running
from tests.fakes.metadata.tvmaze import tvmaze
from tests.fakes.metadata.world import HARBOUR, PAPER
from tests.fakes.serving import served_beside
from tests.fakes.trackers.mdblist import FakeMdbList
from tests.fakes.trackers.trakt import FakeTrakt
from tests.media import placed
from tests.waiting import PATIENCE

#: Encoders of pictures that an account may have.
PLACES = 2
#: What nobody else on this machine may read.
SECRETS = {
    "KEIBI_APIKEY_TOOL": "the-key-of-a-tool",
    "KEIBI_APIKEY_TOOL_CLAIMS": '{"permissions": ["core.read"]}',
    "OIDC_ELSEWHERE_SECRET": "the-secret-of-a-provider",
    "A_FOREIGN_TOKEN": "the-secret-of-another-program",
}


class Site(Server):
    """It is reached by a name: browsers bind passkeys to names. Its first user is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "videos", folder / "data", name="localhost")
        self.is_filled = False
        self.trakt = FakeTrakt()
        #: The port of a provider of logins, which nobody answers until a test runs one there.
        self.elsewhere = free_port()

    def fill(self) -> None:
        """With the small library, once."""
        if not self.is_filled:
            self.is_filled = True
            self.videos += make_library(self.library)

    def add(self, file: Path, name: str) -> None:
        """Put a video into the library."""
        placed(file, self.library / name)
        self.videos += 1

    def token_of_member(self, name: str) -> str:
        """That of a new session of somebody who is no administrator."""
        member = {"username": name, "email": f"{name}@example.org", "password": f"password of {name}"}
        answer = httpx2.post(f"{self.url}/auth/users", json=member, timeout=PATIENCE)
        if answer.status_code == 409:
            login = {"login": name, "password": member["password"]}
            answer = httpx2.post(f"{self.url}/auth/sessions", json=login, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """Its library is empty."""
    site = Site(folder)
    left_open(site)
    # Two series of one name.
    series = (HARBOUR, replace(HARBOUR, number=30, year=1999, plots={"en": "Ships go out."}), PAPER)
    with ExitStack() as stack:
        trakt, mdblist, metadata = (
            stack.enter_context(served_beside(app)) for app in (site.trakt.app, FakeMdbList().app, tvmaze(series))
        )
        provider = f"http://localhost:{site.elsewhere}"
        site.variables = {
            **SECRETS,
            "KYOO_TRAKT_URL": trakt,
            "KYOO_TRAKT_AUTH_URL": trakt,
            "KYOO_MDBLIST_URL": mdblist,
            "KYOO_PROVIDERS": "tvmaze",
            "KYOO_TVMAZE_URL": metadata,
            "KYOO_REFRESH_DELAY": "1",
            "KYOO_ENCODERS_PER_USER": str(PLACES),
            "OIDC_ELSEWHERE_CLIENTID": "kyoo",
            "OIDC_ELSEWHERE_NAME": "Elsewhere",
            "OIDC_ELSEWHERE_AUTHORIZATION": f"{provider}/oauth2/authorize",
            "OIDC_ELSEWHERE_TOKEN": f"{provider}/oauth2/token",
            "OIDC_ELSEWHERE_PROFILE": f"{provider}/userinfo",
            # Nobody has to be let in.
            "EXTRA_CLAIMS": json.dumps({"permissions": ["core.read", "core.play"]}),
        }
        stack.enter_context(running(site))
        site.client().close()
        yield site


def left_open(site: Site) -> None:
    """A data directory as an older release and a restored backup left it, readable by everybody; so is the library."""
    image = site.data_dir / "images" / "aa" / "old.jpg"
    image.parent.mkdir(parents=True)
    image.write_bytes(b"x")
    site.library.mkdir()
    for path in (site.data_dir, image.parent, image, site.library):
        path.chmod(0o755)
