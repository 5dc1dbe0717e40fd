"""Runs inside the kernel under test: does a pass sign hold, and what do its parts come to?

`KernelSession` imports this file into the kernel. Nothing of it is in the namespace that the notebook sees.
"""

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from numbers import Real
from typing import Any

ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
TINY = 1e-9  # seconds: two sides that are both 0 are no share apart

_kept: dict[str, object] = {}


def judged(expression: str, names: dict[str, Any], wanted: bool) -> str:
    """Say, as JSON, whether an expression over the notebook's names holds, and by how much.

    `holds`: whether it does; None where it raises. `margin`: the least difference between two sides of its `<` and `>`,
    which in a sign about times is in seconds; None where it has none. `share`: the least such difference as a share of
    the greater side. `why`: unless it came out as `wanted`, what its parts come to.
    """
    tree = ast.parse(f"({expression}\n)", mode="eval").body
    names = dict(names)  # a walrus binds nothing for the notebook
    holds: bool | None = None
    with suppress(Exception):  # `why` tells
        holds = bool(eval(_compiled(tree), names))
    why = [] if holds is wanted else list(_why(tree, names))
    apart = [
        (abs(left - right), abs(left - right) / max(abs(left), abs(right), TINY)) for left, right in _sides(tree, names)
    ]
    margin, share = map(min, zip(*apart, strict=True)) if apart else (None, None)
    return json.dumps({"holds": holds, "margin": margin, "share": share, "why": "\n".join(why)})


def keep(names: dict[str, Any]) -> None:
    """Remember what every name of the notebook stands for."""
    _kept.clear()
    _kept.update(names)


def restore(names: dict[str, Any]) -> None:
    """Let every name stand for what it stood for when `keep` was called; later names are gone."""
    names.clear()
    names.update(_kept)


def _compiled(tree: ast.expr) -> Any:
    return compile(ast.fix_missing_locations(ast.Expression(tree)), "<sign>", "eval")


def _sides(tree: ast.expr, names: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The numbers on the two sides of each `<` and `>`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
                if isinstance(operator, ORDERED):
                    ends = [_value(side, names) for side in (left, right)]
                    if all(isinstance(end, Real) for end in ends):
                        yield float(ends[0]), float(ends[1])


def _value(part: ast.expr, names: dict[str, Any]) -> Any:
    try:
        return eval(_compiled(part), names)
    except Exception:  # a part may use what another binds
        return None


def _why(tree: ast.expr, names: dict[str, Any]) -> Iterator[str]:
    for part in _parts(tree):
        try:
            said = repr(eval(_compiled(part), names))
        except Exception as error:
            said = f"not to be had: {type(error).__name__}: {error}"
        yield f"{ast.unparse(part)} is {said}"


def _parts(node: ast.expr) -> list[ast.expr]:
    """The operands of and, or, not and comparisons, but for constants."""
    match node:
        case ast.BoolOp(values=operands):
            return [part for operand in operands for part in _parts(operand)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _parts(operand)
        case ast.Compare(left=left, comparators=others):
            return [part for operand in (left, *others) for part in _parts(operand)]
        case ast.Constant():
            return []
    return [node]
