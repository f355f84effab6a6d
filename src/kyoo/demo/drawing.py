"""The pictures of the demo: landscapes in layers, posters, logos and portraits, drawn from a title and nothing else."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Pixels = NDArray[np.float32]

#: Motifs are drawn this much larger and reduced, which smooths their edges.
SUPER = 3


def rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


@dataclass(frozen=True)
class Palette:
    """`sky` from top to horizon; `light`: the sun, lamps, titles; `land` from the farthest ridge to the nearest."""

    sky: tuple[str, str, str]
    light: str
    land: tuple[str, str]


PALETTES = {
    "dawn": Palette(("1f3a63", "c97b84", "f7cfa0"), "fff1d0", ("9c7a92", "1b2138")),
    "dusk": Palette(("241a45", "a03e6b", "f59a6c"), "ffd9a8", ("7d3f6d", "190f2c")),
    "noon": Palette(("1c6ea8", "7cc0de", "e2f3ee"), "fffbe6", ("6fa5b8", "12384b")),
    "night": Palette(("050a1c", "14274d", "3b5c8c"), "f5f0d6", ("2a4370", "060a18")),
    "mint": Palette(("0d4a52", "5ea59a", "dcecc9"), "fffbe0", ("6f9f94", "0c2a2e")),
    "amber": Palette(("5a2a1f", "c8683a", "f8c777"), "fff0c4", ("b9683f", "35160f")),
    "rose": Palette(("4a3a78", "c98bb9", "fbdcd3"), "fff6ef", ("a37ba8", "2b1d45")),
    "frost": Palette(("30507a", "92b4d2", "eef4f8"), "ffffff", ("8fa9c6", "1d2f4a")),
    "storm": Palette(("1a2229", "4c606b", "a9b8b3"), "f3f0d9", ("5d717a", "10171c")),
    "neon": Palette(("0d0724", "4a1a6e", "d64f8f"), "ffe3f3", ("5c2a78", "0a0518")),
    "green": Palette(("14361f", "5f8f4e", "e5e6a5"), "fffbd1", ("6d9357", "10240f")),
}


@dataclass(frozen=True)
class Scene:
    """What is to be seen: `land` is a function of LANDS, `motif` one of MOTIFS, `seed` makes it one of many."""

    land: str
    palette: str
    motif: str | None = None
    seed: str = ""

    def again(self, seed: object, palette: str | None = None) -> Scene:
        """Another place in the same country, perhaps at another hour."""
        return Scene(self.land, palette or self.palette, self.motif, f"{self.seed} {seed}")


def layers(scene: Scene, size: tuple[int, int]) -> list[Image.Image]:
    """From the sky, which is opaque, to the nearest ridge. Each may be moved by itself."""
    width, height = size
    palette = PALETTES[scene.palette]
    chance = random.Random(str(scene))  # noqa: S311 (the same picture each time)
    # Below the title of a poster, above the hills of anything wide.
    sun = (
        width * chance.uniform(0.3, 0.7),
        height * chance.uniform(*((0.38, 0.46) if height > width else (0.28, 0.4))),
    )
    found = [_sky(palette, size, sun, chance, stars=scene.palette in ("night", "neon"))]
    depth = 3
    for number in range(depth):
        colour = _between(palette.land[0], palette.land[1], number / (depth - 1))
        haze = _between(palette.sky[2], palette.land[1], 0.25 + 0.75 * number / (depth - 1))
        layer, ridge = LANDS[scene.land](Depth(size, number / (depth - 1), colour, haze, palette, chance))
        if number == depth - 2 and scene.motif:
            x = int(width * chance.choice((0.24, 0.3, 0.66, 0.74)))
            _place_motif(layer, scene.motif, (x, int(ridge[x])), palette, chance)
        found.append(layer)
    return found


def picture(scene: Scene, size: tuple[int, int]) -> Image.Image:
    first, *others = layers(scene, size)
    for layer in others:
        first.paste(layer, mask=layer)
    return first


# --- skies and lands ---


def _between(first: str, second: str, share: float) -> Colour:
    a, b = rgb(first), rgb(second)
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _sky(
    palette: Palette, size: tuple[int, int], sun: tuple[float, float], chance: random.Random, *, stars: bool
) -> Image.Image:
    width, height = size
    rows = np.linspace(0, 1.25, height, dtype=np.float32).clip(0, 1)
    stops = np.array([rgb(code) for code in palette.sky], dtype=np.float32)
    column = np.stack([np.interp(rows, (0, 0.5, 0.8), stops[:, band]) for band in range(3)], axis=1)
    pixels = np.repeat(column[:, None, :], width, axis=1).astype(np.float32)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    if stars:
        brightness = np.zeros((height, width), dtype=np.float32)
        for _ in range(width * height // 4500):
            x, y = chance.randrange(width), int(height * 0.75 * chance.random() ** 1.4)
            brightness[y, x] = chance.uniform(0.25, 1)
            if chance.random() < 0.15:
                brightness[y : y + 2, x : x + 2] = brightness[y, x]
        pixels += brightness[..., None] * (255 - pixels)
    distance = np.hypot(xs - sun[0], ys - sun[1])
    radius = height * chance.uniform(0.05, 0.085)
    glow = 0.55 * np.exp(-distance / (height * 0.2))
    disk = (radius - distance + 0.5).clip(0, 1)
    light = np.maximum(glow, disk)[..., None]
    pixels += light * (np.array(rgb(palette.light), dtype=np.float32) - pixels)
    # Noise of less than a step keeps smooth skies from showing bands.
    pixels += np.random.default_rng(chance.randrange(2**32)).integers(-1, 2, (*pixels.shape[:2], 1), dtype=np.int8)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _noise(width: int, waves: float, octaves: int, chance: random.Random, *, sharp: bool = False) -> Pixels:
    """A line that wanders between -1 and 1, with `waves` large waves over its width; `sharp` makes crests of them."""
    line = np.zeros(width, dtype=np.float32)
    weight, total = 1.0, 0.0
    for octave in range(octaves):
        points = max(2, int(waves * 2**octave) + 3)
        values = np.array([chance.uniform(-1, 1) for _ in range(points)], dtype=np.float32)
        at = np.linspace(0, points - 1.001, width, dtype=np.float32)
        left = at.astype(int)
        share = at - left
        if not sharp:
            share = share * share * (3 - 2 * share)
        part = values[left] * (1 - share) + values[left + 1] * share
        line += weight * part
        total += weight
        weight *= 0.48
    return line / total


def _below(size: tuple[int, int], ridge: Pixels, colour: Colour, haze: Colour) -> Image.Image:
    """Everything under a line, in `colour` on top and turning to `haze` further down."""
    width, height = size
    ys = np.arange(height, dtype=np.float32)[:, None]
    alpha = (ys - ridge[None, :] + 0.5).clip(0, 1)
    depth = ((ys - ridge[None, :]) / (height * 0.5)).clip(0, 1)[..., None]
    pixels = np.empty((height, width, 4), dtype=np.float32)
    pixels[..., :3] = np.array(colour, dtype=np.float32) * (1 - depth) + np.array(haze, dtype=np.float32) * depth
    pixels[..., 3] = alpha * 255
    return Image.fromarray(pixels.astype(np.uint8))


Layer = tuple[Image.Image, Pixels]


@dataclass(frozen=True)
class Depth:
    """One layer of land: `near` is 0 for the farthest and 1 for the nearest; `haze` is its colour further down."""

    size: tuple[int, int]
    near: float
    colour: Colour
    haze: Colour
    palette: Palette
    chance: random.Random


def _hills(depth: Depth) -> Layer:
    width, height = depth.size
    ridge = height * (0.58 + 0.27 * depth.near) + height * 0.07 * _noise(width, 2.2 + depth.near, 5, depth.chance)
    return _below(depth.size, ridge, depth.colour, depth.haze), ridge


def _dunes(depth: Depth) -> Layer:
    width, height = depth.size
    ridge = height * (0.6 + 0.26 * depth.near) + height * 0.08 * _noise(width, 1.6, 2, depth.chance)
    return _below(depth.size, ridge, depth.colour, depth.haze), ridge


def _peaks(depth: Depth) -> Layer:
    width, height = depth.size
    rough = 0.2 * (1 - 0.75 * depth.near)
    ridge = height * (0.5 + 0.36 * depth.near) + height * rough * _noise(
        width, 3.5, 6, depth.chance, sharp=depth.near < 0.9
    )
    layer = _below(depth.size, ridge, depth.colour, depth.haze)
    if depth.near < 0.4:
        snow = _below(depth.size, ridge, rgb(depth.palette.light), rgb(depth.palette.light))
        line = ridge.min() + height * 0.1 + height * 0.02 * _noise(width, 20, 3, depth.chance, sharp=True)
        ys = np.arange(height, dtype=np.float32)[:, None]
        mask = (np.minimum(ys - ridge[None, :], line[None, :] - ys) + 0.5).clip(0, 1) * 200
        layer.paste(snow, mask=Image.fromarray(mask.astype(np.uint8)))
    return layer, ridge


def _forest(depth: Depth) -> Layer:
    width, height = depth.size
    ground = height * (0.66 + 0.22 * depth.near) + height * 0.05 * _noise(width, 2, 3, depth.chance)
    ridge = ground.copy()
    columns = np.arange(width, dtype=np.float32)
    x = -width * 0.02
    while x < width * 1.02:
        tall = height * depth.chance.uniform(0.09, 0.2) * (0.6 + 0.6 * depth.near)
        half = tall * depth.chance.uniform(0.17, 0.24)
        foot = ground[int(min(max(x, 0), width - 1))] + height * 0.02
        away = np.abs(columns - x) / half
        # Branches: the outline of a spruce steps in and out on its way up.
        top = foot - tall * (1 - away) + tall * 0.035 * np.sin(away * 22)
        ridge = np.where(away < 1, np.minimum(ridge, top), ridge)
        x += half * depth.chance.uniform(0.7, 2.6)
    return _below(depth.size, ridge.astype(np.float32), depth.colour, depth.haze), ground


def _city(depth: Depth) -> Layer:
    width, height = depth.size
    base = height * (0.74 + 0.2 * depth.near)
    ridge = np.full(width, base, dtype=np.float32)
    lamps: list[tuple[int, int]] = []
    unit = height / 110
    x = -int(depth.chance.uniform(0, 8) * unit)
    while x < width:
        wide = int(depth.chance.uniform(7, 15) * unit * (0.8 + 0.5 * depth.near))
        top = base - height * depth.chance.uniform(0.06, 0.34) * (1 - 0.45 * depth.near)
        ridge[max(0, x) : max(0, x + wide)] = top
        if depth.chance.random() < 0.25:
            middle = x + wide // 2
            ridge[max(0, middle) : max(0, middle + max(1, int(unit * 0.6)))] = top - unit * depth.chance.uniform(4, 9)
        step = max(3, int(unit * 2.6))
        lamps += [
            (left, int(down))
            for left in range(x + step, x + wide - step // 2, step)
            for down in np.arange(top + step, height, step * 1.25)
            if depth.chance.random() < 0.3 + 0.2 * depth.near
        ]
        x += wide + int(depth.chance.uniform(0, 3) * unit * (1 - depth.near))
    layer = _below(depth.size, ridge, depth.colour, depth.haze)
    draw = ImageDraw.Draw(layer)
    for left, down in lamps:
        warm = (*rgb(depth.palette.light), depth.chance.randrange(60, 210))
        draw.rectangle((left, down, left + int(unit), down + int(unit * 1.3)), fill=warm)
    return layer, np.full(width, base - height * 0.01, dtype=np.float32)


def _sea(depth: Depth) -> Layer:
    width, height = depth.size
    if depth.near == 0:
        # The farthest layer is the water itself, with the light on it.
        line = np.full(width, height * 0.6, dtype=np.float32)
        layer = _below(
            depth.size, line, _between(depth.palette.sky[2], depth.palette.land[0], 0.45), rgb(depth.palette.land[1])
        )
        strokes = Image.new("L", depth.size)
        draw = ImageDraw.Draw(strokes)
        middle = width * 0.5
        for _ in range(260):
            y = height * (0.605 + 0.38 * depth.chance.random() ** 1.6)
            away = (y / height - 0.58) * 1.1
            x = depth.chance.gauss(middle, width * (0.06 + away * 0.45))
            half = width * depth.chance.uniform(0.008, 0.03) * (0.5 + 2 * away)
            thick = max(1.0, height * 0.0035 * (0.5 + 2 * away))
            draw.rounded_rectangle((x - half, y, x + half, y + thick), thick, fill=depth.chance.randrange(40, 170))
        layer.paste((*rgb(depth.palette.light), 255), mask=strokes.filter(ImageFilter.GaussianBlur(height / 900)))
        return layer, line
    if depth.near < 1:
        # A headland on one side, and nothing but water beside it.
        xs = np.linspace(0, 1, width, dtype=np.float32)
        side = depth.chance.choice((-1, 1))
        rise = (side * (xs - 0.5) + 0.02).clip(0, 1) ** 0.8
        ridge = height * (0.66 - 0.27 * rise) + height * 0.09 * _noise(width, 6, 4, depth.chance) * np.minimum(
            rise, 0.3
        )
        ridge = np.where(rise > 0, ridge, height * 2).astype(np.float32)
        layer = _below(depth.size, ridge, depth.colour, depth.haze)
        fade = Image.new("L", depth.size, 255)
        ImageDraw.Draw(fade).rectangle((0, int(height * 0.66), width, height), fill=0)
        layer.putalpha(Image.fromarray(np.minimum(np.asarray(layer.getchannel("A")), np.asarray(fade))))
        on_water = np.full(width, height * 0.66, dtype=np.float32)
        return layer, np.minimum(np.where(rise > 0.02, ridge + height * 0.01, on_water), on_water)
    ridge = height * 0.93 + height * 0.03 * _noise(width, 3, 4, depth.chance)
    return _below(depth.size, ridge, depth.colour, depth.haze), ridge


def _space(depth: Depth) -> Layer:
    width, height = depth.size
    if depth.near == 0:
        layer = Image.new("RGBA", (width, height))
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        x, y, radius = width * depth.chance.uniform(0.35, 0.7), height * 0.43, min(width, height) * 0.24
        distance = np.hypot(xs - x, ys - y)
        shade = ((xs - x + ys - y) / (radius * 2.2) + 0.5).clip(0, 1)[..., None]
        pixels = np.empty((height, width, 4), dtype=np.float32)
        lit, dark = (np.array(rgb(code), dtype=np.float32) for code in (depth.palette.sky[2], depth.palette.sky[0]))
        bands = 0.08 * np.sin((ys - y) / radius * 9 + np.sin((xs - x) / radius * 2))[..., None]
        pixels[..., :3] = (lit * (1 - shade) + dark * shade) * (1 + bands)
        pixels[..., 3] = (radius - distance + 0.5).clip(0, 1) * 255
        layer = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        tilt = (ys - y) * 3.4 + (xs - x) * 0.6
        ring = np.hypot(xs - x, tilt)
        inside = (np.minimum(ring - radius * 1.35, radius * 1.95 - ring) / 3).clip(0, 1)
        front = ((distance > radius) | (tilt > 0)) * inside * 170
        layer.paste((*rgb(depth.palette.light), 255), mask=Image.fromarray(front.astype(np.uint8)))
        return layer, np.full(width, height * 0.8, dtype=np.float32)
    ridge = height * (0.72 + 0.16 * depth.near) + height * 0.06 * _noise(width, 3, 4, depth.chance)
    return _below(depth.size, ridge, depth.colour, depth.haze), ridge


LANDS: dict[str, Callable[[Depth], Layer]] = {
    "hills": _hills,
    "dunes": _dunes,
    "peaks": _peaks,
    "forest": _forest,
    "city": _city,
    "sea": _sea,
    "space": _space,
}


# --- motifs: on a square of 100, standing on its lower edge ---


def _lighthouse(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.polygon(_scaled((43, 100), (57, 100), (54, 38), (46, 38)), fill=dark)
    draw.rectangle(_box(43, 34, 57, 38), fill=dark)
    draw.rectangle(_box(46.5, 26, 53.5, 34), fill=light)
    draw.polygon(_scaled((45, 26), (55, 26), (50, 19)), fill=dark)
    for low, high in ((84, 74), (64, 54)):
        draw.polygon(_scaled((44.5, low), (55.5, low), (55, high), (45, high)), fill=light + "55")


def _boat(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.polygon(_scaled((20, 86), (80, 86), (70, 98), (28, 98)), fill=dark)
    draw.polygon(_scaled((51, 82), (51, 30), (78, 80)), fill=light)
    draw.polygon(_scaled((47, 82), (47, 38), (26, 80)), fill=light + "cc")
    draw.rectangle(_box(48, 26, 50, 88), fill=dark)


def _balloon(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.ellipse(_box(32, 2, 68, 42), fill=light)
    draw.ellipse(_box(42, 2, 58, 42), fill=dark + "aa")
    draw.polygon(_scaled((36, 34), (64, 34), (54, 50), (46, 50)), fill=light)
    draw.rectangle(_box(46, 54, 54, 60), fill=dark)
    for left, right in ((45, 46.5), (55, 53.5)):
        draw.line(_scaled((left, 48), (right, 55)), fill=dark, width=SUPER)


def _house(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.rectangle(_box(30, 62, 72, 102), fill=dark)
    draw.polygon(_scaled((25, 64), (51, 40), (77, 64)), fill=dark)
    draw.rectangle(_box(61, 42, 67, 58), fill=dark)
    for left in (37, 56):
        draw.rectangle(_box(left, 70, left + 8, 80), fill=light)


def _train(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.rectangle(_box(4, 84, 26, 97), fill=dark)
    draw.polygon(_scaled((28, 97), (28, 78), (38, 78), (38, 84), (52, 84), (52, 97)), fill=dark)
    draw.rectangle(_box(45, 74, 49, 86), fill=dark)
    for x in (9, 20, 33, 46):
        draw.ellipse(_box(x - 3, 94, x + 3, 100), fill=dark)
    for x in (7, 13, 19):
        draw.rectangle(_box(x, 87, x + 4, 91), fill=light)
    draw.rectangle(_box(30.5, 80.5, 35.5, 85), fill=light)
    for x, y, radius in ((52, 68, 5), (60, 62, 7), (71, 57, 8)):
        draw.ellipse(_box(x - radius, y - radius, x + radius, y + radius), fill=light + "66")


def _birds(draw: ImageDraw.ImageDraw, dark: str, _: str) -> None:
    for x, y, size in ((20, 20, 9), (40, 12, 7), (52, 26, 10), (74, 16, 6), (66, 34, 7)):
        for side in (-1, 1):
            draw.polygon(
                _scaled((x, y), (x + side * size * 0.5, y - size * 0.35), (x + side * size, y), (x, y + size * 0.18)),
                fill=dark,
            )


def _kite(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.polygon(_scaled((70, 2), (84, 18), (70, 40), (58, 18)), fill=light)
    draw.polygon(_scaled((70, 2), (70, 40), (58, 18)), fill=dark + "55")
    line = [(70 - 36 * step / 20, 40 + 46 * (step / 20) ** 1.7) for step in range(21)]
    draw.line(_scaled(*line), fill=light, width=SUPER // 2)
    draw.ellipse(_box(28, 78, 33, 84), fill=dark)
    draw.polygon(_scaled((28, 84), (33, 84), (35, 101), (26, 101)), fill=dark)
    draw.line(_scaled((32, 86), (36, 84)), fill=dark, width=SUPER)


def _figure(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.ellipse(_box(46, 62, 54, 71), fill=dark)
    draw.polygon(_scaled((45, 72), (55, 72), (60, 101), (40, 101)), fill=dark)
    draw.line(_scaled((54, 76), (62, 84)), fill=dark, width=SUPER * 2)
    draw.ellipse(_box(60, 83, 66, 90), fill=light)


def _tree(draw: ImageDraw.ImageDraw, dark: str, light: str) -> None:
    draw.polygon(_scaled((47, 101), (54, 101), (52, 60), (49, 60)), fill=dark)
    for x, y, radius in ((50, 42, 19), (36, 54, 13), (65, 54, 13), (50, 58, 15)):
        draw.ellipse(_box(x - radius, y - radius, x + radius, y + radius), fill=dark)
    for x, y in ((42, 40), (56, 36), (62, 55), (36, 56), (50, 52)):
        draw.ellipse(_box(x - 1.6, y - 1.6, x + 1.6, y + 1.6), fill=light)


MOTIFS = {
    "lighthouse": _lighthouse,
    "boat": _boat,
    "balloon": _balloon,
    "house": _house,
    "train": _train,
    "birds": _birds,
    "kite": _kite,
    "figure": _figure,
    "tree": _tree,
}
#: Those that do not stand on the ground, and between which heights they are.
AFLOAT = {"balloon": (0.4, 0.48), "birds": (0.42, 0.5), "boat": (0.72, 0.76)}
CANVAS = 100 * SUPER * 2


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    scale = CANVAS / 100
    return left * scale, top * scale, right * scale, bottom * scale


def _scaled(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(x * CANVAS / 100, y * CANVAS / 100) for x, y in points]


def _place_motif(
    layer: Image.Image, name: str, ground: tuple[int, int], palette: Palette, chance: random.Random
) -> None:
    canvas = Image.new("RGBA", (CANVAS, CANVAS))
    MOTIFS[name](ImageDraw.Draw(canvas), f"#{palette.land[1]}", f"#{palette.light}")
    side = int(min(layer.size) * (0.34 if layer.height > layer.width else 0.36))
    motif = canvas.resize((side, side), Image.Resampling.LANCZOS)
    x, y = ground
    if name in AFLOAT:
        y = int(layer.height * chance.uniform(*AFLOAT[name]))
    layer.alpha_composite(motif, (max(0, x - side // 2), max(0, y - side)))


# --- words ---


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _spaced(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, fill: Colour, *, space: float, bold: int
) -> None:
    """A line of text with room between its letters, its top in the middle at `at`."""
    middle, top = at
    font = _font(size)
    widths = [font.getlength(letter) for letter in text]
    x = middle - (sum(widths) + space * size * (len(text) - 1)) / 2
    for letter, width in zip(text, widths, strict=True):
        draw.text((x, top), letter, font=font, fill=fill, stroke_width=bold, stroke_fill=fill)
        x += width + space * size


def _lines(title: str) -> list[str]:
    """A title as two or three lines of capitals; small words keep the next one company."""
    lines: list[str] = []
    small: list[str] = []
    for word in title.upper().split():
        small.append(word)
        if len(word) > 3:
            lines.append(" ".join(small))
            small = []
    return [*lines, *([" ".join(small)] if small else [])]


def _title(picture: Image.Image, title: str, top: float, width: float, fill: Colour) -> None:
    lines = _lines(title)
    space = 0.14
    longest = max(_font(100).getlength(line) + space * 100 * len(line) for line in lines)
    size = int(min(width * 100 / longest, picture.width * 0.17))
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        _spaced(draw, (picture.width / 2, top + number * size * 1.2), line, size, fill, space=space, bold=size // 34)


def poster(scene: Scene, title: str, people: list[str]) -> Image.Image:
    """Two by three: the title above, the names of people below."""
    shown = picture(scene, (600, 900))
    shade = np.zeros((900, 600), dtype=np.float32)
    shade += 90 * np.exp(-np.linspace(0, 5, 900, dtype=np.float32))[:, None]
    shade += 150 * np.exp(-np.linspace(9, 0, 900, dtype=np.float32))[:, None]
    shown.paste((0, 0, 0), mask=Image.fromarray(shade.clip(0, 255).astype(np.uint8)))
    light = rgb(PALETTES[scene.palette].light)
    _title(shown, title, 56, 500, light)
    if people:
        names = "    ".join(name.upper() for name in people[:3])
        draw = ImageDraw.Draw(shown)
        size = min(18, int(18 * 480 / max(1, _font(18).getlength(names) * 1.25)))
        _spaced(draw, (300, 852), names, size, light, space=0.16, bold=0)
    return shown


def logo(title: str, palette: str) -> Image.Image:
    """The title alone, on nothing."""
    lines = _lines(title)
    drawn = Image.new("RGBA", (1000, 110 + 170 * len(lines)))
    _title(drawn, title, 40, 900, rgb(PALETTES[palette].light))
    box = drawn.getbbox()
    return drawn.crop(box) if box else drawn


@cache
def portrait(name: str) -> Image.Image:
    """A person, as flat shapes."""
    chance = random.Random(name)  # noqa: S311
    palette = PALETTES[chance.choice(sorted(PALETTES))]
    skin = rgb(chance.choice(("f3d3b8", "e0b08c", "c68863", "9c6644", "6f4630")))
    hair = rgb(chance.choice(("1d1613", "4a2c1a", "8a5a2b", "c9a25c", "a8a39c", "5b2230")))
    size = 2 * 400, 2 * 600
    drawn = _sky(palette, size, (size[0] * 0.5, size[1] * 0.45), chance, stars=False)
    draw = ImageDraw.Draw(drawn)
    middle, head = size[0] / 2, size[1] * 0.4
    wide, tall = chance.uniform(128, 146), chance.uniform(168, 186)
    coat = rgb(palette.land[1])
    if chance.random() < 0.5:  # long hair falls behind the shoulders
        box = (middle - wide * 1.35, head - tall * 1.1, middle + wide * 1.35, head + tall * 1.9)
        draw.rounded_rectangle(box, wide, fill=hair)
    draw.rounded_rectangle((middle - 62, head + tall * 0.6, middle + 62, head + tall * 1.7), 40, fill=_darker(skin))
    draw.ellipse((middle - 350, head + tall * 1.28, middle + 350, size[1] * 1.5), fill=coat)
    draw.polygon(
        [(middle - 80, head + tall * 1.33), (middle + 80, head + tall * 1.33), (middle, head + tall * 1.95)],
        fill=rgb(palette.light),
    )
    draw.ellipse((middle - wide, head - tall, middle + wide, head + tall), fill=skin)
    fringe = chance.uniform(-0.35, -0.1)
    draw.chord((middle - wide * 1.1, head - tall * 1.16, middle + wide * 1.1, head + tall * 0.9), 180, 360, fill=hair)
    draw.ellipse((middle - wide * 0.92, head + tall * fringe, middle + wide * 0.92, head + tall), fill=skin)
    for side in (-1, 1):
        x, y = middle + side * wide * 0.42, head + tall * 0.14
        draw.ellipse((x - 11, y - 13, x + 11, y + 13), fill=(34, 26, 26))
        draw.arc((x - 30, y - 50, x + 30, y - 8), 215, 325, fill=_darker(hair), width=9)
    draw.arc((middle - 46, head + tall * 0.36, middle + 46, head + tall * 0.68), 25, 155, fill=_darker(skin), width=9)
    draw.line([(middle, head + tall * 0.2), (middle - 14, head + tall * 0.4), (middle + 6, head + tall * 0.42)],
              fill=_darker(skin), width=8, joint="curve")  # fmt: skip
    if chance.random() < 0.35:
        for side in (-1, 1):
            x, y = middle + side * wide * 0.42, head + tall * 0.14
            draw.ellipse((x - 44, y - 38, x + 44, y + 38), outline=(40, 36, 44), width=8)
        draw.line([(middle - 18, head + tall * 0.12), (middle + 18, head + tall * 0.12)], fill=(40, 36, 44), width=8)
    return drawn.resize((400, 600), Image.Resampling.LANCZOS)


def _darker(colour: Colour) -> Colour:
    return tuple(math.floor(part * 0.78) for part in colour)  # type: ignore[return-value]
