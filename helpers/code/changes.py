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
from helpers.code.text_lists import common_edit, read
from helpers.page.words import brief, count, one_line

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
    found = _with_moves(_of_statements(old.body, new.body))
    if name == CELL or all(isinstance(statement, ast.Assign) for statement in [*old.body, *new.body]):
        where = ""  # a line that made something names it
    else:
        where = f"{name}: "
    if not found or len(found) > MOST:
        signs = [line[0] for line in difflib.ndiff(before.splitlines(), after.splitlines())]
        return [Change(f"{where}{count(max(signs.count('-'), signs.count('+')), 'line')} changed")]
    return [_in_words(one, where) for one in found]


def _in_words(found: "_Found", where: str) -> Change:
    old, new = found.old, found.new
    if found.moved:
        return Change(f"{where}{_short(new)} moved {found.moved}")
    if old is None or new is None:
        return Change(f"{where}{_short(new)} is new" if new is not None else f"{where}{_short(old)} is gone")
    one, other = _text(old), _text(new)
    if _is_in_secrets(one, other):
        return Change(f"{where}another secret in {_short(new)}")
    before, after = _short(old), _short(new)
    if before == after:  # what differs has been left out
        before, after = _around_the_difference(*(one_line(without_tags(text)) for text in (one, other)))
    return Change(f"{where}{before} -> {after}", before, after)


def _of_value(name: str, before: str, after: str) -> Change:
    if _is_in_secrets(before, after):
        return Change(f"another secret in {name}")
    before, after = without_tags(before), without_tags(after)
    old, new = _HASH.sub("", before), _HASH.sub("", after)
    if old == new:
        return Change(f"{name} is another {old}")
    sizes = _items(before), _items(after)
    trees = parse(before), parse(after)
    texts = [read(tree) for tree in trees]
    if texts[0] is not None and texts[1] is not None:
        if edit := common_edit(texts[0], texts[1]):
            # An edit that reads as `name=value` says what it is of.
            named = edit.before and "=" in edit.words.partition(" ")[0]
            return Change(edit.words if named else f"{name}: {edit.words}", edit.before, edit.after)
        if texts[0].number == texts[1].number and () in (texts[0].items, texts[1].items):
            return Change(f"{name} is another {texts[1].kind} of {count(texts[1].number, 'item')}")
    if (moved := _moved_item(*trees)) is not None:
        return Change(f"{name}: {moved}")
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


def _moved_item(old: ast.Module | None, new: ast.Module | None) -> str | None:
    """Which item of a list has moved and where to, if that is all that was done to it."""
    match old, new:
        case (
            ast.Module(body=[ast.Expr(value=ast.List(elts=one) | ast.Tuple(elts=one))]),
            ast.Module(body=[ast.Expr(value=ast.List(elts=other) | ast.Tuple(elts=other))]),
        ):
            if sorted(map(ast.dump, one)) != sorted(map(ast.dump, other)):
                return None
            found = _of_statements(one, other)
            if len(found) == 1:
                return f"{_short(found[0].new)} moved {found[0].moved}"
            return f"the same {count(len(one), 'item')} in another order" if found else None
    return None


def _items(text: str) -> int | None:
    written = re.match(r"\w+ of ([\d,]+) items", text)
    if written:
        return int(written[1].replace(",", ""))
    tree = parse(text)
    if (texts := read(tree)) is not None:
        return texts.number
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


class _Found(NamedTuple):
    """A piece of code that differs: what it was and what it is, with None where one side has none.

    `within` is what it stands in, None for the whole. What has only `moved` says where to.
    """

    old: ast.AST | None
    new: ast.AST | None
    within: ast.AST | None = None
    moved: str = ""


