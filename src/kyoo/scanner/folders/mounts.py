"""What is mounted where, as Linux tells it; of other systems nothing is known."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

TABLE = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")

#: File systems that others change, of which this machine is told nothing (inotify(7)): those of servers and of hosts.
SHARED = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ceph|glusterfs|lustre|ncpfs|virtiofs|vboxsf|prl_fs|fuse\.(?!ext|ntfs).*"
)


class Mount(NamedTuple):
    """`number` is another one after every mount. `shared`: what changes in it may be reported to nobody here."""

    point: str
    number: int
    shared: bool


def mounts() -> list[Mount]:
    """proc_pid_mountinfo(5). A point can be there twice: what was mounted last is seen."""
    try:
        lines = os.fsdecode(TABLE.read_bytes()).strip("\n").split("\n")
    except OSError:  # no Linux
        return []
    found = []
    for line in lines:
        fields, _, rest = line.partition(" - ")
        entry = fields.split(" ", 5)
        if len(entry) < 5 or not entry[0].isdigit():
            continue
        point = _ESCAPED.sub(lambda code: chr(int(code[1], 8)), entry[4])
        found.append(Mount(point, int(entry[0]), bool(SHARED.fullmatch(rest.split(" ")[0]))))
    return found


def shared_below(root: str) -> list[str]:
    """The folders at or below `root` in which others change things unseen: `root` itself, or mounts inside."""
    last = {mount.point: mount for mount in mounts()}
    above = [mount for mount in last.values() if _is_below(root, mount.point)]
    if above and max(above, key=lambda mount: len(mount.point)).shared:
        return [root]
    return sorted(mount.point for mount in last.values() if mount.shared and _is_below(mount.point, root))


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
