"""`python -m kyoo.serve.health` ends with 0 when the `kyoo serve` of this container is ready.
Imports next to nothing, as it is asked every half minute."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Mapping
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

#: Seconds for an answer.
PATIENCE = 4.0
#: That of `kyoo serve` (options.py, which would import much).
PORT = 8901
#: The address by which a server that listens at all of them is asked.
OWN = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def address(variables: Mapping[str, str]) -> str:
    """By the variables of the container; options of a command line are not seen from here."""
    host = variables.get("KYOO_HOST", "")
    host = OWN.get(host, host)
    host = f"[{host}]" if ":" in host else host
    scheme = "https" if variables.get("KYOO_TLS_CERTIFICATE") else "http"
    return f"{scheme}://{host}:{variables.get('KYOO_PORT') or PORT}/api/ready"


def fault(url: str) -> str | None:
    """What is wrong, if anything is."""
    # Its certificate is for the name by which others ask.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        # Not through a proxy that the environment names.
        with build_opener(ProxyHandler({}), HTTPSHandler(context=context)).open(url, timeout=PATIENCE):
            return None
    except (OSError, ValueError) as error:
        return f"{url}: {error}"


if __name__ == "__main__":
    sys.exit(fault(address(os.environ)))
