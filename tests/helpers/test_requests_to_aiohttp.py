"""Chapter 07's table of names, row by row, and what it says of timeouts: tried with requests, aiohttp and httpx."""

import asyncio
import importlib.util
import inspect
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import httpcore
import httpx
import pytest
import requests
from aiohttp import web

from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "07_aiohttp_client.ipynb"
ROOM = 30.0  # seconds after which a wait is a hang
SHORT = 0.2  # seconds of patience with what never comes
ELSEWHERE = "http://nowhere.invalid/told"  # has no address: whoever gets there got there through the proxy

# For 127.0.0.1 and nothing else; made by `openssl req -x509`, good for a hundred years.
CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkMOf5rsFT5zwK8cF
IBzYYQdxSwjCMv1+ePcUYRHSdwqhRANCAAQM5nfpqhTcELl3ouiT28lfD4YMGGU4
pCKVrTlQY6ivBvYYYYNOCprL8PG58wd/0QOtEYyBqHxkUpwjrZnP5Qw7
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUM+J9JB9CWmFYteYYMIDuK1IBoK8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIxMjYwMFoYDzIxMjYxMTA1
MjEyNjAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQM5nfpqhTcELl3ouiT28lfD4YMGGU4pCKVrTlQY6ivBvYYYYNOCprL
8PG58wd/0QOtEYyBqHxkUpwjrZnP5Qw7o28wbTAdBgNVHQ4EFgQU0LtkGmAOGq00
zZbnycJTX/niwxgwHwYDVR0jBBgwFoAU0LtkGmAOGq00zZbnycJTX/niwxgwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhALRegciEjSzwg/qP/JEKCUIzGRSrWFTuxapoVI2oHsJcAiEA
sIGcK9LhBXeYrTcNy3Q0JhB2EYoqFjrtfSk02Lnon2M=
-----END CERTIFICATE-----
"""

Try = Callable[["Server"], Coroutine[Any, Any, None]]
TRIED: dict[str, Try] = {}
"""The rows of the table by their first cell, and what tries them."""


def row(first: str) -> Callable[[Try], Try]:
    """Enter a function as the trial of this row."""

    def enter(trial: Try) -> Try:
        TRIED[first] = trial
        return trial

    return enter


class Server:
    """Tells what it was asked. It is a proxy as well: what it gets with a whole address it answers itself."""

    def __init__(self, certificate: Path) -> None:
        self.certificate = certificate
        self.protocols = set[str | None]()  # that clients who speak TLS have agreed to
        self._loop = asyncio.new_event_loop()
        self.http, self.https = self._loop.run_until_complete(self._start())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _start(self) -> tuple[str, str]:
        app = web.Application()
        app.router.add_get("/redirect", self._redirect)
        app.router.add_get("/silent", self._silent)
        app.router.add_get("/refused", self._refused)
        app.router.add_get("/text", self._text)
        app.router.add_get("/begun", self._begun)
        app.router.add_route("*", "/{any:.*}", self._told)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        for secured in (None, context):
            await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=secured).start()
        plain, secure = [address[1] for address in self._runner.addresses]
        return f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}"

    async def _told(self, request: web.Request) -> web.Response:
        if request.secure and request.transport is not None:
            self.protocols.add(request.transport.get_extra_info("ssl_object").selected_alpn_protocol())
        files = {}
        if request.content_type == "multipart/form-data":
            files = {name: part.file.read().decode() for name, part in (await request.post()).items()}  # type: ignore[union-attr]
        told = {"asked": request.raw_path, "query": request.query_string, "files": files}
        return web.json_response(told | {"authorization": request.headers.get("Authorization", "")})

    async def _redirect(self, request: web.Request) -> web.Response:
        raise web.HTTPFound("/told")

    async def _refused(self, request: web.Request) -> web.Response:
        return web.Response(status=404)

    async def _silent(self, request: web.Request) -> web.Response:
        await asyncio.sleep(ROOM)
        return web.Response()

    async def _text(self, request: web.Request) -> web.Response:
        return web.Response(text='{"ok": true}', content_type="text/plain")

    async def _begun(self, request: web.Request) -> web.StreamResponse:
        """A body that begins; then its connection breaks, or nothing more comes."""
        response = web.StreamResponse()
        if "length" in request.query:
            response.content_length = 100
        await response.prepare(request)
        await response.write(b"some")
        if "silent" in request.query:
            await asyncio.sleep(ROOM)
        assert request.transport is not None
        request.transport.close()
        return response

    def close(self) -> None:
        """End it."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(ROOM)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ROOM)
        self._loop.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that all trials ask."""
    certificate = tmp_path_factory.mktemp("certificate") / "both.pem"
    certificate.write_text(CERTIFICATE, encoding="ascii")
    server = Server(certificate)
    yield server
    server.close()


def table() -> list[list[str]]:
    """The rows of the notebook's table, a list of cells each."""
    cells = ["".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]]
    (page,) = [text for text in cells if "## Not every name is the same" in text]
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_each_row_is_tried_and_no_other() -> None:
    assert sorted(TRIED) == sorted(cells[0] for cells in table())


