"""What makes a run this run and no other: the code that it measures, and what that was given.

The parts of a configuration are texts by name: "cell" is the measured code itself, and what this reads by name follows,
functions with all that they read in turn. It is taken as the block opens, since the block may change its own input.
"""

import ast
import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from json import dumps
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

from helpers.code.block_code import CELL, awaits, code_in, scripts_named, text_of, with_at, without_measuring
from helpers.code.names_used import Function, binds, declared_global, free_in, reads
from helpers.code.sources import (
    below_magic,
    executed_cells,
    is_own,
    maker_of,
    names_of_cells,
    node_of,
    parse,
    plain_function,
    tree_of,
)
from helpers.code.values import plain

MISSING = object()
_UNREAD = {"In", "Out", "get_ipython", "exit", "quit"}
"""Names that IPython puts among the learner's."""


class Configuration:
    """What is measured, as the block opens. `parts` says what it was once the block has ended.

    Attributes:
        awaits: whether the code in the block has an `await`, as far as that code is known.
    """

    def __init__(self) -> None:
        self.awaits = False
        self._parts: dict[str, str | Sequence[ast.AST]] = {}  # code is written out once the block has ended
        self._values: dict[str, Callable[[], object]] = {}
        self._added: dict[str, int] = {}  # name -> id() of what it meant
        self._given_out: set[str] = set()

    def parts(self) -> dict[str, str]:
        """The parts, without the values that the block itself has changed: those are results."""
        unchanged = {
            name for name, again in self._values.items()
            if name not in self._given_out and plain(again()) == self._parts[name]
        }  # fmt: skip
        return {
            name: part if isinstance(part, str) else text_of(part)
            for name, part in self._parts.items()
            if name not in self._values or name in unchanged
        }

    def add_code(self, name: str, nodes: Sequence[ast.AST]) -> None:
        """Add code as a part."""
        self._parts[name] = nodes
        for node in nodes:
            self._add_scripts(scripts_named(node))
            self._given_out |= declared_global(node)

    def add_names(self, names: Sequence[str], space: Mapping[str, Any], filename: str) -> None:
        """Add what the names mean in a namespace; those that it does not have are built in, or not made yet."""
        for name in names:
            value = space.get(name, MISSING)
            if value is not MISSING and name not in _UNREAD and not name.startswith("__"):
                self._add(name, value, partial(space.get, name), space, filename)

    def add_function(self, name: str, function: Any) -> None:
        """Add a function with what it reads, what it encloses, and the defaults of its arguments."""
        while isinstance(function, partial):
            placed = {f"{name} argument {place}": value for place, value in enumerate(function.args, start=1)}
            for key, value in {**placed, **function.keywords}.items():
                self._add(key, value, partial(_same, value), {}, "")
            function = function.func
        inner = plain_function(function)
        if inner is None or not is_own(inner.__code__.co_filename):
            self._parts[name] = getattr(function, "__qualname__", type(function).__qualname__)
            return
        filename, space = inner.__code__.co_filename, inner.__globals__
        node = node_of(inner.__code__)
        if node is None:
            self._parts[name] = _fingerprint(inner.__code__)
            return
        self.add_code(name, [node])
        enclosed = _enclosed(inner)
        for key, value in {**_defaults(inner, node), **enclosed}.items():
            self._add(key, value, partial(_same, value), space, filename)
        self.add_names([read for read in free_in(node) if read not in enclosed], space, filename)

    def add_function_of(self, frame: FrameType) -> None:
        """Add the function that runs in a frame as the measured code."""
        node = node_of(frame.f_code)
        if node is not None:
            self.add_code(CELL, [node])
            self.add_names(free_in(node), frame.f_globals, frame.f_code.co_filename)

    def _add(self, name: str, value: Any, again: Callable[[], object], space: Mapping[str, Any], filename: str) -> None:
        if name in self._added and self._added[name] != id(value):
            name = f"{name} ({os.path.basename(filename)})"  # another one of that name, in another file
        if name in self._added or isinstance(value, ModuleType):
            return
        self._added[name] = id(value)
        text = plain(value)
        if text is not None:
            self._parts[name] = text
            self._values[name] = again
            self._add_scripts(value if isinstance(value, list | tuple) else [value])
        elif (inner := plain_function(value)) is not None and is_own(inner.__code__.co_filename):
            self.add_function(name, value)
        elif type(value).__module__.partition(".")[0] != "helpers":
            self._add_made(name, value, space, filename)

    def _add_made(self, name: str, value: Any, space: Mapping[str, Any], filename: str) -> None:
        """Add the statement that made a thing which is no plain value, such as a session or a class."""
        if isinstance(value, type):
            filename = getattr(sys.modules.get(value.__module__), "__file__", None) or filename
        made = maker_of(name, filename) if is_own(filename) else None
        if made is None or isinstance(made, ast.Import | ast.ImportFrom):
            return
        self.add_code(name, [made])
        own = binds([made])
        self.add_names([read for read in reads([without_measuring(made)]) if read not in own], space, filename)

    def _add_scripts(self, values: Any) -> None:
        """Add Python files that a text names: a cell may run a script, in another process."""
        for value in values:
            if isinstance(value, str | os.PathLike) and str(value).endswith(".py") and os.path.isfile(value):
                tree = parse(_read(value))
                if tree is not None:
                    self._parts[os.path.basename(value)] = text_of(tree.body)


