"""A foreign player (ffmpeg) plays the public address of a video with a session token, to the end."""

from __future__ import annotations

import subprocess

import httpx2
import pytest

from tests.e2e.library import HARBOUR_SECONDS
from tests.e2e.server import Server
from tests.media import ffmpeg
from tests.waiting import PATIENCE


def play(server: Server, slug: str, *options: str) -> tuple[float, list[str]]:
    """Seconds of media decoded and what ffmpeg complained about (warnings and errors)."""
    url = f"{server.url}/api/videos/{slug}/master.m3u8?clientId=ffmpeg"
    headers = f"Authorization: Bearer {server.token}\r\n"
    command = [ffmpeg(), "-nostdin", "-v", "warning", "-headers", headers, "-i", url, *options]
    command += ["-progress", "pipe:1", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    times = [line.partition("=")[2] for line in done.stdout.splitlines() if line.startswith("out_time_us=")]
    complaints = [line for line in done.stderr.splitlines() if "No filtered frames" not in line]
    return int(times[-1]) / 1e6, complaints


@pytest.mark.exhaustive
def test_ffmpeg_plays_every_rendition_to_the_end_without_a_warning(site: Server) -> None:
    """All at once: ffmpeg cuts off the renditions that are not mapped, and then complains about what it cut."""
    site.until_scanned(site.videos)
    seconds, complaints = play(site, "a-quiet-harbour", "-map", "0")
    assert seconds == pytest.approx(HARBOUR_SECONDS, abs=0.3)
    assert complaints == []


def test_the_original_file_is_given_in_ranges(site: Server) -> None:
    site.until_scanned(site.videos)
    with site.client() as client:
        url = "/api/videos/the-long-voyage/direct?clientId=x"
        whole = client.get(url)
        size = int(whole.headers["content-length"])
        assert whole.headers["accept-ranges"] == "bytes"
        middle = client.get(url, headers={"Range": f"bytes={size // 2}-{size // 2 + 999}"})
        assert middle.status_code == 206
        assert middle.content == whole.content[size // 2 : size // 2 + 1000]
        assert client.get(url, headers={"Range": f"bytes={size}-"}).status_code == 416


def test_a_stranger_gets_nothing(site: Server) -> None:
    for path in ("master.m3u8?clientId=x", "direct", "info", "thumbnails.vtt"):
        answer = httpx2.get(f"{site.url}/api/videos/the-long-voyage/{path}", timeout=PATIENCE)
        assert answer.status_code == 401
