"""Subtitles from one text format to another, with pysubs2. Blocking."""

from __future__ import annotations

from kyoo.core.errors import BadRequestError, KyooError

#: What can be asked for with `?format=` → pysubs2's name.
FORMATS = {
    "srt": "srt",
    "vtt": "vtt",
    "webvtt": "vtt",
    "ass": "ass",
    "ssa": "ssa",
    "ttml": "ttml",
    "microdvd": "microdvd",
    "sub": "microdvd",
}
BIGGEST = 20 * 1024**2


class ConversionError(KyooError):
    status = 500


def convert(text: str, source: str, target: str, frame_rate: float) -> str:
    """`text` in format `source` (srt, vtt, ass, ssa) as `target`; MicroDVD counts frames, of which `frame_rate` make a
    second. Raises BadRequestError for a format that cannot be made or read, ConversionError for a text that is not in
    its format."""
    import pysubs2
    from pysubs2.exceptions import Pysubs2Error

    wanted, given = FORMATS.get(target.lower()), FORMATS.get(source)
    if wanted is None:
        raise BadRequestError(f"Subtitles cannot be converted to {target}")
    if given is None or len(text) > BIGGEST:
        raise BadRequestError(f"Subtitles in {source} cannot be converted")
    if wanted == given:
        return text
    try:
        subtitles = pysubs2.SSAFile.from_string(text, format_="ass" if given == "ssa" else given)
        if wanted != "microdvd":
            return subtitles.to_string(wanted)
        # Where players look for the rate.
        return subtitles.to_string(wanted, fps=frame_rate).replace("{0}{0}", "{1}{1}", 1)
    except (Pysubs2Error, ValueError, KeyError, IndexError) as error:
        raise ConversionError(f"The subtitles cannot be converted: {error}") from error
