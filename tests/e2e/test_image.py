"""The image of deploy/container: built over a Debian that is put together here, as no registry is asked, and started as
deploy/compose.yaml starts it. Takes minutes; needs root and
`apt-get install podman runc netavark nftables mmdebstrap`, and a machine that lets them work."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
import yaml

from kyoo.core.files import encode_path
from tests import media
from tests.e2e.server import free_port
from tests.waiting import wait_until

HERE = Path(__file__).parents[2]
#: How the services of compose.yaml are started, which podman takes as options.
COMPOSE = yaml.safe_load((HERE / "deploy/compose.yaml").read_text())["services"]["kyoo"]
#: What the base of the Dockerfile has to have.
PACKAGES = "python3,python3-venv,python-is-python3,ca-certificates"
#: The authorities that this machine trusts, on the way to the registries of Python's and the pages' packages.
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
ACCOUNT = {"username": "ada", "email": "ada@example.org", "password": "correct horse"}
FILM = "Film (2001).mkv"

pytestmark = pytest.mark.exhaustive


@dataclass(frozen=True)
class Podman:
    """With all that it keeps in `folder`."""

    folder: Path

    def __call__(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        runtime = ["--runtime=runc"] if shutil.which("runc") else []
        done = subprocess.run(
            ["podman", f"--root={self.folder}/store", f"--runroot={self.folder}/run", *runtime, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE,
            env=os.environ | {"PODMAN_IGNORE_CGROUPSV1_WARNING": "1"},
        )
        assert done.returncode == 0 or not check, f"podman {' '.join(words)}:\n{(done.stdout + done.stderr)[-4000:]}"
        return done


def limits() -> list[str]:
    """Those of this process: podman wants more than an account in a container may have."""
    kinds = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    found = {name: resource.getrlimit(kind)[1] for name, kind in kinds.items()}
    return [f"--ulimit={name}={most}:{most}" for name, most in found.items() if most != resource.RLIM_INFINITY]


def debian() -> Path:
    """Debian with Python, made once."""
    kept = media.CACHE / "debian-python.tar"
    with media.alone("debian-python"):
        if not kept.exists():
            new = media.CACHE / "debian-python-new.tar"
            made = subprocess.run(
                ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", "stable", new],
                capture_output=True,
                text=True,
                check=False,
            )
            if made.returncode:
                pytest.skip(f"mmdebstrap makes no base here: {made.stderr.strip().splitlines()[-1]}")
            new.rename(kept)
    return kept


@pytest.fixture(scope="module")
def podman() -> Iterator[Podman]:
    missing = [name for name in ("podman", "mmdebstrap") if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root, and {' and '.join(missing) or 'its rights'}")
    folder = Path(tempfile.mkdtemp(prefix="kyoo-image-"))
    made = Podman(folder)
    try:
        certificates = [f"--change=ENV {name}={AUTHORITIES}" for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")]
        made("import", *certificates, str(debian()), "localhost/debian-python")
        tried = made("run", "--rm", *limits(), "--publish=127.0.0.1::1", "localhost/debian-python", "true", check=False)
        if tried.returncode:
            pytest.skip(f"no container starts here: {tried.stderr.strip().splitlines()[-1]}")
        yield made
    finally:
        made("rm", "--all", "--force", "--time=0", check=False)
        # What it has mounted goes first.
        made("system", "reset", "--force", check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def image(podman: Podman) -> str:
    podman(
        *("build", "--isolation=chroot", "--network=host", "--format=docker", *limits()),
        *(f"--volume={AUTHORITIES}:{AUTHORITIES}:ro", "--build-arg=BASE=localhost/debian-python"),
        *("--file=deploy/container/Dockerfile", "--tag=kyoo", "."),
    )
    return "localhost/kyoo"


def as_in_compose() -> list[str]:
    """The options of `podman run` that say what compose.yaml says."""
    assert COMPOSE["read_only"] is True
    return [
        "--read-only",
        *(f"--tmpfs={folder}" for folder in COMPOSE["tmpfs"]),
        *(f"--cap-drop={capability}" for capability in COMPOSE["cap_drop"]),
        *(f"--security-opt={option}" for option in COMPOSE["security_opt"]),
        f"--shm-size={COMPOSE['shm_size']}",
    ]


def test_the_image_serves_without_rights_on_a_read_only_root(podman: Podman, image: str, tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    media.placed(media.movie(seconds=4, size="64x36"), videos / FILM)
    for folder in (videos, *list(videos.parents)[:3]):
        folder.chmod(0o755)
    port = free_port()
    variables = {"KYOO_PROVIDERS": "none", "KYOO_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    podman(
        *("run", "--detach", "--name=kyoo", *as_in_compose(), *limits(), f"--publish=127.0.0.1:{port}:8901"),
        *(f"--env={name}={value}" for name, value in variables.items()),
        *("--volume=kyoo:/data", f"--volume={videos}:/videos:ro", image),
    )
    # As long as every other test waits for a whole server.
    deadline = time.monotonic() + 300
    while podman("healthcheck", "run", "kyoo", check=False).returncode:
        state = json.loads(podman("inspect", "kyoo").stdout)[0]["State"]
        assert state["Running"], podman("logs", "kyoo").stdout
        assert time.monotonic() < deadline, podman("logs", "kyoo").stdout
        time.sleep(0.5)

    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert '<div id="root">' in page.text
        client.headers["Authorization"] = f"Bearer {client.post('/auth/users', json=ACCOUNT).json()['token']}"
        wait_until(lambda: client.get("/api/videos").json()["items"])
        film = encode_path(Path("/videos") / FILM)
        segment = client.get(f"/video/{film}/0/240p/segment-0.mp4", headers={"X-Client-Id": "player"})
        assert (segment.status_code, segment.content[4:8]) == (200, b"styp"), segment.text

    def inside(*words: str) -> subprocess.CompletedProcess[str]:
        return podman("exec", "kyoo", *words, check=False)

    assert inside("id", "-u").stdout.strip() == "10001"
    assert "Read-only file system" in inside("touch", "/new", "/opt/kyoo/new").stderr
    assert "CapEff:\t0000000000000000" in inside("cat", "/proc/1/status").stdout
    findings = json.loads(inside("kyoo", "doctor", "--json").stdout)
    for area in ("options", "database", "folders", "ffmpeg", "confinement"):
        assert [line for line in findings if line["area"] == area and not line["well"]] == []
    podman("stop", "--time=60", "kyoo")
    assert json.loads(podman("inspect", "kyoo").stdout)[0]["State"]["ExitCode"] == 0