@pytest.mark.parametrize("cells", table(), ids=lambda cells: cells[0])
def test_a_row_is_true(server: Server, cells: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    trial = TRIED[cells[0]]
    words = {word for code in re.findall("`(.+?)`", " ".join(cells)) for word in re.findall(r"\w+", code)}
    assert words <= set(re.findall(r"\w+", inspect.getsource(trial))), "what the row names, its trial has to use"
    asyncio.run(trial(server))


@row("one session for many requests")
async def _session(server: Server) -> None:
    with requests.Session() as session:
        assert session.get(server.http, timeout=ROOM).ok
    async with aiohttp.ClientSession() as one, one.get(server.http) as answer:
        assert answer.ok
    async with httpx.AsyncClient() as client:
        assert (await client.get(server.http)).is_success


@row("the status")
async def _status(server: Server) -> None:
    response = requests.get(server.http, timeout=ROOM)
    assert response.status_code == httpx.get(server.http).status_code == 200
    async with aiohttp.ClientSession() as session, session.get(server.http) as answer:
        assert answer.status == 200 and not hasattr(answer, "status_code")


@row("the body")
async def _body(server: Server) -> None:
    one, other = requests.get(server.http, timeout=ROOM), httpx.get(server.http)
    assert one.text == other.text and one.content == other.content and one.json() == other.json()
    async with aiohttp.ClientSession() as session, session.get(server.http) as answer:
        assert await answer.text() == one.text and await answer.read() == one.content
        assert await answer.json() == one.json()


@row("JSON that is sent as `text/plain`")
async def _text_plain(server: Server) -> None:
    url = f"{server.http}/text"
    assert requests.get(url, timeout=ROOM).json() == httpx.get(url).json() == {"ok": True}
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.content_type == "text/plain"
        with pytest.raises(aiohttp.ContentTypeError):
            await answer.json()
        assert await answer.json(content_type=None) == {"ok": True}


@row('`params={"page": None}`')
async def _none(server: Server) -> None:
    assert requests.get(server.http, params={"page": None}, timeout=ROOM).json()["query"] == ""
    assert httpx.get(server.http, params={"page": None}).json()["query"] == "page="
    async with aiohttp.ClientSession() as session:
        with pytest.raises(TypeError):
            await session.get(server.http, params={"page": None})  # type: ignore[dict-item]


@row('`params={"all": True}`')
async def _true(server: Server) -> None:
    assert requests.get(server.http, params={"all": True}, timeout=ROOM).json()["query"] == "all=True"
    assert httpx.get(server.http, params={"all": True}).json()["query"] == "all=true"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(TypeError):
            await session.get(server.http, params={"all": True})


@row("`timeout=(3, 5)`")
async def _two_timeouts(server: Server) -> None:
    assert requests.get(server.http, timeout=(3, 5)).ok
    async with httpx.AsyncClient(timeout=httpx.Timeout(5, connect=3, pool=None)) as client:
        assert (client.timeout.connect, client.timeout.read, client.timeout.pool) == (3, 5, None)
    timeout = aiohttp.ClientTimeout(total=60, sock_connect=3, sock_read=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        assert (await session.get(server.http)).ok
        with pytest.raises(TypeError):
            await session.get(server.http, timeout=(3, 5))  # type: ignore[arg-type]


@row("no timeout given")
async def _defaults(server: Server) -> None:
    assert inspect.signature(requests.Session.request).parameters["timeout"].default is None
    async with aiohttp.ClientSession() as session:
        clocks = session.timeout
    assert (clocks.total, clocks.connect, clocks.sock_connect, clocks.sock_read) == (5 * 60, None, 30, None)
    async with httpx.AsyncClient() as client:
        assert client.timeout == httpx.Timeout(5)


@row("connections at once")
async def _pools(server: Server) -> None:
    adapter: Any = requests.Session().get_adapter(server.http)
    pool = adapter.get_connection_with_tls_context(requests.Request("GET", server.http).prepare(), verify=True)
    assert pool.pool is not None and pool.pool.maxsize == 10 and not pool.block  # so further ones are opened, not kept
    async with aiohttp.TCPConnector(limit=100) as stated, aiohttp.TCPConnector() as connector:
        assert (connector.limit, connector.limit_per_host) == (stated.limit, 0)
    default = httpx.Limits(max_connections=100, max_keepalive_connections=20)
    assert inspect.signature(httpx.AsyncClient).parameters["limits"].default == default
    assert [name for name in inspect.signature(httpx.Limits).parameters if "host" in name] == []


@row("a bad status is an error")
async def _bad_statuses(server: Server) -> None:
    url = f"{server.http}/refused"
    response: Any = requests.get(url, timeout=ROOM)
    with pytest.raises(requests.HTTPError):
        response.raise_for_status()
    response = httpx.get(url)
    with pytest.raises(httpx.HTTPStatusError):
        response.raise_for_status()
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        with pytest.raises(aiohttp.ClientResponseError):
            response.raise_for_status()
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        with pytest.raises(aiohttp.ClientResponseError):
            await session.get(url)


@row("whose certificates are trusted")
async def _trusted(server: Server) -> None:
    """What the system trusts is another list here: the one certificate of this server, by OpenSSL's own variable."""
    import certifi

    assert certifi.where() == requests.utils.DEFAULT_CA_BUNDLE_PATH
    told = ask_with_system_store(server, "aiohttp.TCPConnector()")
    assert told == ask_with_system_store(server, "aiohttp.TCPConnector(ssl=ssl.create_default_context())") == "200"
    with pytest.MonkeyPatch.context() as environment:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            environment.delenv(name, raising=False)
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.https)
        environment.setenv("SSL_CERT_FILE", str(server.certificate))
        assert httpx.get(server.https).is_success
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.https, timeout=ROOM)
        environment.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))
        assert requests.get(server.https, timeout=ROOM).ok


