"""An event loop like Windows' own: no `add_reader`, and what has come is dealt with inside `select()`."""

import asyncio
import sys
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable
from selectors import BaseSelector
from typing import Any


class _Proactor:
    """Stands for `asyncio.IocpProactor`."""

    def __init__(self, loop: "ProactorEventLoop", selector: BaseSelector) -> None:
        self._loop, self._selector = loop, selector

    def select(self, timeout: float | None = None) -> list[Any]:
        BaseSelectorEventLoop._process_events(self._loop, self._selector.select(timeout))  # type: ignore[attr-defined]
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._selector, name)


class ProactorEventLoop(asyncio.SelectorEventLoop):
    """What `asyncio.ProactorEventLoop` cannot do, this one cannot."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Proactor(self, self._selector)

    def _process_events(self, event_list: list[Any]) -> None:
        pass


def _only_for_asyncio(method: Callable[..., Any]) -> Callable[..., Any]:
    """Asyncio's own loop of this system cannot do without it."""

    def cannot(*args: Any) -> Any:
        if sys._getframe(1).f_globals["__name__"].startswith("asyncio."):
            return method(*args)
        raise NotImplementedError

    return cannot


for _name in ("add_reader", "remove_reader", "add_writer", "remove_writer", "add_signal_handler"):
    setattr(ProactorEventLoop, _name, _only_for_asyncio(getattr(ProactorEventLoop, _name)))
asyncio.ProactorEventLoop = ProactorEventLoop  # type: ignore[attr-defined]
asyncio.DefaultEventLoopPolicy._loop_factory = ProactorEventLoop
