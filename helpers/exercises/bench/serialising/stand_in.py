"""What stands for a thing that stays in the notebook's kernel, and says so when it is used."""

import asyncio
import io
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType, TracebackType
from typing import Any

STAYS: tuple[type, ...] = (
    asyncio.AbstractEventLoop, asyncio.Future, asyncio.Handle, asyncio.BaseTransport, asyncio.StreamReader,
    asyncio.StreamWriter, asyncio.TaskGroup, asyncio.Runner, AsyncGeneratorType, CoroutineType, Executor, FrameType,
    Future, GeneratorType, TracebackType, io.IOBase.__mro__[1], socket.socket, subprocess.Popen, threading.Thread,
)  # fmt: skip
"""Classes of what is open, runs, or waits for something in the kernel. `io.IOBase` itself is the base of no file."""

STAYS_BY_NAME = {
    "IPython.core.interactiveshell.InteractiveShell", "aiohttp.client.ClientSession",
    "aiohttp.client_reqrep.ClientResponse", "aiohttp.connector.BaseConnector", "aiosqlite.core.Connection",
    "helpers.runs.run.Run", "httpx.Client", "httpx.AsyncClient", "multiprocessing.process.BaseProcess",
    "psycopg._connection_base.BaseConnection", "psycopg_pool.base.BasePool", "weakref.finalize",
}  # fmt: skip
"""Such classes that are not imported for this."""

IN_MEMORY = (io.StringIO, io.BytesIO)
"""Files that are values."""

_setting_up = False


class LeftInNotebook(RuntimeError):
    """The function used something that stays in the notebook. The message is the name of its class."""


class StandIn:
    """Stands for a thing that was not sent."""

    def __init__(self, kind: str) -> None:
        self.__dict__["kind"] = kind

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return _used(self)

    def __repr__(self) -> str:
        return f"<a {self.__dict__['kind']} of the notebook, which stays there>"


def stays(kind: type) -> bool:
    """Whether things of this class stay in the kernel."""
    if kind in IN_MEMORY:
        return False
    if any(type.__subclasscheck__(known, kind) for known in STAYS):  # asks no class of the learner's
        return True
    return any(f"{base.__module__}.{base.__qualname__}" in STAYS_BY_NAME for base in kind.__mro__)


def reduce_to_stand_in(thing: object) -> tuple[Any, ...]:
    """What `pickle` is told about a thing that stays."""
    return StandIn, (type(thing).__name__,)


@contextmanager
def being_set_up() -> Iterator[None]:
    """In the block a stand-in may be put where it belongs; `pickle` may take a method of it, for example."""
    global _setting_up
    _setting_up = True
    try:
        yield
    finally:
        _setting_up = False


def _used(stand_in: StandIn, *details: object, **more: object) -> Any:
    if _setting_up:
        return stand_in
    raise LeftInNotebook(stand_in.__dict__["kind"])


def _method(name: str) -> Callable[..., Any]:
    def method(self: StandIn, *details: object, **more: object) -> Any:
        return _used(self)

    async def method_awaited(self: StandIn, *details: object) -> Any:
        return _used(self)

    return method_awaited if name in ("aenter", "aexit", "anext") else method


# Python looks for these in the class, where `__getattr__` is not asked. What only asks which thing it is, is not there.
for _name in (
    "call", "enter", "exit", "aenter", "aexit", "await", "iter", "next", "aiter", "anext", "bool", "len", "contains",
    "getitem", "setitem", "delitem", "setattr", "delattr", "lt", "le", "gt", "ge", "add", "radd", "sub", "rsub", "mul",
    "rmul", "truediv", "rtruediv", "floordiv", "mod", "pow", "and", "or", "xor", "neg", "int", "float", "index",
):  # fmt: skip
    setattr(StandIn, f"__{_name}__", _method(_name))
