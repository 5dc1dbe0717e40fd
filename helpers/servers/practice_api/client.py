"""The kernel's side of the practice API: start it, build its addresses, read its counters, show its card."""

from __future__ import annotations

import http.client
import sys
from json import loads
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY
from socket import socket as Socket
from types import FunctionType
from typing import Any
from urllib.parse import urlencode

from helpers.page import load_ahead
from helpers.page.card import code
from helpers.page.colours import BLUE
from helpers.servers.http_server import HttpServer
from helpers.servers.kernel_servers import KernelServers, server_card
from helpers.servers.process import ServerProcess, lift_descriptor_limit

from .https_side import HttpsSide
from .live_view import LiveView

TIMEOUT = 5.0  # seconds that reset() and stats() wait for the server
ENOUGH_DESCRIPTORS = 10_500  # for 10,000 connections and some files
KERNELS_DESCRIPTORS = 4_096
"""As many as JupyterLab lets a kernel have. Other programs that start kernels may not, and macOS has 256 in mind."""


class _Answer(http.client.HTTPResponse):
    """An answer to a question about the server itself."""


class _ControlConnection(http.client.HTTPConnection):
    """A connection for questions about the server itself: no mock of the learner's sees one, and no recorder."""

    response_class = _Answer

    def connect(self) -> None:
        self.sock = Socket(AF_INET6 if ":" in self.host else AF_INET, SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect((self.host, self.port))
        self.sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)


for _kind in (_Answer, _ControlConnection):  # the methods as they are now, whatever is put in their place later
    for _name, _method in vars(_kind.__mro__[1]).items():
        if isinstance(_method, FunctionType) and _name not in vars(_kind):
            setattr(_kind, _name, _method)


class PracticeAPI(HttpServer):
    """A running practice API. `practice_api()` makes it; there is one for each kernel."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "helpers.servers.practice_api", "--guarded", "--port", "0"]
        lift_descriptor_limit(KERNELS_DESCRIPTORS)
        super().__init__(ServerProcess("practice API", command, meanwhile=load_ahead.load_one))
        self.descriptors: int | None = self._process.facts["descriptors"]
        self._https: HttpsSide | None = None

    @property
    def https(self) -> HttpsSide:
        """The same server over https: `api.https.url(...)` makes its addresses, `api.https.cafile` is what to trust.

        Whoever asks first has it opened, at 127.0.0.1 and a free port, with a certificate made for this server alone.

        Raises:
            ConnectionError: the server does not answer.
        """
        if self._https is None:
            self._https = HttpsSide(**self._ask("POST", "/https"))
        return self._https

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports at which it is asked."""
        return (self.port,) if self._https is None else (self.port, self._https.port)

    def stats(self, *, client: str | None = None, log: bool = False) -> dict[str, Any]:
        """What the server has seen since the last reset, for all clients and for each label.

        Further labels than a thousand are counted together, under a label that says so; "clients_cut" says whether
        there are such. "forgotten" says how many attempts, buckets, outages, orders and streams had to go because there
        were too many: for whoever comes back for one of them it is the first time. The total is always exact.

        Args:
            client: only this label under "clients" and in the log.
            log: add one row for each of the first 20,000 requests: method, path with query, arrival, end, status,
                number of the connection, port of the client's end of it. Times are time.perf_counter(), in seconds,
                which is one clock for all processes; end and status are None while it is in flight, and the status of
                a client that left too. "log_left_out" says how many requests have no row, "log_cut" whether any has
                none.

        Raises:
            ConnectionError: the server does not answer.
        """
        query = {} if client is None else {"client": client}
        if log:
            query["log"] = "true"
        return self._ask("GET", "/stats" + (f"?{urlencode(query)}" if query else ""))

    def reset(self) -> None:
        """Let the server count anew, refill its buckets and end a pause. What is in flight stays in flight.

        Raises:
            ConnectionError: the server does not answer.
        """
        self._ask("POST", "/reset")

    def pause(self, seconds: float, after: float = 0.0) -> None:
        """Let the server hold all requests for a while: those that come, and those that wait for their answer.

        It counts them as in flight. A new pause takes the place of the last one. A reset, as at the start
        of `measure`, ends a pause that is on; one that is yet to begin still begins.

        Args:
            seconds: how long, at most 5; 0 takes back the last pause.
            after: seconds until it begins, at most 10.

        Raises:
            ConnectionError: the server does not answer.
            ValueError: a number is out of its bounds.
        """
        self._ask("POST", "/pause?" + urlencode({"seconds": seconds, "after": after}))

    def live(self, height: int = 320) -> LiveView:
        """What is in flight now, as a picture that keeps moving while the kernel is busy.

        Args:
            height: of the picture, in pixels, 200 to 2000.

        Raises:
            ValueError: the height is out of its bounds.
        """
        return LiveView(self.base, height)

    def _ask(self, method: str, target: str) -> dict[str, Any]:
        # http.client and not requests or aiohttp, which may be under observation by `measure`.
        # A new connection each time: it takes a fraction of a millisecond, and survives a fork.
        connection = _ControlConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            connection.request(method, target)
            answer = connection.getresponse()
            told: dict[str, Any] = loads(answer.read())
        except (OSError, http.client.HTTPException) as error:
            state = "runs but does not answer" if self.alive else "is not running: call practice_api()"
            raise ConnectionError(f"the practice API at {self.base} {state} ({error!r})") from error
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(told["error"])
        return told

    def __repr__(self) -> str:
        return f"<practice API at {self.base}, {f'process {self.pid}' if self.alive else 'stopped'}>"

    def _repr_html_(self) -> str:
        return card(self)


# --- its card ---------------------------------------------------------------------------------------


def card(api: PracticeAPI) -> str:
    """The HTML that a notebook shows for the API: address, state, how to stop it."""
    facts = {"State": "stopped"}
    note = f"Stopped. {code('api = practice_api()')} starts another, at another address."
    if api.alive:
        note = f"It ends with this kernel. {code('api.stop()')} ends it now. Its address shows it live."
        try:
            total = api.stats()["total"]
        except ConnectionError:
            facts = {"State": "not answering", "Process": f"{api.pid}"}
        else:
            facts = {
                "State": "running",
                "In flight now": f"{total['in_flight']:,}",
                "Requests since the reset": f"{total['requests']:,}",
                "Process": f"{api.pid}",
            }
    if api.descriptors is not None and api.descriptors < ENOUGH_DESCRIPTORS:
        note += f" This system allows it {api.descriptors:,} open files, so at most about as many connections."
    link = f'<a href="{api.base}/" target="_blank" rel="noopener" style="color:{BLUE}">{api.base}</a>'
    return server_card(f"<strong>Practice API</strong> at {link}", facts, note, runs=facts["State"] == "running")


# --- the one for this kernel ------------------------------------------------------------------------

_servers = KernelServers[PracticeAPI](lambda api: api.alive)


def practice_api() -> PracticeAPI:
    """Start the practice API, or hand back the one that this kernel has running.

    It is an HTTP server on this machine, in a process of its own that ends with the kernel. This process may then have
    4,096 files and connections open, unless it may not allow itself as many.

    Raises:
        ServerFailed: it did not start; the message shows the end of its log.
    """
    api = _servers.get(PracticeAPI)
    load_ahead.start()
    return api


def running() -> PracticeAPI | None:
    """The practice API that this kernel has running, or None. Never starts one."""
    return _servers.running()
