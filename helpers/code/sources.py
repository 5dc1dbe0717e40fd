"""The source of the learner's code as syntax trees: cells, functions, and the statements that made a name."""

import ast
import linecache
import os
from collections.abc import Iterator
from functools import lru_cache, partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from helpers.code.names_used import Function, binds
from helpers.code.origin import is_learners, is_ours
from helpers.page.shell import shell

TRIES = 5
"""How often a source is parsed at most, where another thread upsets the parser."""

FARTHEST = 500
"""Executed cells that are searched, from the newest back."""


def is_own(filename: str) -> bool:
    """Whether a file, or cell, is the learner's own: neither a library's nor this course's helpers."""
    return is_learners(filename) and not is_ours(filename)


@lru_cache(maxsize=1000)
def parse(source: str) -> ast.Module | None:
    """The syntax tree of a source; None where it is none of Python's. It is shared: do not change it."""
    for _ in range(TRIES):
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError):
            return None
        except SystemError:
            # Python 3.11 keeps one count of depth for all threads: another that parses meanwhile, as the printing of a
            # traceback does, upsets it (github.com/python/cpython/issues/106905).
            continue
    return None


def tree_of(filename: str) -> ast.Module | None:
    """The syntax tree of a file or of a cell, as IPython keeps it; None where the source is not known."""
    source = "".join(linecache.getlines(filename))
    return parse(source) if source else None


def plain_function(function: Any) -> FunctionType | None:
    """The function under decorators, `partial` and methods; None where there is none that Python can show."""
    for _ in range(20):
        if isinstance(function, partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif (wrapped := getattr(function, "__wrapped__", None)) is not None:
            function = wrapped
        else:
            break
    return function if isinstance(function, FunctionType) else None


def node_of(code: CodeType) -> Function | None:
    """The definition that a code object was made from; None where its source is not known."""
    tree = tree_of(code.co_filename)
    if tree is None:
        return None
    if code.co_name == "<lambda>":
        lambdas = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
        here = [node for node in lambdas if node.lineno == code.co_firstlineno]
        # Several lambdas may stand on one line: the code knows the columns.
        places = {(start, column) for start, _, column, _ in code.co_positions()}
        exact = [node for node in here if (node.body.lineno, node.body.col_offset) in places]
        return next(iter(exact or here), None)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            if first == code.co_firstlineno:
                return node
    return None


def maker_of(name: str, filename: str) -> ast.stmt | None:
    """The statement that last bound a global name: in the cells executed so far, or in the file of that name."""
    for tree in _trees(filename):
        if (found := _makers(tree).get(name)) is not None:
            return found
    return None


def executed_cells() -> list[str]:
    """The cells that this kernel has executed, this one last; none outside IPython."""
    cells: list[str] = names_of_cells().get("In", [])
    return cells


def names_of_cells() -> dict[str, Any]:
    """The names that the cells of this kernel have made; none outside IPython."""
    found: dict[str, Any] = getattr(shell(), "user_ns", {})
    return found


def below_magic(tree: ast.Module) -> ast.Module | None:
    """The code that a cell runs below a magic, such as `%%time`; None where it is no such cell."""
    match tree:
        case ast.Module(
            body=[
                ast.Expr(value=ast.Call(func=ast.Attribute(attr="run_cell_magic"), args=[*_, ast.Constant(str(code))]))
            ]
        ):
            return parse(code)
    return None


def _trees(filename: str) -> Iterator[ast.Module]:
    # A name of a module that the learner wrote is not made by any cell.
    own_file = tree_of(filename)
    cells = executed_cells()
    if os.path.isfile(filename) or not cells:
        if own_file is not None:
            yield own_file
        return
    for source in reversed(cells[-FARTHEST:]):
        tree = parse(source)
        if tree is not None:
            yield tree


@lru_cache(maxsize=1000)
def _makers(tree: ast.Module) -> dict[str, ast.stmt]:
    return {name: statement for statement in tree.body for name in binds([statement], inside_functions=False)}
