"""The practice API over https: opened when it is asked for, with a certificate that is of no use after it."""

import asyncio
import os
import signal
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests

from helpers import measure
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang


@pytest.fixture
def own_api() -> Iterator[PracticeAPI]:
    """A practice API that nobody has asked for https yet."""
    api = PracticeAPI()
    yield api
    api.stop()


def context(api: PracticeAPI) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=api.https.cafile)


def gone_soon(path: Path) -> bool:
    until = time.monotonic() + ROOM
    while path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return not path.exists()


def test_it_is_there_once_it_is_asked_for(own_api: PracticeAPI) -> None:
    assert own_api.ports == (own_api.port,)
    assert own_api.https is own_api.https
    assert set(own_api.ports) == {own_api.port, own_api.https.port} and len(own_api.ports) == 2
    assert own_api.https.url("/countries/FR", n=1) == f"https://127.0.0.1:{own_api.https.port}/countries/FR?n=1"
    assert repr(own_api.https) == f"<practice API at {own_api.https.base}>"


def test_a_start_without_it_loads_nothing_of_it() -> None:
    loaded = "import helpers.servers.practice_api.app, sys; print({'trustme', 'cryptography'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", loaded], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip() == "set()"


def test_all_who_ask_at_once_get_the_same(own_api: PracticeAPI) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: requests.post(own_api.url("/https"), timeout=ROOM).json(), range(8)))
    assert told == [{"port": own_api.https.port, "cafile": own_api.https.cafile}] * 8


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_each_client_that_trusts_the_file_is_answered(api: PracticeAPI, host: str) -> None:
    url, trusting = api.https.url("/countries/FR").replace("127.0.0.1", host), context(api)

    async def ask() -> str:
        async with aiohttp.ClientSession() as session, session.get(url, ssl=trusting) as response:
            return str((await response.json())["code"])

    assert asyncio.run(ask()) == "FR"
    assert requests.get(url, verify=api.https.cafile, timeout=ROOM).json()["code"] == "FR"
    assert httpx.get(url, verify=trusting).json()["code"] == "FR"


def test_a_client_that_does_not_is_not_and_the_server_counts_nothing(api: PracticeAPI) -> None:
    url = api.https.url("/countries/FR")

    async def ask() -> None:
        async with aiohttp.ClientSession() as session:
            await session.get(url)

    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        asyncio.run(ask())
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(url, timeout=ROOM)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert api.stats()["total"]["requests"] == api.stats()["total"]["connections"] == 0
    assert "Traceback" not in api.log_tail()


def test_it_vouches_for_no_other_server(api: PracticeAPI, own_api: PracticeAPI) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(own_api.https.url("/countries/FR"), verify=api.https.cafile, timeout=ROOM)


def test_both_sides_are_one_server(api: PracticeAPI) -> None:
    """One log, one set of counters, one count of a pool's connections; and a measured block takes each for its own."""
    with measure("both sides") as run:
        for side in (api, api.https):
            with requests.Session() as session:
                for n in range(3):
                    session.get(side.url("/countries/FR", n=n), verify=api.https.cafile, timeout=ROOM)
    assert run.server is not None
    assert (run.server.requests, run.server.connections, run.server.log) == (6, 2, [])
    assert list(run.requests["connection"]) == ["new", "reused", "reused"] * 2


def test_what_another_program_asks_there_is_told(api: PracticeAPI) -> None:
    asks = f"import requests; requests.get({api.https.url('/countries/IT')!r}, verify={api.https.cafile!r}, timeout=9)"
    with measure("of another") as run:
        subprocess.run([sys.executable, "-c", asks], check=True)
    assert list(run.requests["path"]) == ["/countries/IT"] and list(run.requests["library"]) == ["server"]


@pytest.mark.parametrize("origin, status", [("https://127.0.0.1", 200), ("http://127.0.0.1", 403), ("null", 403)])
def test_its_pages_are_those_of_its_own_scheme(api: PracticeAPI, origin: str, status: int) -> None:
    headers = {"Origin": f"{origin}:{api.https.port}" if "//" in origin else origin}
    answer = requests.get(api.https.url("/stats"), headers=headers, verify=api.https.cafile, timeout=ROOM)
    assert answer.status_code == status


def test_its_live_view_may_ask_for_a_secure_websocket(api: PracticeAPI) -> None:
    answer = requests.get(api.https.url("/"), verify=api.https.cafile, timeout=ROOM)
    assert f"connect-src wss://127.0.0.1:{api.https.port};" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_page_of_somebody_elses_cannot_open_it(own_api: PracticeAPI, headers: dict[str, str]) -> None:
    assert requests.post(own_api.url("/https"), headers=headers, timeout=ROOM).status_code == 403
    assert requests.get(own_api.url("/https"), timeout=ROOM).status_code == 405


# --- what is left of it -----------------------------------------------------------------------------


def test_the_file_holds_a_certificate_and_no_key_and_nothing_else_is_there(own_api: PracticeAPI) -> None:
    file = Path(own_api.https.cafile)
    assert (
        file.read_text(encoding="ascii").count("-----BEGIN")
        == 1
        == file.read_text(encoding="ascii").count("BEGIN CERTIFICATE")
    )
    assert [other.name for other in file.parent.glob("*.pem")] == [file.name]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_goes_with_the_server(own_api: PracticeAPI) -> None:
    file = Path(own_api.https.cafile)
    own_api.stop()
    assert gone_soon(file.parent)


@pytest.mark.not_on("win32", reason="Windows has no SIGKILL")
def test_it_goes_with_the_kernel_also_when_that_is_killed() -> None:
    says = "from helpers import practice_api; print(practice_api().https.cafile, flush=True); input()"
    kernel = subprocess.Popen(
        [sys.executable, "-c", says], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert kernel.stdout is not None
    file = Path(kernel.stdout.readline().strip())
    assert file.exists()
    os.kill(kernel.pid, signal.SIGKILL)
    kernel.communicate()
    assert gone_soon(file.parent)
