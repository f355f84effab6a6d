"""Subtitle files of kinds that players do not take, as SubRip: STL of both kinds, EBU's (EBU Tech 3264) and Spruce's,
and MicroDVD. Blocking."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pysubs2
from pysubs2.exceptions import Pysubs2Error

from kyoo.transcoder.subtitles.charset import decode
from kyoo.transcoder.subtitles.conversion import BIGGEST, ConversionError

#: Sizes of EBU's header and of a block of text, and where in the header is what we need.
HEADER, BLOCK = 1024, 128
FORMAT, CHARACTERS, PROGRAMME = slice(3, 11), slice(12, 14), slice(256, 264)
#: The number of a block that ends its subtitle, and of one that is no text.
LAST, USER_DATA = 0xFF, 0xFE
NEW_LINE, UNUSED = 0x8A, 0x8F
ITALIC = {0x80: "{\\i1}", 0x81: "{\\i0}", 0x82: "{\\u1}", 0x83: "{\\u0}"}
ALPHABETS = {b"01": "iso8859-5", b"02": "iso8859-6", b"03": "iso8859-7", b"04": "iso8859-8"}
#: ISO 6937: accents come before their letter; the rest of the upper half, "·" where nothing is.
ACCENTS = dict(
    zip(
        range(0xC1, 0xD0),
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308·\u030a\u0327·\u030b\u0328\u030c",
        strict=True,
    )
)
SIGNS = dict(
    zip(
        [*range(0xA0, 0xC0), *range(0xD0, 0x100)],
        "\xa0¡¢£$¥#§¤‘“«←↑→↓°±²³×µ¶·÷’”»¼½¾¿―¹®©™♪¬¦····⅛⅜⅝⅞ΩÆĐªĦ·ĲĿŁØŒºÞŦŊŉĸæđðħıĳŀłøœßþŧŋ\xad",
        strict=True,
    )
)
#: MicroDVD that tells how many frames make a second.
DECLARED = re.compile(r"\s*\{1\}\{1\}\s*[0-9]{1,3}(\.[0-9]+)?\s*$", re.ASCII | re.MULTILINE)
SPRUCE = re.compile(r"^\s*(\d+):(\d\d):(\d\d)[:.;](\d\d)\s*,\s*(\d+):(\d\d):(\d\d)[:.;](\d\d)\s*,(.*)$", re.ASCII)
SPRUCE_STYLES = {"^I": "i", "^U": "u", "^B": "b"}


def subrip(data: bytes, extension: str, language: str | None, frame_rate: float) -> str:
    """`frame_rate` is the video's: MicroDVD and Spruce count frames, and do not always tell how many make a second.
    Raises ConversionError for what is not what its extension says."""
    if len(data) > BIGGEST:
        raise ConversionError("The subtitles are too big")
    try:
        if extension == "sub":
            text = decode(data, language)
            rate = None if DECLARED.match(text) else frame_rate
            subtitles = pysubs2.SSAFile.from_string(text, "microdvd", fps=rate)
        else:
            subtitles = pysubs2.SSAFile()
            ebu = data[3:6] == b"STL"
            subtitles.events = list(_ebu(data) if ebu else _spruce(decode(data, language), frame_rate))
        if not subtitles.events:
            raise ConversionError("There are no subtitles in the file")
        return subtitles.to_string("srt")
    except (Pysubs2Error, ValueError, KeyError, IndexError, OverflowError) as error:
        raise ConversionError(f"The subtitles cannot be read: {error}") from error


def _ebu(data: bytes) -> Iterator[pysubs2.SSAEvent]:
    rate = int(data[FORMAT][3:5]) if data[FORMAT][3:5].isdigit() else 25
    start = data[PROGRAMME]
    parts = [int(start[place : place + 2]) for place in (0, 2, 4, 6)] if start.isdigit() else [0, 0, 0, 0]
    zero = _milliseconds(parts, rate)
    text = b""
    for place in range(HEADER, len(data) - BLOCK + 1, BLOCK):
        block = data[place : place + BLOCK]
        if block[3] == USER_DATA or block[15]:  # a comment
            continue
        text += block[16:].rstrip(bytes([UNUSED]))
        if block[3] == LAST:
            begin, end = _milliseconds(list(block[5:9]), rate), _milliseconds(list(block[9:13]), rate)
            # Programmes often start at ten o'clock.
            shift = zero if begin >= zero else 0
            yield pysubs2.SSAEvent(start=begin - shift, end=end - shift, text=_characters(text, data[CHARACTERS]))
            text = b""


def _milliseconds(parts: list[int], rate: float) -> int:
    hours, minutes, seconds, frames = parts
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + round(frames * 1000 / max(rate, 1))


def _characters(data: bytes, alphabet: bytes) -> str:
    encoding = ALPHABETS.get(alphabet)
    found: list[str] = []
    accent = ""
    for byte in data:
        if byte == NEW_LINE:
            found.append("\n")
        elif byte in ITALIC:
            found.append(ITALIC[byte])
        elif byte < 0x20 or 0x7F <= byte < 0xA0:
            # Colours and boxes of teletext take the place of a blank.
            found.append(" ")
        elif byte < 0x80:
            found.append(chr(byte) + accent)
            accent = ""
        elif encoding:
            found.append(bytes([byte]).decode(encoding, "replace"))
        elif byte in ACCENTS:
            accent = ACCENTS[byte]
        else:
            found.append(SIGNS.get(byte, ""))
    lines = (re.sub(" +", " ", line).strip() for line in "".join(found).split("\n"))
    return unicodedata.normalize("NFC", "\\N".join(line for line in lines if line))


def _spruce(text: str, frame_rate: float) -> Iterator[pysubs2.SSAEvent]:
    rate = round(frame_rate)
    for line in text.splitlines():
        if match := SPRUCE.match(line):
            numbers = [int(part) for part in match.groups()[:8]]
            words = match[9].strip().replace("|", "\\N")
            for sign, tag in SPRUCE_STYLES.items():
                pieces = words.split(sign)
                words = "".join(
                    piece if not number else f"{{\\{tag}{number % 2}}}{piece}" for number, piece in enumerate(pieces)
                )
            begin, end = _milliseconds(numbers[:4], rate), _milliseconds(numbers[4:], rate)
            yield pysubs2.SSAEvent(start=begin, end=end, text=words)
