"""A shop whose connections break as a judge wants it: for the exercise about orders that are sent again."""

import itertools
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any, Literal, Self

Break = Literal["before", "after"]
"""When the connection breaks: before the order is written down, or after it and before the answer."""

PATIENCE = 2.0
"""Seconds that it waits for the rest of a request."""


class Shop:
    """Takes orders as the practice API does at /orders, and in a POST also the header Idempotency-Key.

    It runs in a thread of its own while its block is open. A PUT that gets no answer `aiohttp` sends once more by
    itself, so that three attempts are six requests.

    Attributes:
        book: the orders by their numbers.
        sent: method, number and key of each request that orders something, in order; "" where there is none.
        breaks: for each such request that is to come, when its connection breaks; beyond the last none does.
    """

    def __init__(self, book: dict[str, str]) -> None:
        self.book = dict(book)
        self.sent: list[tuple[str, str, str]] = []
        self.breaks: list[Break] = []
        self._keys: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), lambda *arguments: _Request(self, *arguments))
        # It looks often whether it is to end: each check waits for that.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="shop", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """The address of its orders."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/orders"

    def orders(self) -> list[dict[str, str]]:
        """The book as it is told."""
        return [{"number": number, "order": thing} for number, thing in self.book.items()]

    def numbers_of(self, thing: str) -> list[str]:
        """The numbers under which a thing is ordered."""
        return [number for number, ordered in self.book.items() if ordered == thing]

    def take(self, method: str, number: str, key: str, body: str) -> dict[str, str] | None:
        """Write an order down and return it; None where the connection is to break."""
        self.sent.append((method, number, key))
        breaks = self.breaks.pop(0) if self.breaks else None
        if breaks == "before":
            return None
        if not number and key in self._keys:
            number = self._keys[key]
        else:
            number = number or next(str(n) for n in itertools.count(1) if str(n) not in self.book)
            self.book[number] = _thing(body)
        if key:
            self._keys[key] = number
        return None if breaks else {"number": number, "order": self.book[number]}


class _Server(TCPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a client has left, and what this writes would stand under the learner's cell."""


class _Request(BaseHTTPRequestHandler):
    """One request, over a connection of its own (HTTP/1.0)."""

    timeout = PATIENCE

    def __init__(self, shop: Shop, *arguments: Any) -> None:
        self._shop = shop
        super().__init__(*arguments)

    def do_GET(self) -> None:
        if self.path.partition("?")[0] == "/orders":
            self._answer(200, {"orders": self._shop.orders()})
        else:
            self._answer(404, {"error": f"there is nothing at {self.path}"})

    def do_POST(self) -> None:
        self._order(lambda path: "" if path == "/orders" else None)

    def do_PUT(self) -> None:
        self._order(lambda path: path.removeprefix("/orders/") if path.startswith("/orders/") else None)

    def _order(self, number_in: Callable[[str], str | None]) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        number = number_in(self.path.partition("?")[0])
        if number is None:
            self._answer(405, {"error": f"{self.path} does not take {self.command}"})
            return
        order = self._shop.take(self.command, number, self.headers.get("Idempotency-Key", ""), body)
        if order is not None:
            self._answer(201, order)

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing, for the same reason."""


def _thing(body: str) -> str:
    """What is ordered: the body, or in JSON the text or what stands under "order"."""
    try:
        told = json.loads(body)
    except ValueError:
        return body
    return str(told.get("order", body) if isinstance(told, dict) else told)
