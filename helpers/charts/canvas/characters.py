"""Which characters a chart can write, and what it writes in place of the others.

Left alone, matplotlib draws an empty frame for each character that the font lacks, and warns into the notebook.
"""

import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

FALLBACKS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Micro Hei", "Hiragino Sans", "Yu Gothic",
    "Microsoft YaHei", "Malgun Gothic", "Arial Unicode MS", "Noto Sans Devanagari", "Nirmala UI", "Noto Sans Thai",
    "Noto Emoji", "Segoe UI Emoji", "Symbola",
)  # fmt: skip
"""Fonts of Linux, macOS and Windows for what DejaVu lacks, taken where a machine has them.

None whose emoji are pictures, as those of Noto Color Emoji are: matplotlib draws outlines only.
"""
MISSING = "\N{WHITE SQUARE}"
_JOINER = "\N{ZERO WIDTH JOINER}"
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_SHAPING = (_JOINER, "\N{ZERO WIDTH NON-JOINER}", "\N{SOFT HYPHEN}")
"""Characters without a look of their own that may stay. Others of their kind turn the direction of all that follows."""


def families(family: str) -> list[str]:
    """The font family, and those of this machine to which matplotlib turns for characters that it lacks."""
    return [family, *_fallbacks()]


def written(text: str, family: str, weight: str) -> str:
    """The text with one sign for each character, as people count them, that no font of `families` can draw.

    A control character is written as Python escapes it, such as ``\\x07``. A name in Arabic or Hebrew leaves the words
    around it in their order.
    """
    if text.isascii() and text.isprintable():
        return text
    clusters = _clusters(text.replace(_LEFT_TO_RIGHT, ""))
    return _in_order("".join(_written(cluster, family, weight) for cluster in clusters))


def _written(cluster: str, family: str, weight: str) -> str:
    if cluster == "\n":  # two lines of our own making
        return cluster
    if unicodedata.category(cluster[0]) == "Cc":
        return cluster.encode("unicode_escape").decode()
    shown = "".join(char for char in cluster if not _is_variation(char))
    return shown if all(_is_drawn(char, family, weight) for char in shown) else MISSING


def _is_drawn(char: str, family: str, weight: str) -> bool:
    if unicodedata.category(char) == "Cf" and char not in _SHAPING:
        return False
    return any(ord(char) in _characters(name, weight) for name in families(family))


def _clusters(text: str) -> Iterator[str]:
    """The characters as people count them: with their accents, and families and flags of emoji as one.

    A few rules of many: Unicode Standard Annex 29, "extended grapheme clusters".
    """
    cluster = ""
    for char in text:
        if cluster and _goes_on(cluster, char):
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _goes_on(cluster: str, char: str) -> bool:
    if unicodedata.category(cluster[0]) == "Cc":
        return False
    if len(cluster) == 1 and _is_regional(cluster) and _is_regional(char):
        return True
    is_tone, is_tag = "\U0001f3fb" <= char <= "\U0001f3ff", "\U000e0020" <= char <= "\U000e007f"
    return (
        is_tone or is_tag or char == _JOINER or cluster[-1] == _JOINER or unicodedata.category(char).startswith("M")
    )  # fmt: skip


def _in_order(text: str) -> str:
    """The text with marks around what is read from the right, or "2 tasks" behind it would become "tasks 2".

    See the Unicode Bidirectional Algorithm, which matplotlib follows (Unicode Standard Annex 9).
    """
    kinds = "".join(map(_direction, text))
    if "r" not in kinds:
        return text
    pieces, done = [], 0
    for run in re.finditer("r(?:[ n]*r|n)*", kinds):
        pieces += [text[done : run.start()], _LEFT_TO_RIGHT, text[run.start() : run.end()], _LEFT_TO_RIGHT]
        done = run.end()
    return "".join([*pieces, text[done:]])


def _direction(char: str) -> str:
    """``r`` for what is read from the right, ``l`` from the left, ``n`` for an accent, a space for all else."""
    return {"R": "r", "AL": "r", "AN": "r", "L": "l", "EN": "l", "NSM": "n"}.get(unicodedata.bidirectional(char), " ")


def _is_regional(char: str) -> bool:
    """Whether it is half of a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_variation(char: str) -> bool:
    """Whether it only says which look of the character before it is meant."""
    return "\ufe00" <= char <= "\ufe0f"


@cache
def _fallbacks() -> tuple[str, ...]:
    here = {font.name for font in fontManager.ttflist}
    return tuple(name for name in FALLBACKS if name in here)


@cache
def _characters(family: str, weight: str) -> frozenset[int]:
    """What a font has. Bold letters are a font of their own, with fewer characters."""
    return frozenset(get_font(findfont(FontProperties(family=family, weight=weight))).get_charmap())


@contextmanager
def no_word_about_weights() -> Iterator[None]:
    """Keep matplotlib from warning, into the notebook, that a font of `FALLBACKS` has no bold letters of its own."""
    log = logging.getLogger("matplotlib.font_manager")

    def is_of_something_else(record: logging.LogRecord) -> bool:
        return "Failed to find font weight" not in str(record.msg)

    log.addFilter(is_of_something_else)
    try:
        yield
    finally:
        log.removeFilter(is_of_something_else)
