"""What several programs ask for, and how."""

import socket

import aiohttp

from helpers.servers.practice_api import PracticeAPI

NOBODY = "http://127.0.0.1:9/"
"""Where nobody listens."""
SIZE, MUCH = 300_000, 5_000_000
"""Bytes: a body that comes in several pieces, and more than the system holds for a client that does not read."""
SOON = 0.1
"""Seconds after which a client gives up."""


def urls(api: PracticeAPI, many: int) -> list[str]:
    """So many addresses that are not alike."""
    return [api.url("/countries/FR", n=n) for n in range(many)]


async def read(session: aiohttp.ClientSession, url: str) -> bytes:
    """The body at an address."""
    async with session.get(url) as response:
        return await response.read()


def by_socket(api: PracticeAPI, *targets: str) -> bytes:
    """Ask for these one after another over one plain socket, all sent at once."""
    with socket.create_connection((api.host, api.port)) as connection:
        for at, target in enumerate(targets, start=1):
            last = "Connection: close\r\n" if at == len(targets) else ""
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {api.host}:{api.port}\r\n{last}\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))
