"""Runs all of the doctor's looks beside each other, each for so long and no longer, and puts what they say in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from kyoo.core.tasks import apart
from kyoo.serve.doctor import backups, database, machine, media, metadata, network, places
from kyoo.serve.doctor.findings import Finding
from kyoo.serve.doctor.subject import Subject

#: One look at something. Blocking.
Look = Callable[[Subject], Iterable[Finding]]

#: What is looked at, in the order in which it is said.
LOOKS: dict[str, Look] = {
    "database": database.database,
    "folders": places.libraries,
    "disk": places.disks,
    "store": places.stores,
    "backups": backups.backups,
    "ffmpeg": media.ffmpeg,
    "memory": machine.memory,
    "cores": machine.cores,
    "open files": machine.open_files,
    "confinement": machine.confinement,
    "watching": machine.watches,
    "clock": machine.clock,
    "public URL": network.public_url,
    "mail": network.mail,
    "metadata": metadata.keys,
}
#: Seconds for one look: an encode on a slow machine, all folders of a large library.
PATIENCE = 90.0


async def examine(subject: Subject) -> list[Finding]:
    found = await asyncio.gather(*(_looked(area, look, subject) for area, look in LOOKS.items()))
    return [finding for findings in found for finding in findings]


async def _looked(area: str, look: Look, subject: Subject) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await apart(lambda: list(look(subject)))
    except TimeoutError:
        return [
            Finding(area, f"no answer within {PATIENCE:.0f} seconds", "Look at the disk or the server that it needs")
        ]
    except Exception as error:  # noqa: BLE001 (whatever it is, the others are looked at)
        return [Finding(area, f"cannot be looked at: {type(error).__name__}: {error}", "Report this: it is a fault")]
