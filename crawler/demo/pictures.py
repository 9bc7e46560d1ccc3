"""Draws the demonstration's photographs: small SVG scenes, the same for the same name."""

from __future__ import annotations

from random import Random

_PALETTES = {
    "harbour": ("#9fc3d9", "#e9d9c0", "#37566b", "#22384a"),
    "chamber": ("#c7b9a3", "#8a6b4f", "#5a3f2c", "#3a281c"),
    "mountain": ("#b9d3e6", "#f2f0ea", "#5f7a6a", "#38503f"),
    "delta": ("#f0cfa0", "#d98f63", "#5b7f73", "#2f4f48"),
    "city": ("#cfd8e3", "#f4e3d2", "#6c7686", "#3d4654"),
    "night": ("#1f2a44", "#4a4f78", "#141b2e", "#0c1120"),
}


_OPEN_COUNTRY = ("mountain", "delta")


def draw(scene: str, name: str) -> str:
    """Return an SVG picture of a sky, hills and, in town, roofs; no scene means any."""
    chance = Random(name)  # noqa: S311 - a drawing
    scene = scene or chance.choice(list(_PALETTES))
    sky, haze, far, near = _PALETTES[scene]
    roofs = "" if scene in _OPEN_COUNTRY else _roofs(chance, near)
    x, y = chance.randrange(150, 1050), chance.randrange(90, 240)
    sun = f'<circle cx="{x}" cy="{y}" r="54" fill="#fff" opacity=".55"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 675">'
        f'<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="{sky}"/>'
        f'<stop offset="1" stop-color="{haze}"/></linearGradient></defs>'
        f'<rect width="1200" height="675" fill="url(#s)"/>{sun}'
        f"{_hills(chance, far, 380, 90)}{roofs}{_hills(chance, near, 590, 40)}</svg>"
    )


def _hills(chance: Random, colour: str, height: int, swing: int) -> str:
    points = [(x, height + chance.randint(-swing, swing)) for x in range(0, 1201, 150)]
    line = " ".join(f"{x},{y}" for x, y in points)
    return f'<polygon points="0,675 {line} 1200,675" fill="{colour}" opacity=".85"/>'


def _roofs(chance: Random, colour: str) -> str:
    shapes, x = [], chance.randrange(-40, 60)
    while x < 1200:
        width, height = chance.randrange(46, 130), chance.randrange(90, 260)
        top, full = 600 - height, height + 80
        shapes.append(f'<rect x="{x}" y="{top}" width="{width}" height="{full}" fill="{colour}"/>')
        if chance.random() < 0.3:
            roof = f"{x},{top} {x + width // 2},{top - 60} {x + width},{top}"
            shapes.append(f'<polygon points="{roof}" fill="{colour}"/>')
        x += width + chance.randrange(6, 60)
    return "".join(shapes)
