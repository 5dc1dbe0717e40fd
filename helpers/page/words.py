"""Numbers as people read them: three significant digits at most, the unit with them, the plural right."""

from collections.abc import Iterable, Sequence

CLOSE = 1.25
"""A guess is called close within this factor: no laptop is steadier than that."""


def seconds(value: float) -> str:
    """A time, in milliseconds below one second: ``"2.10 s"``, ``"110 ms"``, ``"4.3 ms"``, ``"0.31 ms"``."""
    if value >= 0.9995:
        return _in_seconds(value)
    milliseconds = value * 1000
    if milliseconds >= 9.95:
        return f"{milliseconds:.0f} ms"
    if milliseconds >= 0.995:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.2f} ms" if milliseconds >= 0.005 else "under 0.01 ms"


def in_ticks(tick: float) -> str:
    """What to add to a figure of processor time where the system counts it by ticks, which are so many seconds long."""
    return f", counted in ticks of {seconds(tick)}" if tick else ""


def short_seconds(value: float) -> str:
    """A round time, as the tick of an axis has it: ``"10 ms"``, ``"0.5 ms"``, ``"3 s"``."""
    return f"{value:.3g} s" if value >= 0.9995 else f"{value * 1000:.3g} ms"


def seconds_alike(values: Sequence[float]) -> list[str]:
    """Times to be compared with each other: all in seconds when the longest is, and the shortest is long enough."""
    if max(values) >= 0.9995 and min(values) >= 0.05:
        return [_in_seconds(value) if value >= 0.0995 else f"{value:.3f} s" for value in values]
    return [seconds(value) for value in values]


def guess(value: float) -> str:
    """A guess in seconds, the way it was typed: ``"0.5 s"``."""
    if 0.001 <= value < 1000:
        return f"{value:.3g} s"
    return seconds(value)


def _in_seconds(value: float) -> str:
    if value >= 99.95:
        return f"{float(f'{value:.3g}'):,.0f} s"
    return f"{value:.1f} s" if value >= 9.995 else f"{value:.2f} s"


def times(ratio: float) -> str:
    """How many times as much: ``"4.2"``, ``"19"``, ``"1,230"``."""
    if ratio < 9.95:
        return f"{ratio:.1f}"
    return f"{float(f'{ratio:.3g}'):,.0f}"


def percent(share: float) -> str:
    """A share of 1 in per cent, without calling a little 0 % or nearly all 100 %: ``"97 %"``, ``"under 1 %"``."""
    if 0.995 <= share < 1:
        return "over 99 %"
    return "under 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def fine_percent(share: float) -> str:
    """A small share of 1 to a tenth of a per cent: ``"0.4 %"``, ``"under 0.1 %"``; a large one as `percent` has it."""
    if share >= 0.0995:
        return percent(share)
    return f"{100 * share:.1f} %" if share >= 0.0005 or share == 0 else "under 0.1 %"


def count(number: int, noun: str) -> str:
    """A number with its noun: ``"1 request"``, ``"10,000 requests"``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def brief(name: str, most: int = 48) -> str:
    """A name on one line, without its middle where it has more characters than that."""
    name = one_line(name)
    return name if len(name) <= most else f"{name[: most // 2]}…{name[1 - most // 2 :]}"


def code_line(line: str, most: int = 80) -> str:
    """A line of source as a sentence quotes it: on one line, and without its end where it has more characters."""
    line = one_line(line)
    return line if len(line) <= most else f"{line[:most]}…"


def listing(items: Iterable[str]) -> str:
    """Items as a sentence lists them: ``"a, b and c"``."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def one_line(text: str) -> str:
    """The text with every run of white space, line ends too, made one space."""
    return " ".join(text.split())


def upper_first(text: str) -> str:
    """The text as the beginning of a sentence; names inside it keep their capitals."""
    return text[:1].upper() + text[1:]
