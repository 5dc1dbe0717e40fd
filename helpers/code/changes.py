"""What was changed between two runs, in a few words: "limit=10 -> limit=100"."""

import ast
import difflib
import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from helpers.code.block_code import CELL
from helpers.code.masked_code import masked
from helpers.code.masking import MARK, without_tags
from helpers.code.sources import parse
from helpers.page.words import brief, count

LONGEST = 40
"""Characters of one side of a change."""
MOST = 3
"""Changes that are told one by one; of a text with more, how many lines they touch."""
_ENOUGH = ast.keyword | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Call | ast.Compare | ast.stmt
"""What says by itself what a number in it is for."""
_HASH = re.compile(r" \([0-9a-f]{6}\)$")


class Change(NamedTuple):
    """One change in words, and where it is a replacement, what was there `before` and what is there `after`."""

    words: str
    before: str = ""
    after: str = ""


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What is different between two configurations, the measured code first.

    What only one of them has is told where nothing else is: a cell that calls another function reads other names too.
    No secret is told, not even one that an older history has kept as it was.
    """
    hidden = masked(before, None), masked(after, None)
    both = [name for name in after if name in before and after[name] != before[name]]
    both.sort(key=lambda name: name != CELL)
    found = [change for name in both for change in _of_part(name, hidden[0][name], hidden[1][name])]
    if found:
        return found
    gone = [Change(f"{name} is no longer used") for name in before if name not in after]
    return gone + [Change(f"{name} is used now") for name in after if name not in before]


def _of_part(name: str, before: str, after: str) -> list[Change]:
    keys = [{which for which, _ in MARK.findall(text)} for text in (before, after)]
    sure = keys[0] == keys[1]
    if not sure:
        # Marks under different keys, or without one, do not tell whether it is the same secret.
        before, after = without_tags(before), without_tags(after)
    if before == after:
        return [Change(f"{'another' if sure else 'perhaps another'} secret in {name}")]
    old, new = parse(before), parse(after)
    is_code = name == CELL or name.endswith(".py")
    if old is None or new is None or (not is_code and _is_value(old) and _is_value(new)):
        return [_of_value(name, before, after)]
    found = _of_statements(old.body, new.body)
    if name == CELL or all(isinstance(statement, ast.Assign) for statement in [*old.body, *new.body]):
        where = ""  # a line that made something names it
    else:
        where = f"{name}: "
    if not found or len(found) > MOST:
        signs = [line[0] for line in difflib.ndiff(before.splitlines(), after.splitlines())]
        return [Change(f"{where}{count(max(signs.count('-'), signs.count('+')), 'line')} changed")]
    return [_in_words(one, other, where) for one, other in found]


def _in_words(old: ast.AST | None, new: ast.AST | None, where: str) -> Change:
    before, after = _short(old), _short(new)
    if old is None or new is None:
        return Change(f"{where}{after} is new" if after else f"{where}{before} is gone")
    if _is_in_secrets(_text(old), _text(new)):
        return Change(f"{where}another secret in {after}")
    return Change(f"{where}{before} -> {after}", before, after)


def _of_value(name: str, before: str, after: str) -> Change:
    if _is_in_secrets(before, after):
        return Change(f"another secret in {name}")
    before, after = without_tags(before), without_tags(after)
    old, new = _HASH.sub("", before), _HASH.sub("", after)
    if old == new:
        return Change(f"{name} is another {old}")
    sizes = _items(before), _items(after)
    long = (before, after) != (old, new) or max(len(old), len(new)) > LONGEST - len(name)
    if long and sizes[0] != sizes[1] and None not in sizes:
        return Change(f"{name}: {sizes[0]:,} -> {count(sizes[1] or 0, 'item')}")
    old, new = _around_the_difference(old, new)
    return Change(f"{name}={old} -> {name}={new}", f"{name}={old}", f"{name}={new}")


def _is_in_secrets(before: str, after: str) -> bool:
    """Whether what differs is a secret alone."""
    return bool(MARK.search(before)) and without_tags(before) == without_tags(after)


def _is_value(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


def _items(text: str) -> int | None:
    written = re.match(r"\w+ of ([\d,]+) items", text)
    if written:
        return int(written[1].replace(",", ""))
    tree = parse(text)
    match tree:
        case ast.Module(body=[ast.Expr(value=ast.List(elts=inside) | ast.Tuple(elts=inside) | ast.Set(elts=inside))]):
            return len(inside)
        case ast.Module(body=[ast.Expr(value=ast.Dict(keys=keys))]):
            return len(keys)
    return None


def _around_the_difference(old: str, new: str) -> tuple[str, str]:
    """Both texts; long ones cut down to where they differ, with a little around it."""
    if max(len(old), len(new)) <= LONGEST:
        return old, new
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    start = max(0, alike - 8)
    front = "…" if start else ""
    return front + brief(old[start:], LONGEST // 2), front + brief(new[start:], LONGEST // 2)


_Pair = tuple[ast.AST | None, ast.AST | None]


def _of_statements(old: Sequence[ast.AST], new: Sequence[ast.AST]) -> list[_Pair]:
    """The pairs of statements (or of arguments by name) that differ; with None where one side has none."""
    matcher = difflib.SequenceMatcher(None, [ast.dump(s) for s in old], [ast.dump(s) for s in new], autojunk=False)
    found: list[_Pair] = []
    for kind, first, last, start, stop in matcher.get_opcodes():
        if kind != "equal" and last - first == stop - start:
            for one, other in zip(old[first:last], new[start:stop], strict=True):
                found += _of_nodes(one, other)
        elif kind != "equal":
            found += [(statement, None) for statement in old[first:last]]
            found += [(None, statement) for statement in new[start:stop]]
    return found


def _of_nodes(old: ast.AST, new: ast.AST) -> list[_Pair]:
    """The smallest pieces that differ and still say what they are."""
    if type(old) is not type(new):
        return [(old, new)]
    found: list[_Pair] = []
    for field in old._fields:
        one, other = getattr(old, field), getattr(new, field)
        if isinstance(one, ast.AST) and isinstance(other, ast.AST):
            found += _of_nodes(one, other)
        elif isinstance(one, list) and isinstance(other, list) and _can_be_matched(one, other):
            found += _of_statements(one, other)
        elif one != other:
            return [(old, new)]
    if len(found) == 1 and not isinstance(found[0][0], _ENOUGH) and None not in found[0] and _is_short(old, new):
        return [(old, new)]
    return found


def _can_be_matched(old: list[object], new: list[object]) -> bool:
    """Whether one of the things in the lists means the same without the others: statements, `with` items, keywords."""
    both = [*old, *new]
    if len(old) == len(new):
        return all(isinstance(item, ast.AST) for item in both)
    return all(isinstance(item, ast.stmt | ast.withitem | ast.keyword) for item in both)


def _is_short(old: ast.AST, new: ast.AST) -> bool:
    longest = max(len(without_tags(_text(node))) for node in (old, new))
    return not isinstance(old, ast.Expr) and longest <= LONGEST // 2 + 4


def _short(node: ast.AST | None) -> str:
    if node is None:
        return ""
    first, *more = without_tags(_text(node)).split("\n")
    return brief(first + (" …" if more else ""), LONGEST)


def _text(node: ast.AST) -> str:
    try:
        return ast.unparse(node)
    except (AttributeError, TypeError):  # pieces such as `+`, which have no text of their own
        return type(node).__name__
