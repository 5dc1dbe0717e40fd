"""An answer as a tree, and as the cells in which it is written."""

import ast
import itertools
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Answer:
    """What an idiom is given: a tree of its own, which it may change.

    Attributes:
        tree: all that the answer defines, the function last.
        given: the names of the notebook's earlier cells, and whether each is a coroutine function.
    """

    tree: ast.Module
    given: dict[str, bool]
    function: Function = field(init=False)

    def __post_init__(self) -> None:
        self.function = next(node for node in reversed(self.tree.body) if isinstance(node, Function))

    @property
    def name(self) -> str:
        return self.function.name

    @property
    def is_async(self) -> bool:
        return isinstance(self.function, ast.AsyncFunctionDef)

    @property
    def is_generator(self) -> bool:
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside(self.function))

    @property
    def parameters(self) -> list[str]:
        return [argument.arg for argument in self.function.args.args]

    @property
    def coroutine_functions(self) -> set[str]:
        """The names of all coroutine functions, of the answer and of earlier cells."""
        own = {node.name for node in ast.walk(self.tree) if isinstance(node, ast.AsyncFunctionDef)}
        return own | {name for name, is_async in self.given.items() if is_async}

    def before(self) -> list[ast.stmt]:
        """What the answer defines beside the function."""
        return [node for node in self.tree.body if node is not self.function]

    def in_one_cell(self, expression: str = "") -> "Written":
        """The answer as it is now, in one cell."""
        return Written([text(self.tree)], expression or self.name)

    def uses_itself(self) -> bool:
        """Whether the function is called by its name within the answer."""
        return any(isinstance(node, ast.Name) and node.id == self.name for node in ast.walk(self.tree))


@dataclass(frozen=True)
class Written:
    """The cells of an answer from first to last, and what is given to `check`, such as "partial(fetch_all, 1)"."""

    cells: list[str]
    expression: str

    def __str__(self) -> str:
        return "\n# ---\n".join([*self.cells, f"check(..., {self.expression})"])


Idiom = Callable[[Answer], Written | None]


def module_of(source: str, given: str) -> Answer:
    """A tree of an answer's source, anew at each call."""
    return Answer(ast.parse(source.strip("\n")), dict(_given(given)))


@cache
def _given(source: str) -> tuple[tuple[str, bool], ...]:
    found: dict[str, bool] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function | ast.ClassDef):
            found[node.name] = isinstance(node, ast.AsyncFunctionDef)
        elif isinstance(node, ast.alias):
            found[node.asname or node.name.partition(".")[0]] = False
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = False
    return tuple(found.items())


_numbers = itertools.count(1)


def defined(written: Written, given: str) -> Callable[..., Any]:
    """What `check` is given, made in a notebook of its own: the cells have file names that no others have."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for source in (given, *written.cells):
        file = f"In[{next(_numbers)}]"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), names)
    function: Callable[..., Any] = eval(written.expression, names)
    return function


def inside(function: Function) -> list[ast.AST]:
    """The nodes of a function, without those of functions and classes within it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def text(tree: ast.AST | list[ast.stmt]) -> str:
    """The source of a tree."""
    if isinstance(tree, list):
        tree = ast.Module(tree, [])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def parsed(source: str) -> list[ast.stmt]:
    """The statements of a source."""
    return ast.parse(source).body


def names_in(tree: ast.AST) -> set[str]:
    """All names that are used or made anywhere in a tree."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, Function | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found
