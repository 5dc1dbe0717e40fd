"""Which functions and classes of the code that a run depended on take a secret, and as which of their arguments."""

import ast
from collections.abc import Iterable
from functools import lru_cache

from helpers.code.nodes import name_of, text_of
from helpers.code.secret_names import is_secret
from helpers.code.sources import parse

_MAKES_CLASSES = {"namedtuple", "NamedTuple", "make_dataclass"}
_DEFINES = ("def ", "class ", *_MAKES_CLASSES)
"""One of these is in every text that defines a function or a class."""

Takers = tuple[tuple[str, tuple[str, ...]], ...]
"""Functions and classes, each with its arguments in order."""


def takers_in_all(texts: Iterable[str]) -> Takers:
    """The functions and classes in the code that take a secret, and the names of their arguments in order."""
    return tuple(taker for text in texts if any(map(text.__contains__, _DEFINES)) for taker in _takers_in(text))


@lru_cache(maxsize=1000)
def _takers_in(text: str) -> Takers:
    """The same for one text. The functions that a block reaches are the same ones at every run."""
    tree, found = parse(text), {}
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = _arguments(node)
        elif isinstance(node, ast.ClassDef):
            made = [inner for inner in node.body if isinstance(inner, ast.FunctionDef) and inner.name == "__init__"]
            found[node.name] = _arguments(made[0]) if made else _fields(node)
        elif isinstance(node, ast.Assign) and (named := _named_tuple(node.value)):
            found.update((target.id, named) for target in node.targets if isinstance(target, ast.Name))
    return tuple((name, tuple(arguments)) for name, arguments in found.items() if any(map(is_secret, arguments)))


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _fields(made: ast.ClassDef) -> list[str]:
    """Those that a dataclass or a NamedTuple is given in order."""
    return [
        each.target.id for each in made.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    ]


def _named_tuple(value: ast.AST) -> list[str]:
    """The fields of ``namedtuple("Login", "user password")`` and its kind; none of anything else."""
    match value:
        case ast.Call(func=function, args=[_, fields, *_]) if name_of(function) in _MAKES_CLASSES:
            if isinstance(fields, ast.Tuple | ast.List):
                firsts = (each.elts[0] if isinstance(each, ast.Tuple) and each.elts else each for each in fields.elts)
                return [text_of(each) for each in firsts]
            return text_of(fields).replace(",", " ").split()
    return []
