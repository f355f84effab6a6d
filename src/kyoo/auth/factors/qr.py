"""QR codes as SVG text."""

from __future__ import annotations

import io

import segno


def qr_svg(text: str) -> str:
    """An `<svg>` element that scales to its box; black on white, whatever the page's colours are."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", xmldecl=False, omitsize=True, light="#fff")
    return buffer.getvalue().decode().strip()
