"""What a process that we start finds in its environment: what it works with, and no secret that it has no use for."""

from __future__ import annotations

import os
import re

from kyoo.core.settings import variables_of

#: What Python, its libraries and the loader of programs read; and libpq, whose variables may say where the server is.
SYSTEM = re.compile(
    r"PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|TZ|TMPDIR|LD_LIBRARY_PATH|VIRTUAL_ENV|NO_COLOR|SSL_CERT_(FILE|DIR)"
    r"|(LC_|XDG_|PYTHON|PG).*"
)

#: What is used by all services, and named by none of their settings: logs, traces, stores of objects, drivers of GPUs.
SHARED = re.compile(r"STDOUT_LOG_LEVEL|(KYOO_|OTEL_|AWS_|LIBVA_|CUDA_|NVIDIA_).*")

#: Keys of clients, and what we are known by at providers of logins: for whoever answers requests.
OF_REQUESTS = re.compile(r"((KYOO_|KEIBI_)?(APIKEY|OIDC_)|(KYOO_)?JWT_SECRET).*|POSTGRES_URL", re.IGNORECASE)


def of_worker() -> dict[str, str]:
    """The worker has all services in it, and answers nobody."""
    # Here, as a service by itself migrates, too, and knows nothing of the others.
    from kyoo.serve.checks import HEEDED

    declared = {
        name for kind in HEEDED["worker"] for field in kind.model_fields.values() for name in variables_of(field)
    }
    return {
        name: value
        for name, value in os.environ.items()
        if (name in declared or SYSTEM.fullmatch(name) or SHARED.fullmatch(name)) and not OF_REQUESTS.fullmatch(name)
    }
