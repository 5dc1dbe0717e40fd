"""Plain values as short texts that can be compared: what a block was given."""

import hashlib
import re
from collections.abc import Sequence
from itertools import chain
from pathlib import PurePath
from typing import Any

from helpers.code.secret_names import is_secret
from helpers.code.text_lists import FEWEST, of_items

LONGEST = 200
"""Characters of a value that are kept; of a longer one, what it is and a hash; of texts, what they have alike too."""
MOST_ITEMS = 10_000
"""Items that are looked at, in all containers together."""
DEEPEST = 6

_SIMPLE = (int, float, complex, bool, type(None), str, bytes, range)
_BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
}
# In each kernel the practice API has another port, and PostgreSQL another password too, or another file that holds it:
# that is no change of the learner's.
_POSTGRES = re.compile(r"(postgresql://postgres)(?::[\w-]+)?(@127\.0\.0\.1:\d+/postgres)(?:\?passfile=[\w%/.~-]+)?")
_PORT = re.compile(r"(\b127\.0\.0\.1|\blocalhost|\[::1\]):\d+")


def plain(value: Any) -> str | None:
    """A number, a text, or a container of these, as Python writes it; None for any other value.

    Only built-in types are taken, exactly: nothing of the learner's own code is called.
    """
    text = _Writer().text(value)
    if text is None:
        return None
    text = _of_any_kernel(text)
    if len(text) <= LONGEST:
        return text
    if type(value) in (list, tuple) and len(value) >= FEWEST and all(type(item) is str for item in value):
        alike = of_items(type(value).__name__, _items_of_any_kernel(value))
        if len(alike.front) + len(alike.back) <= LONGEST:
            return alike.written()
    text = _of_any_kernel(_Writer().text(_without_secrets(value)) or "")
    return f"{_kind(value)} ({hashlib.sha256(text.encode(errors='replace')).hexdigest()[:6]})"


def _of_any_kernel(text: str) -> str:
    return _PORT.sub(r"\1", _POSTGRES.sub(r"\1\2", text))


def _items_of_any_kernel(items: Sequence[str]) -> list[str]:
    at_once = _of_any_kernel("\0".join(items)).split("\0")  # there may be ten thousand
    return at_once if len(at_once) == len(items) else [_of_any_kernel(item) for item in items]


class _Writer:
    def __init__(self) -> None:
        self.left = MOST_ITEMS

    def text(self, value: Any, deep: int = 0) -> str | None:
        kind = type(value)
        if kind in _SIMPLE:
            return repr(value)
        if isinstance(value, PurePath):
            return repr(str(value))
        if kind not in _BRACKETS or deep == DEEPEST:
            return None
        flat: list[object] = list(chain.from_iterable(value.items())) if isinstance(value, dict) else list(value)
        self.left -= len(flat)
        texts = [] if self.left < 0 else [self.text(item, deep + 1) for item in flat]
        if self.left < 0 or None in texts:
            return None
        known = [text for text in texts if text is not None]
        if kind is dict:
            known = [f"{known[n]}: {known[n + 1]}" for n in range(0, len(known), 2)]
        elif kind in (set, frozenset):
            known.sort()  # their own order differs from kernel to kernel
        opening, closing = _BRACKETS[kind]
        return opening + ", ".join(known) + ("," if kind is tuple and len(known) == 1 else "") + closing


def _without_secrets(value: Any, hidden: bool = False) -> Any:
    """A plain value with None for what a dictionary's key, or the first half of a pair, calls a secret.

    Who knows all the rest of a long value could try out passwords against its hash.
    """
    if type(value) is dict:
        return {key: _without_secrets(item, hidden or _names_secret(key)) for key, item in value.items()}
    if type(value) in (list, tuple):
        named = len(value) == 2 and _names_secret(value[0])
        hides = [hidden or (named and place == 1) for place in range(len(value))]
        return type(value)(map(_without_secrets, value, hides))
    return None if hidden else value


def _names_secret(key: object) -> bool:
    return isinstance(key, str) and is_secret(key)


def _kind(value: object) -> str:
    name = {"str": "text"}.get(type(value).__name__, type(value).__name__)
    if isinstance(value, str | bytes):
        return f"{name} of {len(value):,} characters"
    return f"{name} of {len(value):,} items" if isinstance(value, list | tuple | dict | set | frozenset) else name
