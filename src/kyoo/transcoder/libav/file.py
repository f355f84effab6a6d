"""The one file that a process looks into: it is given open, and nothing else can be opened."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from kyoo.transcoder.ffmpeg.decoders import DECODERS, DEMUXERS, MOST_PIXELS, codec_whitelist

#: How often: each time some 64 kB are skipped.
MOST_TRIES = 100_000


class UnreadableError(ValueError):
    """Nothing can be had from the file; the message says why, to everybody who asks."""


class UnsupportedCodecError(UnreadableError):
    """The file is in a codec whose decoder is not opened for strangers' files."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"unsupported codec: {', '.join(sorted(set(names)))}")


class MediaFile:
    """`descriptors` are of the same file, each with a place of its own where it reads; `decoders` those that the
    operator allows besides ours."""

    def __init__(self, descriptors: Sequence[int], decoders: Sequence[str] = ()) -> None:
        self._free = list(descriptors)
        self._decoders = DECODERS.union(decoders)
        self._options = {
            "format_whitelist": ",".join(DEMUXERS),
            "codec_whitelist": codec_whitelist(decoders),
            "protocol_whitelist": "fd",
            "max_pixels": str(MOST_PIXELS),
            "probesize": "20000000",
        }

    @property
    def size(self) -> int:
        return os.fstat(self._free[0]).st_size

    @contextmanager
    def opened(self, timeout: float = 15) -> Iterator[InputContainer]:
        """The container; bounded reads. Raises av.error.FFmpegError, OSError or ValueError."""
        with self._reader() as descriptor:
            options = self._options | {"fd": str(descriptor)}
            # Tags in an unknown encoding must not make the file unreadable.
            with av.open("fd:", mode="r", options=options, metadata_errors="replace", timeout=timeout) as container:
                yield container

    @contextmanager
    def raw(self) -> Iterator[io.FileIO]:
        """The bytes."""
        with self._reader() as descriptor, io.FileIO(descriptor, closefd=False) as file:
            yield file

    @contextmanager
    def _reader(self) -> Iterator[int]:
        descriptor = self._free.pop()
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            yield descriptor
        finally:
            self._free.append(descriptor)

    def can_decode(self, stream: Stream) -> bool:
        return codec_of(stream) in self._decoders

    def check(self, stream: Stream) -> None:
        """Before a stream is decoded: PyAV's decoders do not heed the options of the container. Raises
        UnsupportedCodecError."""
        if not self.can_decode(stream):
            raise UnsupportedCodecError([codec_of(stream)])
        stream.codec_context.options = {name: self._options[name] for name in ("codec_whitelist", "max_pixels")}


def packets(container: InputContainer, *streams: Stream) -> Iterator[Packet[Any]]:
    """Of `streams`, of all that there were at first without any. A demuxer that has skipped much damage asks to be
    tried again. Raises av.error.FFmpegError."""
    for _ in range(MOST_TRIES):
        try:
            yield from container.demux(*streams)
        except av.error.BlockingIOError:
            continue
        except IndexError:
            # A stream more was met since, or damage was read as one (FLV). Behind the last packet of the file, when
            # PyAV has ended the streams that it knows, it looks for this one among them.
            return
        return


def codec_of(stream: Stream) -> str:
    """The name of its decoder."""
    context: Any = stream.codec_context
    return "unknown" if context is None else str(context.codec.name)