def ask_with_system_store(server: Server, connector: str) -> str:
    """What aiohttp is answered by the https server in a process whose system trusts its certificate."""
    asks = f"""
import aiohttp, asyncio, ssl
async def main():
    async with aiohttp.ClientSession(connector={connector}) as session, session.get({server.https!r}) as answer:
        print(answer.status)
asyncio.run(main())
"""
    environment = {**os.environ, "SSL_CERT_FILE": str(server.certificate)}
    done = subprocess.run(
        [sys.executable, "-c", asks], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


@row("those of a file instead")
async def _also_trusted(server: Server) -> None:
    path = str(server.certificate)
    trusted = ssl.create_default_context(cafile=path)
    assert requests.get(server.https, verify=path, timeout=ROOM).ok
    async with aiohttp.ClientSession() as session:
        assert (await session.get(server.https, ssl=trusted)).ok
    async with httpx.AsyncClient(verify=trusted) as client:
        assert (await client.get(server.https)).is_success


@row("the address of a name (DNS)")
async def _names(server: Server) -> None:
    """`aiodns` looks it up without Python's own function; where that is installed, there is nothing to count."""
    url = server.http.replace("127.0.0.1", "localhost")
    where: list[str] = []
    look_up = socket.getaddrinfo

    def noted(*args: Any, **kwargs: Any) -> Any:
        where.append("here" if threading.current_thread() is threading.main_thread() else "in a thread")
        return look_up(*args, **kwargs)

    with pytest.MonkeyPatch.context() as system:
        system.setattr(socket, "getaddrinfo", noted)
        for _ in range(3):
            assert requests.get(url, timeout=ROOM).ok
        assert where == ["here"] * 3
        where.clear()
        for _ in range(3):
            async with httpx.AsyncClient() as client:
                assert (await client.get(url)).is_success
        assert where == ["in a thread"] * 3
        where.clear()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
            for _ in range(3):
                assert (await session.get(url)).ok
    has_aiodns = importlib.util.find_spec("aiodns") is not None
    assert where == ([] if has_aiodns else ["in a thread"])
    by_default = inspect.signature(aiohttp.TCPConnector).parameters["ttl_dns_cache"].default
    aiohttp.TCPConnector(ttl_dns_cache=10)
    assert by_default == 10


@row("HTTP/2")
async def _http2(server: Server) -> None:
    """The server offers it. Nobody takes it; `httpx` refuses to try without what `httpx[http2]` installs."""
    server.protocols.clear()
    trusted = ssl.create_default_context(cafile=str(server.certificate))
    assert requests.get(server.https, verify=str(server.certificate), timeout=ROOM).ok
    async with aiohttp.ClientSession() as session:
        assert (await session.get(server.https, ssl=trusted)).ok
    assert "h2" not in server.protocols and server.protocols
    if importlib.util.find_spec("h2") is None:
        with pytest.raises(ImportError, match=re.escape("httpx[http2]")):
            httpx.AsyncClient(http2=True)
    else:
        httpx.AsyncClient(http2=True, verify=trusted)
    # What opens the connections of `httpx` needs `h2` only once the two sides have agreed on HTTP/2: over `http://`
    # they do not, and over `https://` they do, which this server, having no HTTP/2 to speak, cannot keep up.
    async with httpcore.AsyncConnectionPool(http2=True, ssl_context=trusted) as pool:
        assert (await pool.request("GET", server.http)).extensions["http_version"] == b"HTTP/1.1"
        with pytest.raises((ImportError, httpcore.RemoteProtocolError)):
            await pool.request("GET", server.https)


@row("what a timeout raises, before the body")
async def _timeout_errors(server: Server) -> None:
    url = f"{server.http}/silent"
    with pytest.raises(requests.Timeout):
        requests.get(url, timeout=SHORT)
    with pytest.raises(httpx.TimeoutException):
        httpx.get(url, timeout=SHORT)
    for limit in ({"total": SHORT}, {"sock_read": SHORT}):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(**limit)) as session:
            with pytest.raises(TimeoutError):
                await session.get(url)


