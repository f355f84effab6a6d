"""Text files of unknown encoding to str."""

from __future__ import annotations

import codecs

#: Legacy encodings by language, tried when a text is not Unicode.
LEGACY = {
    "ar": "cp1256", "fa": "cp1256", "be": "cp1251", "bg": "cp1251", "mk": "cp1251", "ru": "cp1251", "sr": "cp1251",
    "uk": "cp1251", "cs": "cp1250", "hr": "cp1250", "hu": "cp1250", "pl": "cp1250", "ro": "cp1250", "sk": "cp1250",
    "sl": "cp1250", "el": "cp1253", "he": "cp1255", "ja": "cp932", "ko": "cp949", "th": "cp874", "tr": "cp1254",
    "vi": "cp1258", "zh": "gb18030", "et": "cp1257", "lt": "cp1257", "lv": "cp1257",
}  # fmt: skip
BOMS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]


def decode(data: bytes, language: str | None = None) -> str:
    """Unicode by its mark or by being valid, else the usual encoding of `language`, else Western European."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    for encoding in [*_without_mark(data), "utf-8", LEGACY.get((language or "").split("-")[0], "cp1252")]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _without_mark(data: bytes) -> list[str]:
    """UTF-16 without a mark shows by the zero bytes of its Latin letters, digits and line breaks."""
    head = data[:4096]
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if max(zeros) * 8 < len(head):
        return []
    return ["utf-16-le"] if zeros[1] > zeros[0] else ["utf-16-be"]
