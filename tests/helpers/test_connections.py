"""Requests of `http.client` and what is built on it, where the connection goes ways of its own."""

import http.client
import socket
import time
from typing import Any
from unittest.mock import Mock, patch

import httpx
import pytest
import requests
import urllib3
from httpcore._backends.sync import SyncStream

from helpers import measure
from helpers.recorders.http import httpcore_hooks
from helpers.recorders.http.current_request import BusyWith
from helpers.recorders.http.http_client_hooks import CLOSED, _current_for, _ports_of, _url_of
from helpers.recorders.http.request_record import RequestRecord
from helpers.recorders.task_row import OUTSIDE
from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.client import _ControlConnection

pytestmark = pytest.mark.evidence

PAUSE = 0.05


class Slow(http.client.HTTPConnection):
    """As one that agrees on keys once it is connected."""

    def connect(self) -> None:
        super().connect()
        time.sleep(PAUSE)


class SlowOfUrllib3(urllib3.connection.HTTPConnection):
    def connect(self) -> None:
        time.sleep(PAUSE)
        self.sock = self._new_conn()


def by_http_client(api: PracticeAPI) -> int:
    connection = Slow(api.host, api.port)
    connection.request("GET", "/countries/FR")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def by_urllib3(api: PracticeAPI) -> int:
    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = SlowOfUrllib3

    with Pool(api.host, api.port) as pool:
        return pool.request("GET", "/countries/FR").status


@pytest.mark.parametrize("fetch", [by_http_client, by_urllib3])
def test_to_connect_in_ones_own_way_is_connecting(fetch: Any, api: PracticeAPI) -> None:
    with measure("slow to connect") as run:
        assert fetch(api) == 200
    (request,) = run.requests.to_dict("records")
    assert request["connecting"] >= PAUSE and request["connection"] == "new" and request["status"] == 200
    assert "connect" in Slow.__dict__ and Slow.connect.__module__ == __name__  # as it was


def test_a_connection_that_is_closed_ahead_of_its_answer_carries_nothing_any_more(api: PracticeAPI) -> None:
    with measure("closed early") as run:
        connection = http.client.HTTPConnection(api.host, api.port)
        for _ in range(2):
            connection.request("GET", "/countries/FR?delay=5")
            connection.close()
        time.sleep(4 * PAUSE)
    table = run.requests
    assert table["error"].tolist() == [CLOSED] * 2 and not table["ok"].any()
    assert table["start"][1] >= table["end"][0]
    assert table["end"].max() < run.wall - 3 * PAUSE


def test_an_answer_that_is_asked_for_once_more_is_the_request_s(api: PracticeAPI) -> None:
    with measure("again") as run:
        connection = http.client.HTTPConnection(api.host, api.port, timeout=PAUSE)
        connection.request("GET", f"/countries/FR?delay={3 * PAUSE}")
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.sock.settimeout(60)
        assert len(connection.getresponse().read()) > 0
        connection.close()
    (request,) = run.requests.to_dict("records")
    assert (request["status"], request["error"], request["ok"]) == (200, "", True)
    assert request["waiting"] >= 2 * PAUSE and request["bytes"] > 0


def test_what_an_adapter_asks_for_by_itself_is_not_the_request_that_it_sends(api: PracticeAPI) -> None:
    class WithToken(requests.adapters.HTTPAdapter):
        def add_headers(self, request: requests.PreparedRequest, **options: Any) -> None:
            connection = http.client.HTTPConnection(api.host, api.port)
            connection.request("GET", "/countries/JP")
            connection.getresponse().read()
            connection.close()

    with requests.Session() as session, measure("token") as run:
        session.mount("http://", WithToken())
        with pytest.raises(requests.ReadTimeout):
            session.get(api.url("/stall"), timeout=PAUSE)
    told = run.requests[["path", "library", "error"]].to_numpy().tolist()
    assert told == [["/countries/JP", "http.client", ""], ["/stall", "requests", "ReadTimeout"]]


def test_questions_about_the_server_pass_no_hook(api: PracticeAPI) -> None:
    before = dict(vars(_ControlConnection))
    with measure("asks the server itself") as run:
        inside = dict(vars(_ControlConnection))
        requests.get(api.url("/countries/FR"))
        api.stats()
    assert inside == before
    assert run.requests["path"].tolist() == ["/countries/FR"]


def test_a_request_is_made_by_one_connection_alone() -> None:
    """To connect may take another request: to look a name up, say."""
    record = RequestRecord("requests", "GET", "https://localhost/", OUTSIDE)
    own, other = http.client.HTTPConnection("localhost"), http.client.HTTPConnection("localhost")
    with BusyWith(record):
        assert _current_for(own) is record
        assert _current_for(other) is None
        assert _current_for(own) is record


def test_an_address_has_its_scheme_whoever_connects() -> None:
    assert _url_of(http.client.HTTPSConnection("localhost"), "/x") == "https://localhost/x"
    assert _url_of(urllib3.connection.HTTPSConnection("localhost", 444), "/x") == "https://localhost:444/x"
    assert _url_of(urllib3.connection.HTTPConnection("localhost", 80), "/x") == "http://localhost/x"


def test_a_hook_that_a_mock_puts_back_after_the_block_hooks_nothing(api: PracticeAPI) -> None:
    class Late(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()

    mock = patch.object(http.client.HTTPConnection, "putrequest", autospec=True)
    before = dict(vars(Late))
    with measure("with a mock"):
        mock.start()
    mock.stop()  # our own hook stands there again
    connection = Late(api.host, api.port)
    connection.request("GET", "/countries/FR")
    connection.getresponse().read()
    connection.close()
    assert dict(vars(Late)) == before
    with measure("the next"):
        pass
    assert http.client.HTTPConnection.putrequest.__module__ == "http.client"


def test_nothing_is_asked_of_a_connection_that_looks_idle(api: PracticeAPI) -> None:
    """To ask for ports gives up the GIL: another thread would get it, which looks for idle connections to close."""
    with httpx.Client() as client:
        client.get(api.url("/countries/FR"))
        connections, asked = client._transport._pool.connections, list[bool]()  # type: ignore[attr-defined]
        plain = SyncStream.get_extra_info

        def get_extra_info(stream: SyncStream, info: str) -> Any:
            if info.endswith("_addr"):
                asked.extend(connection.is_idle() for connection in connections)
            return plain(stream, info)

        with patch.object(SyncStream, "get_extra_info", get_extra_info), measure("again") as run:
            client.get(api.url("/countries/JP"))
    assert asked and not any(asked)
    assert run.faults == () and list(run.requests["connection"]) == ["reused"]


def test_a_socket_that_another_thread_has_closed_has_no_ports() -> None:
    left, right = socket.socketpair()
    left.close()
    right.close()
    assert httpcore_hooks._ports_of(SyncStream(left)) == _ports_of(Mock(sock=left)) == (0, 0)