@row("what a body that falls silent raises")
async def _silent_bodies(server: Server) -> None:
    url = f"{server.http}/begun?silent"
    with pytest.raises(requests.ConnectionError) as raised:
        requests.get(url, timeout=SHORT)
    assert not isinstance(raised.value, requests.Timeout)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=SHORT)
    for limit in ({"total": SHORT}, {"sock_read": SHORT}):
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(**limit)) as session, session.get(url) as answer:
            with pytest.raises(TimeoutError):
                await answer.read()


@row("what a body that breaks off raises")
async def _broken_bodies(server: Server) -> None:
    for url in (f"{server.http}/begun", f"{server.http}/begun?length"):
        with pytest.raises(requests.exceptions.ChunkedEncodingError) as raised:
            requests.get(url, timeout=ROOM)
        assert not isinstance(raised.value, requests.ConnectionError)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            with pytest.raises(aiohttp.ClientPayloadError) as broken:
                await answer.read()
            assert not isinstance(broken.value, aiohttp.ClientConnectionError)


@row("what a broken connection raises, before the body")
async def _connection_errors(server: Server) -> None:
    with socket.socket() as nobody:  # bound, and does not listen
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=ROOM)
        with pytest.raises(httpx.TransportError):
            httpx.get(url, timeout=ROOM)
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.get(url)


