"""Lists of texts, such as of URLs: kept by what all their items have alike, and compared by their common edit."""

import ast
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from helpers.page.words import brief, count

FEWEST = 3
"""Items. Two may be a name and its value, of which the second is a secret."""
LONGEST = 40
"""Characters of one side of an edit."""
_ENDS = r"/?&#=,;:\s"
_LAST_END, _FIRST_END = re.compile(rf".*[{_ENDS}]", re.DOTALL), re.compile(rf"[{_ENDS}]")
_WORD_ENDS = re.compile(r"[/?&#,;\s]")
_NAMED = re.compile(r"([\w.-]+)=(.*)", re.DOTALL)


class Texts(NamedTuple):
    """A list of texts by what is known of it.

    Attributes:
        kind: "list" or "tuple".
        number: how many items it has.
        front, back: what all items begin and end with, whole words of it.
        inner: a hash of what stands between, in the list's order.
        sorted_inner: the same without the order.
        items: the items, where all of them were kept.
    """

    kind: str
    number: int
    front: str
    back: str
    inner: str
    sorted_inner: str
    items: tuple[str, ...] = ()

    def written(self) -> str:
        """The list as code, by which masking finds the secrets in it: no part of one is in `front` or `back`."""
        return (
            f"{self.kind}({self.number}, each={self.front!r} + ... + {self.back!r}, "
            f"between={self.inner!r}, unordered={self.sorted_inner!r})"
        )


def of_items(kind: str, items: Sequence[str]) -> Texts:
    """What is known of a list of texts of which all items are at hand."""
    # What a secret is known by ends at such a sign too: none is cut in two.
    front = _cut(_begin(items), items)
    rest = [item[len(front) :] for item in items]
    back = _cut(_begin([item[::-1] for item in rest]), rest)[::-1]
    if back and not _FIRST_END.match(back):
        found = _FIRST_END.search(back)
        back = back[found.start() :] if found else ""
    inner = [item[: len(item) - len(back)] for item in rest]
    return Texts(kind, len(items), front, back, _hash(inner), _hash(sorted(inner)), tuple(items))


def _begin(texts: Sequence[str]) -> str:
    """The characters with which all texts begin."""
    first, last = min(texts), max(texts)  # by the alphabet: what these begin with, those between do too
    alike = next((at for at, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), None)
    return first if alike is None else first[:alike]


def _cut(alike: str, items: Sequence[str]) -> str:
    """What all texts begin with, without the last word where it may go on in one of them."""
    if all(item == alike for item in items):
        return alike
    found = _LAST_END.match(alike)
    return found[0] if found else ""


def _hash(texts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode(errors="replace")).hexdigest()[:6]


def read(tree: ast.Module | None) -> Texts | None:
    """A list of texts, as code that was read: written out, or as `Texts.written` has it. None for anything else."""
    match tree:
        case ast.Module(body=[ast.Expr(value=ast.List(elts=inside) | ast.Tuple(elts=inside) as node)]):
            items = [item.value for item in inside if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            kind = "list" if isinstance(node, ast.List) else "tuple"
            return of_items(kind, items) if len(items) == len(inside) > 1 else None
        case ast.Module(
            body=[
                ast.Expr(
                    value=ast.Call(
                        func=ast.Name(id=kind),
                        args=[ast.Constant(value=int(number))],
                        keywords=[
                            ast.keyword(
                                arg="each",
                                value=ast.BinOp(
                                    left=ast.BinOp(left=ast.Constant(value=str(front))),
                                    right=ast.Constant(value=str(back)),
                                ),
                            ),
                            ast.keyword(arg="between", value=ast.Constant(value=str(inner))),
                            ast.keyword(arg="unordered", value=ast.Constant(value=str(sorted_inner))),
                        ],
                    )
                )
            ]
        ):
            return Texts(kind, number, front, back, inner, sorted_inner)
    return None


class Edit(NamedTuple):
    """A change that the items have in common: in `words`, and what was there `before` and is there `after`."""

    words: str
    before: str = ""
    after: str = ""


def common_edit(old: Texts, new: Texts) -> Edit | None:
    """What was done to a list of texts, in a few words. None where there is nothing that can be said of it so."""
    if old.items and new.items and len(old.items) == len(new.items):
        pairs = [(one, other) for one, other in zip(old.items, new.items, strict=True) if one != other]
        edits = {_edit(*pair) for pair in pairs}
        if len(edits) == 1:
            return _in_words(*edits.pop(), f"{len(pairs)} of {new.number:,}" if len(pairs) < new.number else "", new)
    if old.number == new.number and old.sorted_inner == new.sorted_inner and (old.front, old.back) == new[2:4]:
        known = bool(old.items and new.items) or old.inner == new.inner
        return None if known else Edit(f"the same {new.number:,} items in another order")
    one, other = _edit(f"{old.front}…{old.back}", f"{new.front}…{new.back}")
    # Where other items came and went, those left have other words alike; a named one is told all the same.
    if "…" in one + other or not (one or other):
        return None
    if old.inner != new.inner and not (_NAMED.fullmatch(one) and _NAMED.fullmatch(other)):
        return None
    found = _in_words(one, other, "", new)
    if old.number != new.number:
        return found._replace(words=f"{old.number:,} -> {count(new.number, 'item')}, {found.words}")
    if old.inner != new.inner:
        reordered = old.sorted_inner == new.sorted_inner
        return found._replace(words=f"{found.words}, {'in another order' if reordered else 'and other items'}")
    return found


def _in_words(before: str, after: str, which: str, new: Texts) -> Edit:
    where = f" in {which or f'all {new.number:,}'}"
    if not before or not after:
        return Edit(f"{brief(before or after, LONGEST)} is {'gone' if before else 'new'}{where}")
    named, other = _NAMED.fullmatch(before), _NAMED.fullmatch(after)
    before, after = brief(before, LONGEST), brief(after, LONGEST)
    if named and other and named[1] == other[1]:
        return Edit(f"{before} -> {brief(other[2], LONGEST)}{where}", before, after)
    return Edit(f"{before} -> {after}{where}", before, after)


def _edit(before: str, after: str) -> tuple[str, str]:
    """The words by which two texts differ; a parameter of a URL is one word."""
    start = len(_begin([before, after]))
    if not (_at_end(before, start) and _at_end(after, start)):
        start = max((found.end() for found in _WORD_ENDS.finditer(before, 0, start)), default=0)
    one, other = before[start:], after[start:]
    end = len(_begin([one[::-1], other[::-1]]))
    # Back to where the words end that are alike at the texts' ends.
    tail = one[len(one) - end :]
    found = _WORD_ENDS.search(tail)
    end = len(tail) - found.start() if found else 0
    return one[: len(one) - end].strip("&?"), other[: len(other) - end].strip("&?")


def _at_end(text: str, place: int) -> bool:
    return place == len(text) or bool(_WORD_ENDS.match(text, place))