def _of_statements(old: Sequence[ast.AST], new: Sequence[ast.AST], within: ast.AST | None = None) -> list[_Found]:
    """The statements (or arguments by name, or items) that differ."""
    dumps = [ast.dump(node) for node in old], [ast.dump(node) for node in new]
    chunks = _chunks(*dumps)
    gone = [place for first, last, _, _ in chunks for place in range(first, last)]
    come = [place for _, _, start, stop in chunks for place in range(start, stop)]
    found: list[_Found] = []
    moved: tuple[set[int], set[int]] = set(), set()
    for place in come:
        source = next((one for one in gone if dumps[0][one] == dumps[1][place] and one not in moved[0]), None)
        if source is not None:
            moved[0].add(source)
            moved[1].add(place)
            found.append(_Found(old[source], new[place], within, _whereto(new, place)))
    for first, last, start, stop in chunks:
        ones = [old[place] for place in range(first, last) if place not in moved[0]]
        others = [new[place] for place in range(start, stop) if place not in moved[1]]
        if len(ones) != len(others):
            # A block of which some lines have come or gone is the same block.
            for one in [node for node in ones if hasattr(node, "body")]:
                same = next((node for node in others if hasattr(node, "body") and _head(node) == _head(one)), None)
                if same is not None:
                    ones.remove(one)
                    others.remove(same)
                    found += _of_nodes(one, same, within)
        if len(ones) == len(others):
            for one, other in zip(ones, others, strict=True):
                found += _of_nodes(one, other, within)
        else:
            found += [_Found(node, None, within) for node in ones]
            found += [_Found(None, node, within) for node in others]
    return found


def _chunks(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Where two rows differ: from where to where in the old one, and in the new one.

    They are compared from their ends: of two that have changed places it is the first that has moved, to the end.
    """
    matcher = difflib.SequenceMatcher(None, old[::-1], new[::-1], autojunk=False)
    return [
        (len(old) - last, len(old) - first, len(new) - stop, len(new) - start)
        for kind, first, last, start, stop in reversed(matcher.get_opcodes())
        if kind != "equal"
    ]


def _head(block: ast.AST) -> str:
    return _text(block).partition("\n")[0]


def _whereto(nodes: Sequence[ast.AST], place: int) -> str:
    if place == len(nodes) - 1:
        return "to the end"
    return f"after {_short(nodes[place - 1])}" if place else "to the beginning"


def _with_moves(found: list[_Found]) -> list[_Found]:
    """What is gone from one block and is new in another has moved: no text is told twice."""
    come = [one for one in found if one.old is None]
    left: list[_Found] = []
    for one in found:
        if one.new is None and one.old is not None:
            to = next((other for other in come if ast.dump(one.old) == ast.dump(_known(other.new))), None)
            if to is not None:
                come.remove(to)
                left.append(_Found(one.old, to.new, to.within, _which_block(one.within, to.within)))
                continue
        left.append(one)
    return [one for one in left if one.old is not None or any(one is other for other in come)]


def _known(node: ast.AST | None) -> ast.AST:
    return node if node is not None else ast.Pass()


def _which_block(before: ast.AST | None, after: ast.AST | None) -> str:
    """Which block a line was moved into, or out of: the inner one, where one of them is in the other."""
    if before is after:
        return "elsewhere"
    if after is None or (before is not None and any(node is before for node in ast.walk(after))):
        return f"out of {_short(before).removesuffix(': …')}"
    return f"into {_short(after).removesuffix(': …')}"


def _of_nodes(old: ast.AST, new: ast.AST, within: ast.AST | None = None) -> list[_Found]:
    """The smallest pieces that differ and still say what they are."""
    if type(old) is not type(new):
        return [_Found(old, new, within)]
    found: list[_Found] = []
    for field in old._fields:
        one, other = getattr(old, field), getattr(new, field)
        if isinstance(one, ast.AST) and isinstance(other, ast.AST):
            found += _of_nodes(one, other, within)
        elif isinstance(one, list) and isinstance(other, list) and _can_be_matched(one, other):
            is_block = any(isinstance(item, ast.stmt) for item in [*one, *other])
            found += _of_statements(one, other, new if is_block else within)
        elif one != other:
            return [_Found(old, new, within)]
    whole = len(found) == 1 and not found[0].moved and not isinstance(found[0].old, _ENOUGH)
    if whole and None not in found[0][:2] and _is_short(old, new):
        return [_Found(old, new, within)]
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
