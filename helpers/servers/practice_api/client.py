"""The kernel's side of the practice API: start it, build its addresses, read its counters, show its card."""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
from typing import Any
from urllib.parse import quote, urlencode

from helpers.page.card import code
from helpers.page.colours import BLUE
from helpers.servers.process import ServerProcess
from helpers.servers.server_card import server_card

from .live_view import LiveView

TIMEOUT = 5.0  # seconds that reset() and stats() wait for the server
ENOUGH_DESCRIPTORS = 10_500  # for 10,000 connections and some files


class PracticeAPI:
    """A running practice API. `practice_api()` makes it; there is one for each kernel."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "helpers.servers.practice_api", "--guarded", "--port", "0"]
        self._process = ServerProcess("practice API", command)
        facts = self._process.start()
        self.host = "127.0.0.1"
        self.port: int = facts["port"]
        self.descriptors: int | None = facts["descriptors"]

    @property
    def base(self) -> str:
        """The address, such as http://127.0.0.1:40123, without a slash at its end."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process id; None once it has been stopped."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the server runs, as a child of this very process."""
        return self._process.alive

    def url(self, path: str, **params: Any) -> str:
        """The address of a path, with query parameters, quoted as a URL needs it.

        Args:
            path: begins with a slash, such as "/countries/FR".
            params: query parameters, such as delay=0.1 (seconds). A list repeats its parameter.

        Raises:
            ValueError: the path does not begin with a slash, or carries a query of its own.
        """
        if not path.startswith("/"):
            raise ValueError(f"the path {path!r} must begin with a slash: {'/' + path!r}")
        if "?" in path or "#" in path:
            raise ValueError(f"give parameters as keywords, not in the path {path!r}: url('/flaky', rate=0.5)")
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        return self.base + quote(path) + query

    def stats(self, *, client: str | None = None, log: bool = False) -> dict[str, Any]:
        """What the server has seen since the last reset, for all clients and for each label.

        Args:
            client: only this label under "clients" and in the log.
            log: add one row for each request: method, path with query, arrival, end, status, connection.
                Times are time.perf_counter(), in seconds, which is one clock for all processes.

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

    def stop(self) -> None:
        """End the server. `practice_api()` starts another."""
        self._process.stop()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the server has printed, for when something is odd."""
        return self._process.log_tail(lines)

    def _ask(self, method: str, target: str) -> dict[str, Any]:
        # http.client and not requests or aiohttp, which may be under observation by `measure`.
        # A new connection each time: it takes a fraction of a millisecond, and survives a fork.
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            connection.request(method, target)
            answer = connection.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
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

_current: PracticeAPI | None = None
_starting = threading.Lock()


def practice_api() -> PracticeAPI:
    """Start the practice API, or hand back the one that this kernel has running.

    It is an HTTP server on this machine, in a process of its own that ends with the kernel.

    Raises:
        ServerFailed: it did not start; the message shows the end of its log.
    """
    global _current
    with _starting:
        if _current is None or not _current.alive:
            _current = PracticeAPI()
        return _current


def running() -> PracticeAPI | None:
    """The practice API that this kernel has running, or None. Never starts one."""
    api = _current
    return api if api is not None and api.alive else None


def _forget_in_fork() -> None:
    """A forked child has no server: the one it knows of belongs to its parent."""
    global _current, _starting
    _current = None
    _starting = threading.Lock()  # another thread may have held it at the fork


if hasattr(os, "register_at_fork"):  # not on Windows, which cannot fork
    os.register_at_fork(after_in_child=_forget_in_fork)
