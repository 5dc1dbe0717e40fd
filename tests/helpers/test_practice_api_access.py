"""Who may see and change what all clients of the practice API share: programs, and the server's own pages."""

import pytest
import requests
from aiohttp.test_utils import make_mocked_request

from helpers.servers.practice_api import PracticeAPI
from helpers.servers.practice_api.allowed_origins import own_host

pytestmark = pytest.mark.evidence

ROOM = 30.0  # seconds after which a wait is a hang

SHARED = [("GET", "/stats"), ("GET", "/stats?log=true"), ("POST", "/reset"), ("POST", "/pause?seconds=0")]
CHANGING = ["/reset", "/pause"]


def traffic(api: PracticeAPI) -> None:
    assert requests.get(api.url("/countries/FR"), timeout=ROOM).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", CHANGING)
def test_what_changes_something_is_asked_by_post_only(api: PracticeAPI, method: str, path: str) -> None:
    traffic(api)
    answer = requests.request(method, api.url(path), timeout=ROOM)
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    if method != "HEAD":
        assert answer.json()["allowed"] == ["POST"]
    assert api.stats()["total"]["requests"] == 1  # nothing was reset, and the refusal was not counted
    traffic(api)  # nor is there a pause, or this would time out


@pytest.mark.parametrize(("method", "path"), SHARED)
@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}"],
)
def test_pages_of_others_stay_out(api: PracticeAPI, method: str, path: str, origin: str) -> None:
    traffic(api)
    headers = {"Origin": origin.format(port=api.port)}
    answer = requests.request(method, api.base + path, headers=headers, timeout=ROOM)
    assert answer.status_code == 403
    assert answer.json()["given"] == headers["Origin"] and api.base in answer.json()["allowed"]
    assert api.stats()["total"]["requests"] == 1


@pytest.mark.parametrize(("method", "path"), SHARED)
@pytest.mark.parametrize("origin", [None, "http://{host}"], ids=["no origin", "its own"])
@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "evil.example", "127.0.0.1:1", "127.0.0.1.evil.example:{port}"]
)
def test_a_name_that_leads_here_does_not_help_them(
    api: PracticeAPI, method: str, path: str, origin: str | None, host: str
) -> None:
    traffic(api)
    headers = {"Host": host.format(port=api.port)}  # what a browser sends after DNS rebinding
    if origin is not None:
        headers["Origin"] = origin.format(host=headers["Host"])
    answer = requests.request(method, api.base + path, headers=headers, timeout=ROOM)
    assert answer.status_code == 403 and answer.json()["given"] == headers["Host"]
    assert api.stats()["total"]["requests"] == 1


@pytest.mark.parametrize(("method", "path"), SHARED)
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("by_a_page", [False, True])
def test_programs_and_its_own_pages_come_in(
    api: PracticeAPI, method: str, path: str, name: str, by_a_page: bool
) -> None:
    headers = {"Host": f"{name}:{api.port}"}
    if by_a_page:
        headers["Origin"] = f"http://{headers['Host']}"
    assert requests.request(method, api.base + path, headers=headers, timeout=ROOM).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "localhost", "localhost:80"])
def test_on_the_port_of_http_the_host_has_none(host: str) -> None:
    request = make_mocked_request("GET", "/stats", {"Host": host})  # it says that it was reached at 127.0.0.1, port 80
    assert own_host(request) == host
