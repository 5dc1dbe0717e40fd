"""A growing line as a small picture: quick enough to be drawn several times a second."""

from collections.abc import Sequence
from html import escape

from helpers.page.colours import BLUE, GREY, GROUND
from helpers.page.words import seconds

WIDTH, HEIGHT = 860, 230
LEFT, RIGHT, TOP, BOTTOM = 74, 16, 14, 34
MOST = 1_500
"""So many points at most are drawn: every second, third ... one of more. More than there are pixels show nothing."""


def plot(points: Sequence[tuple[float, float]], name: str) -> str:
    """An SVG of points over time: both in seconds, the first of each since the beginning.

    ``name`` says what the second one is.
    """
    end = max([time for time, _ in points], default=1.0) * 1.02 or 1.0
    top = max([value for _, value in points], default=0.1) * 1.15 or 0.1
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = len(points) // MOST + 1
    dots = "".join(
        f'<circle cx="{LEFT + time / end * wide:.1f}" cy="{TOP + (1 - value / top) * high:.1f}" r="2.6"/>'
        for time, value in points[::step]
    )
    levels = "".join(_level(share, top, high, wide) for share in (0.0, 0.5, 1.0))
    said = f"{name} of {len(points):,} messages in {seconds(end / 1.02)}" if points else f"{name}: nothing yet"
    return (
        f'<svg role="img" aria-label="{escape(said)}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'style="max-width:100%;height:auto;background:{GROUND};font:12px system-ui,sans-serif">{levels}'
        f'<g fill="{BLUE}" fill-opacity="0.65">{dots}</g>'
        f'<text x="{LEFT}" y="{HEIGHT - 10}" fill="{GREY}">0</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" fill="{GREY}" text-anchor="end">{end:.1f} s</text>'
        f'<text x="{LEFT + wide / 2}" y="{HEIGHT - 10}" fill="{GREY}" text-anchor="middle">{escape(said)}</text></svg>'
    )


def _level(share: float, top: float, high: int, wide: int) -> str:
    y = TOP + (1 - share / 1.15) * high
    name = seconds(share * top / 1.15) if share else "0"
    return (
        f'<line x1="{LEFT}" x2="{LEFT + wide}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e8ecf1"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" fill="{GREY}" text-anchor="end">{name}</text>'
    )
