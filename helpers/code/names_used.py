"""The names that a piece of code reads, and those that it binds."""

import ast
from collections.abc import Iterable, Sequence
from functools import lru_cache

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_WITH_NAMES_OF_THEIR_OWN = Definition | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def reads(nodes: Iterable[ast.AST]) -> list[str]:
    """The names that are read anywhere in the nodes, in order, each once."""
    found = dict.fromkeys(
        name.id
        for node in nodes
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)
    )
    # `total += 1` reads the name that it binds.
    found |= dict.fromkeys(
        step.target.id
        for node in nodes
        for step in ast.walk(node)
        if isinstance(step, ast.AugAssign) and isinstance(step.target, ast.Name)
    )
    return list(found)


def binds(nodes: Iterable[ast.AST], *, inside_functions: bool = True) -> set[str]:
    """The names that are bound anywhere in the nodes: by assignment, loops, `with`, imports, definitions, arguments.

    Without ``inside_functions``, those of definitions and comprehensions inside are left out: they stay in there.
    """
    found: set[str] = set()
    rest = list(nodes)
    while rest:
        node = rest.pop()
        found.update(_bound_by(node))
        if inside_functions or not isinstance(node, _WITH_NAMES_OF_THEIR_OWN):
            rest.extend(ast.iter_child_nodes(node))
    return found


def loop_targets(node: ast.AST, without: ast.AST | None) -> set[str]:
    """The names of `for` loops in the node that stand around `without`, and so have a value when that begins."""
    if without is None:
        loops = [loop for loop in ast.walk(node) if isinstance(loop, ast.For | ast.AsyncFor)]
    else:
        loops = [
            loop
            for loop in ast.walk(node)
            if isinstance(loop, ast.For | ast.AsyncFor) and any(inner is without for inner in ast.walk(loop))
        ]
    return {name.id for loop in loops for name in ast.walk(loop.target) if isinstance(name, ast.Name)}


@lru_cache(maxsize=1000)  # as are the trees: a block reaches the same functions at every run
def declared_global(node: ast.AST) -> frozenset[str]:
    """The names that code in the node declares `global` or `nonlocal`, in order to bind them: what it gives out."""
    return frozenset(
        name for inner in ast.walk(node) if isinstance(inner, ast.Global | ast.Nonlocal) for name in inner.names
    )


@lru_cache(maxsize=1000)
def free_in(function: Function) -> tuple[str, ...]:
    """The names that a function, with its decorators and defaults, reads from outside."""
    own = binds([function.args, *_body(function)]) - declared_global(function)
    return tuple(name for name in reads([function]) if name not in own)


def _body(function: Function) -> Sequence[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else function.body


def _bound_by(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.arg(arg=name):
            return [name]
        case ast.alias(name=name, asname=other):
            return [other or name.split(".")[0]]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(name)):
            return [name]
    return []
