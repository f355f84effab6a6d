"""An S3 server in this process (moto), as obstore finds one: by the variables of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree

import httpx2

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}


@dataclass(frozen=True)
class Bucket:
    name: str
    endpoint: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}/kyoo"

    @property
    def environment(self) -> dict[str, str]:
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": "true"}

    def names(self) -> list[str]:
        """What is in it, as the server says it."""
        listing = httpx2.get(f"{self.endpoint}/{self.name}?list-type=2")
        return sorted(
            key.text or "" for key in ElementTree.fromstring(listing.content).iter() if key.tag.endswith("}Key")
        )


@contextmanager
def serving(name: str) -> Iterator[Bucket]:
    # Not for every run of tests: it is large.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        bucket = Bucket(name, f"http://{host}:{port}")
        # All servers of a process have the same buckets.
        httpx2.post(f"{bucket.endpoint}/moto-api/reset").raise_for_status()
        httpx2.put(f"{bucket.endpoint}/{name}").raise_for_status()
        yield bucket
    finally:
        server.stop()
