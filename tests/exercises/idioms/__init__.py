"""Answers rewritten by machine into other idioms, each of which keeps its verdict."""

from functools import cache

from idioms.inside import INSIDE
from idioms.outside import OUTSIDE
from idioms.written import Idiom, Written, defined, module_of

__all__ = ["IDIOMS", "INSIDE", "OUTSIDE", "Written", "defined", "rewritten"]

IDIOMS: dict[str, Idiom] = {**INSIDE, **OUTSIDE}
"""By what each is called."""


@cache
def rewritten(source: str, given: str, idioms: tuple[str, ...]) -> Written | None:
    """An answer in one idiom after another, or None where one of them does not fit it or changes nothing.

    Those of INSIDE come first: what they have made is a function still.
    """
    if not idioms:
        return Written([source.strip("\n") + "\n"], "")
    written = rewritten(source, given, idioms[:-1])
    if written is None:
        return None
    *earlier, last = written.cells
    more = IDIOMS[idioms[-1]](module_of(last, given))
    return more and Written([*earlier, *more.cells], more.expression)