@row("any certificate will do")
async def _certificates(server: Server) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(server.https, timeout=ROOM)
    with pytest.warns(Warning, match="Unverified HTTPS"):
        assert requests.get(server.https, verify=False, timeout=ROOM).ok
    async with httpx.AsyncClient(verify=False) as client:
        assert (await client.get(server.https)).is_success
        with pytest.raises(TypeError):
            await client.get(server.https, verify=False)  # type: ignore[call-arg]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientSSLError):
            await session.get(server.https)
        assert (await session.get(server.https, ssl=False)).ok


@row("a file in a form")
async def _files(server: Server) -> None:
    with BytesIO(b"light") as file:
        assert requests.post(server.http, files={"photo": file}, timeout=ROOM).json()["files"] == {"photo": "light"}
    with BytesIO(b"light") as file:
        assert httpx.post(server.http, files={"photo": file}).json()["files"] == {"photo": "light"}
    with BytesIO(b"light") as file:
        async with aiohttp.ClientSession() as session, session.post(server.http, data={"photo": file}) as answer:
            assert (await answer.json())["files"] == {"photo": "light"}


@row("the body in pieces")
async def _pieces(server: Server) -> None:
    n = 16
    whole = b"".join(requests.get(server.http, stream=True, timeout=ROOM).iter_content(n))
    async with aiohttp.ClientSession() as session, session.get(server.http) as response:
        assert b"".join([piece async for piece in response.content.iter_chunked(n)]) == whole
    async with httpx.AsyncClient() as client, client.stream("GET", server.http) as answer:
        assert b"".join([piece async for piece in answer.aiter_bytes(n)]) == whole


@row("through a proxy")
async def _proxy(server: Server) -> None:
    address = server.http
    proxies = {"http": address, "https": address}
    assert requests.get(ELSEWHERE, proxies=proxies, timeout=ROOM).json()["asked"] == ELSEWHERE
    assert requests.utils.select_proxy("https://nowhere.invalid/told", proxies) == address
    assert requests.utils.select_proxy("https://nowhere.invalid/told", {"http": address}) is None
    async with httpx.AsyncClient(proxy=address) as client:
        assert (await client.get(ELSEWHERE)).json()["asked"] == ELSEWHERE
        with pytest.raises(TypeError):
            await client.get(ELSEWHERE, proxy=address)  # type: ignore[call-arg]
    async with aiohttp.ClientSession() as session, session.get(ELSEWHERE, proxy=address) as answer:
        assert (await answer.json())["asked"] == ELSEWHERE


@row("the proxy in `HTTP_PROXY`")
async def _environment(server: Server) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HTTP_PROXY", server.http)
        environment.setenv("http_proxy", server.http)
        assert requests.get(ELSEWHERE, timeout=ROOM).ok
        async with httpx.AsyncClient() as client:
            assert (await client.get(ELSEWHERE)).is_success
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(ELSEWHERE)
        async with aiohttp.ClientSession(trust_env=True) as session:
            assert (await session.get(ELSEWHERE)).ok


