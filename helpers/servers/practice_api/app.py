"""The aiohttp application: takes each request from its arrival to its answer, and counts it."""

from __future__ import annotations

import asyncio
import difflib
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlencode

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from .calls import Call, Plan, Route, State
from .delays import seconds
from .https import Https
from .listening import BACKLOG, HOST, listeners
from .parameters import Refused, bad_value, read_parameters
from .responses import GoneAnswer
from .routes import ROUTES

CLIENT_HEADER = "X-Client"
LONGEST_LABEL = 64

MOST_PLANS = 8_192  # plans that are kept for the next request like it
LONGEST_KEPT = 512  # characters of a target; the plan of a longer one is made anew each time, or they could fill memory

# Parameters that do not make a request another one. See delays.py.
NOT_IDENTITY = {"delay", "jitter", "tail", "rate", "status", "retry_after", "seed", "client"}


class Connection(NamedTuple):
    """A client's connection, once a counted request has come over it."""

    number: int
    port: int | None  # of the client's end


class PracticeServer:
    """Answers requests; made once, in the server's own process."""

    def __init__(self) -> None:
        self.state = State()
        self._connections: dict[RequestHandler, Connection] = {}
        self._plain = {route.path: route for route in ROUTES if "{" not in route.path}
        self._with_argument = {route.path.partition("{")[0]: route for route in ROUTES if "{" in route.path}
        self._kept_plan = lru_cache(maxsize=MOST_PLANS)(self.plan)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request. aiohttp calls this for each, in a task of its own."""
        if self.state.stale and self.state.is_stale(request):
            return GoneAnswer()
        target = request.raw_path
        plan = (self._kept_plan if len(target) <= LONGEST_KEPT else self.plan)(request.method, target)
        if not plan.route.counted:
            return await self._answer(Call(request, plan, self.state, "", None))

        counters = self.state.counters
        client = in_characters(request.headers.get(CLIENT_HEADER, "")) or plan.values["client"]
        if len(client) > LONGEST_LABEL:
            refusal = bad_value(CLIENT_HEADER, client, f"at most {LONGEST_LABEL} characters")
            client, plan = client[:LONGEST_LABEL], _refusing(refusal)
        connection = self._connections.get(request.protocol)
        if connection is None:
            connection = Connection(counters.connection_opened(client), port_of(request))
            self._connections[request.protocol] = connection
        entry = counters.arrived(request.method, target, client, *connection)
        call = Call(request, plan, self.state, client, entry)
        try:
            if self.state.pause.holding is not None:
                await self.state.pause.over()
            answer = await self._answer(call)
        except asyncio.CancelledError:  # the client has left
            counters.ended(entry, None)
            raise
        except ConnectionError:  # it has left too; raised on, aiohttp would write a traceback to the log
            counters.ended(entry, None)
            return GoneAnswer()
        except Exception:  # a bug here: aiohttp answers 500 and writes the traceback to the log
            counters.ended(entry, 500)
            raise
        # Before the answer goes out: a client that has it always finds it counted.
        counters.ended(entry, answer.status)
        return answer

    async def _answer(self, call: Call) -> web.StreamResponse:
        try:
            return await call.plan.route.answer(call)
        except Refused as refusal:
            return call.refuse(refusal)

    def plan(self, method: str, target: str) -> Plan:
        """Read what a request asks for. A request that cannot be granted gets a plan that refuses it.

        Args:
            method: such as "GET".
            target: path and query as they came.
        """
        path, _, query_text = target.partition("?")
        path = unquote(path)
        query = parse_qsl(query_text, keep_blank_values=True)
        counted = True
        try:
            route, argument = self._find(path)
            counted = route.counted
            if method not in route.methods:
                raise Refused(
                    {
                        "error": f"{route.path} does not take {method}",
                        "given": method,
                        "allowed": list(route.methods),
                    },
                    status=405,
                    headers={"Allow": ", ".join(route.methods)},
                )
            values = read_parameters(route.parameters, query, any_name=route.any_name)
        except Refused as refusal:
            label = dict(query).get("client", "")[:LONGEST_LABEL] or "default"
            return _refusing(refusal, label, counted)
        others = sorted(pair for pair in query if pair[0] not in NOT_IDENTITY)
        identity = f"{method} {path}?{urlencode(others)}"
        delay = 0.0
        if "delay" in values:
            delay = seconds(values["delay"], values["jitter"], values["tail"], values["seed"], identity)
        return Plan(route, values, argument, identity, delay, query)

    def _find(self, path: str) -> tuple[Route, str]:
        route = self._plain.get(path)
        if route is not None:
            return route, ""
        before, slash, argument = path.rpartition("/")
        route = self._with_argument.get(before + slash)
        if route is not None and argument:
            return route, argument
        paths = [route.path for route in ROUTES if route.says]
        near = difflib.get_close_matches(path, paths, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise Refused({"error": f"there is nothing at {path}{hint}", "given": path, "allowed": paths}, status=404)

    def forget(self, connection: RequestHandler) -> None:
        """A connection has closed."""
        if self._connections.pop(connection, None) is not None:
            self.state.counters.connection_closed()
        self.state.stale.pop(connection, None)


def port_of(request: web.BaseRequest) -> int | None:
    """The port of the client's end of a request's connection; None where that is gone."""
    peer = None if request.transport is None else request.transport.get_extra_info("peername")
    return peer[1] if peer else None


def in_characters(value: str) -> str:
    """A header's value. What is no UTF-8 is Latin-1, in which http.client, and so requests, sends it."""
    try:
        value.encode()
    except UnicodeEncodeError:  # aiohttp has made lone surrogates of the bytes that are no UTF-8
        return value.encode("utf-8", "surrogateescape").decode("latin-1")
    return value


def _refusing(refused: Refused, client: str = "", counted: bool = True) -> Plan:
    """A plan whose answer is a refusal. It keeps what to say and not the exception.

    The plan is cached. An exception that is raised again and again collects a traceback each time, and each holds
    on to the frames of its request.
    """
    body, status, headers = refused.body, refused.status, refused.headers

    async def refuse(call: Call) -> web.StreamResponse:
        return call.json(body, status, headers)

    return Plan(Route("", refuse, {}, "", counted=counted), {"client": client}, "", "", 0.0, [])


class _CountedServer(web.Server):
    """aiohttp's low-level server, which also says when a connection closes."""

    def __init__(self, server: PracticeServer) -> None:
        super().__init__(
            server.handle,
            access_log=None,
            # Without this a handler runs on to its end after its client has gone, and the client
            # would count as in flight, and then as completed, when it had long cancelled.
            handler_cancellation=True,
        )
        self._practice_server = server

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._practice_server.forget(handler)


async def start_server(port: int, host: str = HOST) -> tuple[web.ServerRunner, int]:
    """Listen on 127.0.0.1, and on its twin ::1, or where else it is told to.

    Args:
        port: the port, or 0 for a free one.
        host: an address of this machine; 0.0.0.0 for all of them.

    Returns:
        What to clean up at the end, and the port.

    Raises:
        OSError: the port is taken, or the address is not one of this machine's.
    """
    # The low-level server and not web.Application: its router and its per-request set-up would be
    # a quarter of the time that a request costs, and the list of routes is a table as it is.
    server = PracticeServer()
    runner = web.ServerRunner(_CountedServer(server), shutdown_timeout=0.2)
    server.state.https = Https(runner)
    await runner.setup()
    sockets = listeners(host, port)
    port = sockets[0].getsockname()[1]
    for listener in sockets:
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
    return runner, port
