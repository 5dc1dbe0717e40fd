"""How a WebSocket ends in order."""

from typing import NamedTuple

from aiohttp import WSCloseCode


class Goodbye(NamedTuple):
    """Why a conversation ends: the code and the reason of the close frame (RFC 6455, section 7.4)."""

    code: int
    reason: str = ""


GOING = Goodbye(WSCloseCode.OK)
