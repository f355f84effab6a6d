"""The command by which an image asks its server whether it is ready."""

from __future__ import annotations

import pytest

from kyoo.serve import health, options


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, "http://127.0.0.1:8901/api/ready"),
        ({"KYOO_HOST": "0.0.0.0", "KYOO_PORT": "80"}, "http://127.0.0.1:80/api/ready"),
        ({"KYOO_HOST": "::"}, "http://[::1]:8901/api/ready"),
        ({"KYOO_HOST": "10.1.2.3", "KYOO_PORT": ""}, "http://10.1.2.3:8901/api/ready"),
        ({"KYOO_TLS_CERTIFICATE": "/c.pem", "KYOO_TLS_KEY": "/k.pem"}, "https://127.0.0.1:8901/api/ready"),
    ],
)
def test_it_asks_where_the_variables_let_the_server_listen(variables: dict[str, str], asked: str) -> None:
    assert health.PORT == options.DEFAULT_PORT
    assert health.address(variables) == asked
