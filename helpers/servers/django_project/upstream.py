"""How views reach the practice API."""
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import aiohttp
from django.conf import settings

_session: aiohttp.ClientSession | None = None


def upstream(path: str, **params: Any) -> str:
    """The address of a path of the practice API, with query parameters such as delay=0.1 (seconds)."""
    return f"{settings.UPSTREAM}{path}?{urlencode(params)}"


def shared_session() -> aiohttp.ClientSession:
    """One session for all requests of this process, made when it is first needed.

    Right under ASGI, where one event loop lives as long as the process. A session belongs to the loop in which it
    was made: under WSGI each request has a loop of its own, and only the first of them could use it.
    """
    global _session
    if _session is None:
        # No limit of connections, so that only the server's places count here. A site of your own keeps aiohttp's.
        connector, patience = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=10)
        _session = aiohttp.ClientSession(connector=connector, timeout=patience)
    return _session


async def close_shared_session() -> None:
    """Close it, in the loop that it was made in; the next call of `shared_session` makes another."""
    global _session
    session, _session = _session, None
    if session is not None:
        await session.close()