def of_block(frame: FrameType | None) -> Configuration:
    """The configuration of the measured block that the code of `frame`, or of one that called it, now opens."""
    found = Configuration()
    frames = []
    while frame is not None:
        if is_own(frame.f_code.co_filename) and tree_of(frame.f_code.co_filename) is not None:
            frames.append(frame)
        frame = frame.f_back
    if not frames:
        _add_whole_cell(found)
        return found
    inner = frames[0]
    block = with_at(tree_of(inner.f_code.co_filename), inner.f_lineno)
    found.awaits = block is not None and awaits(block)
    top = next((frame for frame in frames if frame.f_code.co_name == "<module>"), None)
    if inner is not top and block is not None:
        # Before all else, since an argument may have the name of a global.
        outside = [name for name in reads(block.body) if name not in binds(block.body) and name in inner.f_locals]
        found.add_names(outside, {name: inner.f_locals[name] for name in outside}, inner.f_code.co_filename)
    if top is None:
        # In a task or a thread of its own there is no cell: the outermost function stands for it.
        found.add_function_of(frames[-1])
        return found
    tree = tree_of(top.f_code.co_filename)
    if tree is None or below_magic(tree) is not None:
        _add_whole_cell(found)
        return found
    code = code_in(tree, top.f_lineno, block if inner is top else None, top.f_globals)
    found.add_code(CELL, code.statements)
    found.add_names(code.names, top.f_globals, top.f_code.co_filename)
    return found


def of_function(function: Callable[..., Any], arguments: Mapping[str, object]) -> Configuration:
    """The configuration of a function that is called with these arguments."""
    found = Configuration()
    for name, value in arguments.items():
        found._add(name, value, partial(_same, value), {}, "")
    found.add_function(CELL, function)
    return found


def _add_whole_cell(found: Configuration) -> None:
    """Add the cell that is being executed, of which a magic such as `%%time` does not tell which part it runs."""
    cells = executed_cells()
    whole = parse(cells[-1]) if cells else None
    if whole is None:
        return
    tree = below_magic(whole) or whole
    found.add_code(CELL, [without_measuring(statement) for statement in tree.body])
    own = binds(tree.body)
    found.add_names([name for name in reads(tree.body) if name not in own], names_of_cells(), "<ipython")


def hash_of(parts: Mapping[str, str]) -> str:
    """A short name for a configuration: the same parts, the same name. Empty where nothing is known of it."""
    if not parts:
        return ""
    return hashlib.sha256(dumps(dict(parts), sort_keys=True).encode(errors="replace")).hexdigest()[:12]


def _read(path: str | os.PathLike[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _same(value: object) -> object:
    return value


def _enclosed(function: FunctionType) -> dict[str, object]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return found


def _defaults(function: FunctionType, node: Function) -> dict[str, object]:
    """The defaults that do not stand in the source: `limit=LIMIT` was computed when the function was defined."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    given = function.__defaults__ or ()
    found = {
        argument.arg: value
        for argument, expression, value in zip(
            arguments[len(arguments) - len(given) :], node.args.defaults, given, strict=False
        )
        if not isinstance(expression, ast.Constant)
    }
    named = function.__kwdefaults__ or {}
    for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if argument.arg in named and not isinstance(default, ast.Constant):
            found[argument.arg] = named[argument.arg]
    return found


def _fingerprint(code: CodeType) -> str:
    return f"{code.co_name} ({hashlib.sha256(code.co_code + repr(code.co_names).encode()).hexdigest()[:6]})"
