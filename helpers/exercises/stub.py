"""Whether an exercise has been begun at all."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from helpers.code.sources import parse

NOTHING_YET = "The function is still empty."
AS_IT_WAS = "The function is still as it was."


def not_begun(function: Callable[..., Any], start: str) -> str:
    """Why a function cannot be judged yet: it is empty, unchanged, or has a gap; "" when it can be."""
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
        mine = _function(source)
    except Exception:  # an object of the learner's own may raise anything where it is asked for its source
        return ""  # without its source it is judged by what it does, which for a stub is nothing
    if mine is None:
        return ""
    if all(_does_nothing(statement) for statement in mine.body):
        return NOTHING_YET
    if (given := _function(start)) is not None and ast.dump(given) == ast.dump(mine):
        return AS_IT_WAS
    for statement in mine.body:
        for gap in _gaps(statement):
            return f"There is still a gap to fill: the `...` in line {gap.lineno} of the function."
    return ""


def _function(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The last function of a source, without its docstring."""
    body = tree.body if (tree := parse(source)) is not None else []
    found = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not found:
        return None
    function = copy.copy(found[-1])  # the tree is shared
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    return function


def _gaps(node: ast.AST) -> Iterator[ast.Constant]:
    """Each `...` that stands for something to be written. In `tuple[str, ...]`, and as a default, it has a meaning."""
    match node:
        case ast.Constant(value=value) if value is ...:
            yield node
        case ast.Subscript():
            yield from _gaps(node.value)
        case ast.AnnAssign():
            yield from _gaps(node.value) if node.value is not None else ()
        case ast.ClassDef(body=[ast.Expr(value=ast.Constant())]):
            return  # an error of its own, say
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            body = node.body if isinstance(node.body, list) else [node.body]
            for statement in body:
                yield from _gaps(statement)
        case _:
            for part in ast.iter_child_nodes(node):
                yield from _gaps(part)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False
