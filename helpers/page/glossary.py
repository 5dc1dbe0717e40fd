"""The words of cards and charts in a sentence each, for whoever meets them before their chapter does."""

import re
from html import escape, unescape
from typing import NamedTuple

from helpers.page.colours import GREY


class Word(NamedTuple):
    """A word: how it occurs, what it means, and the number of the chapter that teaches it."""

    pattern: str
    meaning: str
    chapter: str


GLOSSARY: dict[str, Word] = {
    "wall time": Word(r"wall time", "from the opening of a block to its end, as a clock on the wall has it", "00"),
    "thread": Word(r"threads?", "a line of execution: each runs one line of your program at a time", "03"),
    "in flight": Word(r"in flight", "sent, and not yet answered in full", "00"),
    "latency": Word(r"latency", "how long one request took, from the call to the last byte of its answer", "02"),
    "median": Word(r"medians?", "half are no longer than this", "02"),
    "p50, p95, p99": Word(r"p50|p95|p99", "so many per cent are no longer than this; p50 is the median", "02"),
    "95 % sure": Word(
        r"95 % sure", "of twenty such lines or brackets about nineteen hold what endless runs would give", "02"
    ),
    "seed": Word(
        r"seeds?", "a number that settles what chance will do: with the same one it does the same again", "00"
    ),
    "warm-up": Word(r"warm-up", "a run to get ready, shown and not counted", "02"),
    "job": Word(r"jobs?", "a call that was handed to another thread", "03"),
    "queued": Word(r"queued|queue", "in line, and not begun", "03"),
    "Python's one lock": Word(r"GIL|Python's (?:one )?lock", "the GIL: only the thread that has it runs Python", "03"),
    "event loop": Word(r"(?:event )?loop", "runs tasks in turns in one thread, and sleeps while none can go on", "04"),
    "task": Word(r"tasks?", "a job that the event loop looks after, beside others", "04"),
    "library task": Word(r"library tasks?", "one that a library made for its own purposes, not your code", "04"),
    "step": Word(r"steps?", "what a task does in one go, until it has to wait", "04"),
    "ready": Word(r"ready", "it could go on, and stands in line for its turn", "04"),
    "held": Word(r"held(?! by)", "while something runs on the loop, or keeps it, nothing else on it can", "04"),
    "blocking step": Word(r"blocking step", "a step so long that the others were kept waiting by it", "04"),
    "pending": Word(r"pending", "not over when the block ended", "04"),
    "cancelled": Word(r"cancelled", "told to stop where it waits", "08"),
    "timer": Word(r"timer", "it fires late where the loop is held when it falls due", "06"),
    "garbage collection": Word(
        r"garbage collections?|gen \d",
        "Python looks for objects that nobody uses; gen 2 looks through all of them",
        "09",
    ),
}


def words_in(text: str) -> list[str]:
    """The words of the glossary that a text has, in the glossary's order."""
    return [name for name, word in GLOSSARY.items() if re.search(rf"\b(?:{word.pattern})(?!\w)", text)]


def without_tags(html: str) -> str:
    """The text of a piece of HTML, as far as words are looked for in it."""
    return unescape(re.sub(r"<[^>]+>", " ", html))


def fold(text: str) -> str:
    """A closed fold, as HTML, that explains those words of a text which the glossary knows; "" where it has none."""
    known = [(name, GLOSSARY[name]) for name in words_in(text)]
    if not known:
        return ""
    lines = "".join(
        f"<div><b>{escape(name)}</b>: {escape(word.meaning)} (chapter {word.chapter})</div>" for name, word in known
    )
    return (
        f'<details class="words" style="margin-top:3px;font-size:12px;color:{GREY}">'
        f'<summary style="cursor:pointer">Words</summary>{lines}</details>'
    )
