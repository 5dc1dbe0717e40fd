"""A learner's function, made ready to be run in another process on the same machine.

`pickle` sends a function as the name of something to import, and what a notebook defines cannot be imported. So the
function's compiled code is sent, with the names of the notebook that it uses: other functions, and theirs, and values.
What lives in the notebook's kernel only, such as an open session, is left behind and says so when it is used.
"""

import asyncio
import dis
import importlib
import io
import linecache
import marshal
import os
import pickle
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import CellType, CodeType, CoroutineType, FunctionType, GeneratorType, ModuleType
from typing import Any

from helpers.servers.practice_api import PracticeAPI, practice_api

BOUND_TO_THE_KERNEL = (
    asyncio.AbstractEventLoop, asyncio.Future, CoroutineType, GeneratorType, socket.socket, threading.Thread,
    type(threading.Lock()), io.IOBase,
)  # fmt: skip
BY_NAME = ("aiohttp.client.ClientSession", "aiohttp.connector.TCPConnector", "helpers.runs.run.Run")
"""Classes of such things that are not imported for this."""

_names: dict[str, Any] = {}


class LeftInNotebook(RuntimeError):
    """The function used something that could not be taken along."""


class LeftBehind:
    """Stands for a thing that could not be taken along."""

    def __init__(self, kind: str) -> None:
        self.__dict__["kind"] = kind

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise LeftInNotebook(self.kind)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        raise LeftInNotebook(self.kind)

    async def __aenter__(self) -> Any:
        raise LeftInNotebook(self.kind)

    async def __aexit__(self, *details: object) -> None:
        raise LeftInNotebook(self.kind)


def pack(function: Callable[..., Any]) -> bytes:
    """Return the function as bytes that `unpack` understands."""
    parcel = io.BytesIO()
    pickler = _Pickler(parcel)
    pickler.dump(function)
    folders = [folder or os.getcwd() for folder in sys.path]
    return pickle.dumps((parcel.getvalue(), pickler.sources, folders))


def unpack(parcel: bytes) -> Callable[..., Any]:
    """Return the function."""
    packed, sources, folders = pickle.loads(parcel)
    # At the end: a module of the learner's own beside the notebook is found, and cannot stand before a library's.
    sys.path += [folder for folder in folders if folder not in sys.path]
    for filename, lines in sources.items():
        linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)
    _names.clear()
    _names.update(__name__="notebook", __builtins__=__builtins__)
    function: Callable[..., Any] = pickle.loads(packed)
    return function


def sources_in(parcel: bytes) -> dict[str, list[str]]:
    """The lines of the cells, or files, that what is in the parcel was written in, by their names."""
    sources: dict[str, list[str]] = pickle.loads(parcel)[1]
    return sources


class _Pickler(pickle.Pickler):
    """Pickles functions and simple classes of the notebook by what they are, everything else as usual."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=5)
        self.sources: dict[str, list[str]] = {}

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, FunctionType | type) and not _is_notebooks(thing):
            return NotImplemented
        if isinstance(thing, FunctionType):
            self._note_source(thing.__code__)
            code = marshal.dumps(_renamed(thing.__code__))
            # The names go into the state, which is filled in once the function is there: it may use itself.
            state = (_globals_of(thing), thing.__defaults__, thing.__kwdefaults__, thing.__dict__)
            return _new_function, (code, thing.__name__, thing.__closure__), state, None, None, _fill_function
        if isinstance(thing, type):
            own = {name: value for name, value in vars(thing).items() if name not in ("__dict__", "__weakref__")}
            return _new_class, (type(thing), thing.__name__, thing.__bases__), own, None, None, _fill_class
        if isinstance(thing, CellType):
            return _new_cell, (), _cell_content(thing), None, None, _fill_cell
        if isinstance(thing, ModuleType):
            return importlib.import_module, (thing.__name__,)
        if isinstance(thing, PracticeAPI):
            return practice_api, ()  # the bench has its own
        if isinstance(thing, threading.local):
            return threading.local, ()  # no thread of the bench has put anything into it yet
        kind = f"{type(thing).__module__}.{type(thing).__qualname__}"
        if isinstance(thing, BOUND_TO_THE_KERNEL) or kind in BY_NAME:
            return LeftBehind, (type(thing).__name__,)
        try:
            thing.__reduce_ex__(5)
        except Exception:  # whatever a class says about itself that cannot be copied
            return LeftBehind, (type(thing).__name__,)
        return NotImplemented

    def _note_source(self, code: CodeType) -> None:
        lines = linecache.getlines(code.co_filename)
        if lines:
            self.sources[_cell_name(code.co_filename)] = lines


def _is_notebooks(thing: Any) -> bool:
    """Whether a function or class was defined in a notebook, or inside another function: it cannot be imported."""
    return thing.__module__ in (None, "__main__", "notebook") or "<locals>" in thing.__qualname__


def _globals_of(function: FunctionType) -> dict[str, Any]:
    """What the function's code, with the functions inside it, takes from the notebook."""
    used = {
        instruction.argval
        for code in _codes(function.__code__)
        for instruction in dis.get_instructions(code)
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    return {name: value for name, value in function.__globals__.items() if name in used}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _renamed(code: CodeType) -> CodeType:
    """The code as from "In[5]" rather than from a file with a number that IPython made up."""
    constants = tuple(_renamed(part) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=_cell_name(code.co_filename), co_consts=constants)


def _cell_name(filename: str) -> str:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(filename) if shell else None
    return str(named[1]) if named else filename


# --- and on the other side --------------------------------------------------------------------------


def _new_function(code: bytes, name: str, closure: tuple[CellType, ...] | None) -> FunctionType:
    return FunctionType(marshal.loads(code), _names, name, None, closure)


def _fill_function(function: FunctionType, state: tuple[Any, ...]) -> None:
    names, function.__defaults__, function.__kwdefaults__, attributes = state
    _names.update(names)
    function.__module__ = "notebook"
    function.__dict__.update(attributes)


def _new_class(kind: type, name: str, bases: tuple[type, ...]) -> type:
    made: type = kind(name, bases, {"__module__": "notebook"})
    return made


def _fill_class(made: type, own: dict[str, Any]) -> None:
    for name, value in own.items():
        setattr(made, name, value)


def _new_cell() -> CellType:
    return CellType()


def _cell_content(cell: CellType) -> tuple[Any, ...]:
    try:
        return (cell.cell_contents,)
    except ValueError:  # an empty one
        return ()


def _fill_cell(cell: CellType, content: tuple[Any, ...]) -> None:
    if content:
        (cell.cell_contents,) = content