@row("a user and a password")
async def _basic_auth(server: Server) -> None:
    user, password = "reader", "open sesame"
    told = requests.get(server.http, auth=(user, password), timeout=ROOM).json()["authorization"]
    assert told.startswith("Basic ")
    assert httpx.get(server.http, auth=(user, password)).json()["authorization"] == told
    headers = {"Authorization": aiohttp.encode_basic_auth(user, password)}
    async with aiohttp.ClientSession() as session:
        async with session.get(server.http, headers=headers) as answer:
            assert (await answer.json())["authorization"] == told
        with pytest.warns(DeprecationWarning), pytest.raises(TypeError):
            await session.get(server.http, auth=(user, password))  # type: ignore[arg-type]


@row("a redirect")
async def _redirects(server: Server) -> None:
    url = f"{server.http}/redirect"
    assert requests.get(url, timeout=ROOM).status_code == 200
    assert httpx.get(url).status_code == 302
    assert httpx.get(url, follow_redirects=True).status_code == 200
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.status == 200 and answer.url.path == "/told"


# --- what the page says beside the table ------------------------------------------------------------


@pytest.mark.parametrize("name", ["verify", "files", "stream", "proxies"])
def test_a_name_that_aiohttp_does_not_have_raises_a_type_error(server: Server, name: str) -> None:
    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
                await session.get(server.http, **{name: None})  # type: ignore[arg-type]

    asyncio.run(main())


def test_a_limit_for_silences_alone_does_not_end_what_comes_in_drops(api: PracticeAPI) -> None:
    """And `total` does. The body takes 1.5 s in sixty drops, none of which is long in coming."""
    url = api.url("/drip", bytes=60, duration=1.5, chunks=60)

    async def fetch(limits: aiohttp.ClientTimeout) -> int:
        async with aiohttp.ClientSession(timeout=limits) as session, session.get(url) as response:
            return len(await response.read())

    assert asyncio.run(fetch(aiohttp.ClientTimeout(sock_read=1.0))) == 60
    with pytest.raises(TimeoutError):
        asyncio.run(fetch(aiohttp.ClientTimeout(total=1.0, sock_read=1.0)))


@pytest.mark.parametrize("permits", [2, 12])
def test_with_a_permit_taken_before_the_clock_of_total_does_not_count_the_queue(api: PracticeAPI, permits: int) -> None:
    """Twelve requests of 0.3 s over two connections take 1.8 s, each of them 0.3 s."""
    urls = [api.url("/countries/FR", delay=0.3, n=n) for n in range(12)]

    async def main() -> list[str]:
        gate = asyncio.Semaphore(permits)

        async def fetch(url: str) -> str:
            async with gate, session.get(url) as response:
                return str((await response.json())["code"])

        pool, limits = aiohttp.TCPConnector(limit=2), aiohttp.ClientTimeout(total=1.2)
        async with aiohttp.ClientSession(connector=pool, timeout=limits) as session:
            answers = await asyncio.gather(*map(fetch, urls), return_exceptions=True)
        return [answer if isinstance(answer, str) else type(answer).__name__ for answer in answers]

    answers = asyncio.run(main())
    if permits == 2:
        assert answers == ["FR"] * 12
    else:
        assert "TimeoutError" in answers


def test_sock_read_does_not_run_in_the_queue_and_ends_a_silence(api: PracticeAPI) -> None:
    urls = [api.url("/countries/FR", delay=0.3, n=n) for n in range(8)]

    async def main(urls: list[str]) -> int:
        pool, limits = aiohttp.TCPConnector(limit=1), aiohttp.ClientTimeout(total=60, sock_connect=5, sock_read=1.0)
        async with aiohttp.ClientSession(connector=pool, timeout=limits) as session:

            async def fetch(url: str) -> None:
                async with session.get(url) as response:
                    await response.read()

            await asyncio.gather(*map(fetch, urls))
        return len(urls)

    assert asyncio.run(main(urls)) == 8
    with pytest.raises(TimeoutError):
        asyncio.run(main([api.url("/stall", seconds=ROOM)]))
