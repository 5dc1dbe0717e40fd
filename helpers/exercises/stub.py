"""Whether an exercise has been begun at all."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

NOTHING_YET = "The function is still empty."
AS_IT_WAS = "The function is still as it was."


def not_begun(function: Callable[..., Any], start: str) -> str:
    """Why a function cannot be judged yet: it is empty, unchanged, or has a gap; "" when it can be."""
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
        mine = _function(source)
    except (OSError, TypeError, SyntaxError):
        return ""  # without its source it is judged by what it does, which for a stub is nothing
    if mine is None:
        return ""
    if all(_does_nothing(statement) for statement in mine.body):
        return NOTHING_YET
    if (given := _function(start)) is not None and ast.dump(given) == ast.dump(mine):
        return AS_IT_WAS
    for node in ast.walk(mine):
        if isinstance(node, ast.Constant) and node.value is ...:
            return f"There is still a gap to fill: the `...` in line {node.lineno} of the function."
    return ""


def _function(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The last function of a source, without its docstring."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    if not found:
        return None
    if ast.get_docstring(found[-1]) is not None:
        found[-1].body = found[-1].body[1:]
    return found[-1]


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False
