"""Folders and stores: whether they are there, are ours to read or write, and have room."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from obstore.exceptions import BaseError

from kyoo.core.blobs import open_store
from kyoo.core.http.readiness import ReadinessSettings
from kyoo.core.settings import read
from kyoo.serve.doctor.findings import Finding, size
from kyoo.serve.doctor.subject import Subject

#: Free bytes below which a disk fills up within days: a film makes some 50 MB of previews, logs and WAL beside.
LITTLE = 2 * 10**9
LEAST_INODES = 10_000
#: File systems on which a database does not keep what it was told: no locks, or no fsync that lasts.
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "fuse.s3fs", "vboxsf"}
#: Entries of a folder that are looked at.
SAMPLE = 200


def libraries(subject: Subject) -> Iterator[Finding]:
    if not subject.libraries:
        # They may stand on the command line of the server, which is not seen from here.
        yield Finding(
            "folders",
            "no folder of videos is known here, so none was looked at",
            "Name them: --library DIR, or KYOO_LIBRARY for all commands",
            advice=True,
        )
    for folder in subject.libraries:
        try:
            entries = [entry for _, entry in zip(range(SAMPLE), os.scandir(folder), strict=False)]
        except OSError as error:
            yield Finding("folders", f"{folder}: {error.strerror}", _access(folder, error))
            continue
        closed = [entry.path for entry in entries if not _readable(entry)]
        if not entries:
            yield Finding(
                "folders",
                f"{folder} is empty",
                "Is its disk mounted? Nothing of it is deleted meanwhile. A new library: put files there",
            )
        elif closed:
            yield Finding(
                "folders",
                f"{folder}: {len(closed)} of {len(entries)} entries cannot be read, such as {closed[0]}",
                f"Let this account (uid {os.geteuid()}) read them: chmod -R a+rX, or add it to their group",
            )
        else:
            yield Finding("folders", f"{folder} can be read")


def _readable(entry: os.DirEntry[str]) -> bool:
    try:
        return os.access(entry.path, os.R_OK | os.X_OK if entry.is_dir() else os.R_OK)
    except OSError:
        return False


def _access(folder: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Mount its disk, or correct --library"
    if isinstance(error, PermissionError):
        return f"Let this account (uid {os.geteuid()}) read {folder}, and pass through the folders above it"
    return "Look at the disk or the network share: dmesg says more"


def disks(subject: Subject) -> Iterator[Finding]:
    """One line for each disk that we write to."""
    seen: set[int] = set()
    for name, folder in _local(subject).items():
        there = next(path for path in (folder, *folder.parents) if path.exists())
        device = there.stat().st_dev
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(
                "disk",
                f"{name} {folder} cannot be written",
                f"Give it to this account (uid {os.geteuid()}): chown -R; or mount its disk for writing",
            )
            continue
        if device in seen:
            continue
        seen.add(device)
        yield _room(folder, there)
    kind = _file_system(subject.data_dir)
    if subject.embedded and kind in NETWORK:
        yield Finding(
            "disk",
            f"the database lies on a network file system ({kind})",
            "Move the data directory to a disk of this machine: databases are damaged on network shares. Videos may "
            "stay there",
        )


def _room(folder: Path, there: Path) -> Finding:
    usage, status = shutil.disk_usage(there), os.statvfs(there)
    least = max(LITTLE, read(ReadinessSettings).least_free * 1024**2)
    what = f"the disk of {folder} has {size(usage.free)} of {size(usage.total)} left"
    if usage.free < least:
        return Finding("disk", what, f"Make room: at least {size(least)}. KYOO_CACHE_LIMIT bounds the segments kept")
    if status.f_files and status.f_favail < LEAST_INODES:
        return Finding("disk", f"{what}, but only {status.f_favail} files more", "Delete small files: inodes run out")
    return Finding("disk", what)


def _local(subject: Subject) -> dict[str, Path]:
    places = {"the data directory": subject.data_dir}
    for name, location in _locations(subject).items():
        if "://" not in location:
            places[name] = Path(location)
    return places


def _locations(subject: Subject) -> dict[str, str]:
    """Where things are kept, by what a message calls it."""
    wanted = {
        "the folder of pictures": ("api", "image_store"),
        "the folder of profile pictures": ("auth", "profile_picture_path"),
        "the folder of subtitles and previews": ("transcoder", "store_location"),
        "the folder of segments": ("transcoder", "cache_root"),
    }
    return {
        name: str(getattr(subject.settings[service], field))
        for name, (service, field) in wanted.items()
        if service in subject.settings
    }


def _file_system(folder: Path) -> str:
    """The kind of the file system that a folder lies on; empty where it cannot be seen."""
    best, kind = "", ""
    with contextlib.suppress(OSError):
        real = str(folder.resolve())
        for line in Path("/proc/self/mounts").read_text().splitlines():
            _, point, found, *_ = line.split()
            point = point.encode().decode("unicode_escape")
            if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
                best, kind = point, found
    return kind


def stores(subject: Subject) -> Iterator[Finding]:
    """Object stores are tried: something is written, read and deleted."""
    for name, location in _locations(subject).items():
        if "://" not in location or location.startswith("file://"):
            continue
        key = f"doctor-{uuid.uuid4().hex}"
        try:
            store = open_store(location)
            store.put(key, b"kyoo")
            same = bytes(store.get(key).bytes()) == b"kyoo"
            store.delete(key)
        except (BaseError, ValueError, OSError) as error:
            reason = str(error).partition("\n")[0][:200]
            yield Finding(
                "store",
                f"{name} {location} cannot be used: {reason}",
                "Look at AWS_ENDPOINT_URL, AWS_REGION and the key: it must be allowed to get, put, list and delete",
            )
            continue
        if not same:
            yield Finding("store", f"{name} {location} gives back other bytes", "Look at what stands before the store")
        else:
            yield Finding("store", f"{name} {location} can be written and read")
