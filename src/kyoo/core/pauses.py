"""How long to wait before something that failed is tried again.

Who waits how long: for a service of metadata `report` in scanner/queries/services.py, for a title
scanner/metadata/describing.py; for a picture `pause` in api/jobs.py; for a webhook `PAUSES` in
api/webhooks/service.py; for a tracker api/trackers/delivery.py; for Postgres core/database/queue.py and
notifications.py; for a process that ended serve/processes/children.py. All heed an answer that names its own pause
(`Retry-After`)."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping


def pause(failures: int, first: float, longest: float) -> float:
    """Seconds after so many failures in a row: `first` after one, then twice as long each time, at most `longest`."""
    return min(first * 2.0 ** min(failures - 1, 64), longest)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` names, as a number or as a date (RFC 9110 §10.2.3)."""
    value = headers.get("retry-after", "").strip()
    if value.replace(".", "", 1).isdecimal() and len(value) < 12:
        return float(value)
    try:
        return max(email.utils.parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
