"""Which part of a cell a measured block depends on, and how that is written so that two cells can be compared."""

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from helpers.code.names_used import binds, loop_targets, reads
from helpers.code.values import plain

CELL = "cell"
"""The name of the part that is the measured code itself."""
_WITH = ast.With | ast.AsyncWith
_MADE_ELSEWHERE = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
"""Statements that count where something they make is used, and as that."""


@dataclass(frozen=True)
class BlockCode:
    """The statements that count, and the names whose meaning, as the block opens, counts too."""

    statements: Sequence[ast.stmt]
    names: Sequence[str]


def code_in(tree: ast.Module, line: int, block: ast.stmt | None, space: Mapping[str, Any]) -> BlockCode:
    """What counts of a cell (or script) for the block that opens in `line`. What comes after it does not.

    Left out are also: definitions, other measured blocks of the cell that give nothing to this one, and
    assignments like ``limit = 10``, because the value of `limit` counts wherever it was assigned.
    """
    holder = next((s for s in tree.body if s.lineno <= line <= (s.end_lineno or s.lineno)), None)
    if holder is None:
        return BlockCode([without_measuring(s) for s in tree.body], reads(tree.body))
    here = without_measuring(holder)
    own = binds([holder]) - loop_targets(holder, block)
    if block is not None:
        own |= binds(getattr(block, "body", []))
    needed, computed, given = set(reads([here])), set(own), set[str]()
    kept: list[ast.stmt] = []
    for statement in reversed(tree.body[: tree.body.index(holder)]):
        simple = _simply_assigned(statement, space)
        if simple and not simple & computed:
            given |= simple
        elif _counts(statement, needed):
            kept.insert(0, without_measuring(statement))
            needed |= set(reads([kept[0]]))
            computed |= binds([statement])
    statements = [*kept, here]
    return BlockCode(statements, [name for name in reads(statements) if name in given or name not in computed])


@lru_cache(maxsize=1000)
def with_at(tree: ast.Module | None, line: int) -> ast.With | ast.AsyncWith | None:
    """The innermost `with` whose head stands in that line."""
    found = None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, _WITH) and node.lineno <= line:
            head_end = max(item.context_expr.end_lineno or node.lineno for item in node.items)
            if line <= head_end and (found is None or node.lineno >= found.lineno):
                found = node
    return found


@lru_cache(maxsize=1000)
def awaits(block: ast.With | ast.AsyncWith) -> bool:
    """Whether the code in a `with` awaits anything itself, not in a function that it makes."""
    left: list[ast.AST] = [*block.body]
    while left:
        node = left.pop()
        if isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) or getattr(node, "is_async", False):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            left += ast.iter_child_nodes(node)
    return False


@lru_cache(maxsize=1000)
def without_measuring(statement: ast.stmt) -> ast.stmt:
    """A copy without the arguments and the name of every `measure(...)`: code under another label is the same code.

    It is not to be changed: who asks again gets the same one.
    """
    return _WithoutMeasuring().visit(deepcopy(statement))  # type: ignore[no-any-return]


def text_of(nodes: Sequence[ast.AST]) -> str:
    """The code as one text, without comments, documentation and formatting."""
    return "\n".join(map(_text_of, nodes))


@lru_cache(maxsize=1000)
def _text_of(node: ast.AST) -> str:
    return ast.unparse(_WithoutMeasuring().visit(deepcopy(node)))


@lru_cache(maxsize=1000)
def scripts_named(node: ast.AST) -> tuple[str, ...]:
    """The texts in the code that may name a Python file."""
    return tuple(
        inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner.value.endswith(".py")
    )


def _counts(statement: ast.stmt, needed: set[str]) -> bool:
    if isinstance(statement, _MADE_ELSEWHERE):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant | ast.Name):
        return False
    if isinstance(statement, _WITH) and any(_is_measure(item.context_expr) for item in statement.items):
        return bool(binds(statement.body) & needed)
    return True


def _simply_assigned(statement: ast.stmt, space: Mapping[str, Any]) -> set[str]:
    """The names to which a statement like ``limit = 10`` gives a plain value, without calling anything."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return set()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if len(names) < len(targets) or any(isinstance(node, ast.Call | ast.Await) for node in ast.walk(statement)):
        return set()
    return names if all(plain(space.get(name, ...)) is not None for name in names) else set()


def _is_measure(node: ast.AST) -> bool:
    return any(
        isinstance(call, ast.Call)
        and (getattr(call.func, "id", "") == "measure" or getattr(call.func, "attr", "") == "measure")
        for call in ast.walk(node)
    )


class _WithoutMeasuring(ast.NodeTransformer):
    def visit_With(self, node: ast.With) -> ast.AST:
        for item in node.items:
            if _is_measure(item.context_expr):
                item.context_expr, item.optional_vars = ast.Name("measure", ast.Load()), None
        return self.generic_visit(node)

    def visit_AsyncWith(self, node: ast.AsyncWith) -> ast.AST:
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._undocumented(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._undocumented(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._undocumented(node)

    def _undocumented(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)
