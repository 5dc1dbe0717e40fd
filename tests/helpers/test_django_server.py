"""The Django project: its servers do what the chapter says of them, and leave nothing behind."""

import asyncio
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from canary import timing
from granian.errors import FatalError
from test_process import is_open, wait_until

from helpers.servers.django_project import (
    WebServer,
    aiohttp_server,
    django_server,
    in_kernel,
    served_here,
    show_source,
)
from helpers.servers.practice_api import PracticeAPI

pytestmark = pytest.mark.evidence

ROOT = Path(__file__).parents[2]


def ask(url: str) -> dict[str, Any]:
    """The JSON of a page that must be good."""
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def peak(api: PracticeAPI, url: str, times: int = 1) -> int:
    """Ask for a page so many times at once; return how many requests the practice API then had in flight at most."""
    api.reset()
    with ThreadPoolExecutor(times) as threads:
        pages = list(threads.map(ask, [url] * times))
    assert len(pages) == times
    most: int = api.stats()["total"]["peak"]
    return most


# --- what the chapter says of them ------------------------------------------------------------------


def test_under_wsgi_so_many_requests_as_threads_are_worked_on(api: PracticeAPI) -> None:
    assert peak(api, django_server("wsgi", 2).url("/waiting/blocking"), 6) == 2


def test_under_asgi_an_async_view_that_blocks_is_alone(api: PracticeAPI) -> None:
    server = django_server("asgi")
    assert peak(api, server.url("/waiting/blocking-in-async"), 5) == 1
    assert peak(api, server.url("/waiting/awaited"), 5) > 1
    assert peak(api, server.url("/waiting/blocking"), 5) > 1


def test_aiohttp_serves_the_same_page(api: PracticeAPI) -> None:
    page = ask(aiohttp_server().url("/waiting/awaited"))
    assert page == ask(django_server("asgi").url("/waiting/awaited")) == ask(api.url("/countries/FR"))
    assert peak(api, aiohttp_server().url("/waiting/awaited"), 5) > 1


def test_a_page_that_computes(api: PracticeAPI) -> None:
    server = django_server("asgi")
    assert ask(server.url("/computing/plain")) == ask(server.url("/computing/in-the-loop"))


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_the_ways_to_fan_out(api: PracticeAPI, kind: Any) -> None:
    server = django_server(kind, **({"threads": 2} if kind == "wsgi" else {}))
    in_turn = ["one-by-one", "one-session", "blocking", "adapted"]
    together = ["threads", "bridged", "adapted-apart", "to-threads"]
    if kind == "asgi":  # under WSGI the shared session would belong to a loop that has ended
        in_turn, together = [*in_turn, "awaited-in-turn"], [*together, "gathered"]
    assert [peak(api, server.url(f"/fan-out/{way}")) for way in in_turn] == [1] * len(in_turn)
    assert all(1 < peak(api, server.url(f"/fan-out/{way}")) <= 10 for way in together)


def test_the_pages_from_the_database(api: PracticeAPI) -> None:
    asgi = django_server("asgi")
    names = ask(django_server("wsgi", 2).url("/orm/list"))["names"]
    assert names == ask(asgi.url("/orm/alist"))["names"] and len(names) == 20
    assert ask(asgi.url("/orm/count-by-bridge")) == {"countries": 244}
    assert ask(asgi.url("/orm/ten")) == ask(asgi.url("/orm/ten-apart"))


def test_an_error_of_a_view_is_told_and_logged() -> None:
    server = django_server("asgi")
    answer = requests.get(server.url("/orm/forgot"), timeout=30)
    assert answer.status_code == 500 and answer.json()["error"] == "SynchronousOnlyOperation"
    assert wait_until(lambda: "SynchronousOnlyOperation" in server.log_tail(3))


def test_a_shared_session_belongs_to_one_loop() -> None:
    server = django_server("wsgi", 2)
    statuses = [requests.get(server.url("/waiting/awaited"), timeout=30).status_code for _ in range(3)]
    assert statuses[1:] == [500, 500]
    assert requests.get(server.url("/waiting/awaited"), timeout=30).json()["message"] == "Event loop is closed"


def test_the_steps_of_the_conversion_show_the_same_page(api: PracticeAPI) -> None:
    server = django_server("asgi")
    pages = [requests.get(server.url(f"/region/{step}"), timeout=30) for step in range(6)]
    assert [page.status_code for page in pages] == [200, 500, 200, 200, 200, 200]
    assert len({page.text for page in pages if page.status_code == 200}) == 1
    assert len(pages[0].json()["pages"]) == 5
    assert peak(api, server.url("/region/4")) == 1
    assert peak(api, server.url("/region/5")) > 1


@timing(margin=0.15)
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@pytest.mark.parametrize("view", ["sync", "async"])
def test_a_stream_is_live_where_its_iterator_fits_the_server(kind: Any, view: str) -> None:
    server = django_server(kind, **({"threads": 2} if kind == "wsgi" else {}))

    def after_the_first() -> float:
        """Seconds from the first of five pieces to the last. They are made in half a second."""
        with requests.get(server.url(f"/stream/{view}"), stream=True, timeout=30) as answer:
            pieces = answer.iter_content(None)
            next(pieces)
            first = time.perf_counter()
            assert sum(map(len, pieces)) > 0
            return time.perf_counter() - first

    live = (kind, view) in {("wsgi", "sync"), ("asgi", "async")}
    # What is held back comes in one go: `after_the_first` is then far below.
    assert (after_the_first() > 0.25) is live


def test_a_background_task_ends_with_the_loop_of_its_view() -> None:
    asgi, eight = django_server("asgi"), django_server("wsgi")

    def begin(server: WebServer, mark: str) -> None:
        with ThreadPoolExecutor(5) as threads:
            urls = [server.url("/background/start", mark=mark)] * 5
            assert [answer.status_code for answer in threads.map(requests.get, urls)] == [202] * 5

    begin(eight, "of the rest, WSGI")
    begin(asgi, "of the rest, ASGI")  # the later one: when it is over, so would be the other
    assert wait_until(lambda: ask(asgi.url("/marks", mark="of the rest, ASGI")) == {"marks": 5})
    assert ask(asgi.url("/marks", mark="of the rest, WSGI")) == {"marks": 0}
    assert "/background" not in eight.log_tail(200)


@pytest.mark.parametrize("middleware", ["none", "sync", "default"])
@pytest.mark.parametrize("view", ["start", "start-in-thread", "start-apart"])
def test_behind_a_sync_middleware_a_background_task_has_no_thread_of_the_request_s(middleware: Any, view: str) -> None:
    server, mark = django_server("asgi", middleware=middleware), f"of {view}, {middleware}"
    with ThreadPoolExecutor(5) as threads:
        urls = [server.url(f"/background/{view}", mark=mark)] * 5
        assert [answer.status_code for answer in threads.map(requests.get, urls)] == [202] * 5
    if (middleware, view) == ("sync", "start"):
        error = "RuntimeError: CurrentThreadExecutor already quit or is broken\n"
        assert wait_until(lambda: server.log_tail(1000).count(error) >= 1)
        assert ask(server.url("/marks", mark=mark)) == {"marks": 0}
    else:
        assert wait_until(lambda: ask(server.url("/marks", mark=mark)) == {"marks": 5})


@pytest.mark.parametrize(("middleware", "own_answer_waits"), [("none", False), ("default", True)])
def test_a_background_task_that_blocks_delays_answers(middleware: Any, own_answer_waits: bool) -> None:
    server = django_server("asgi", middleware=middleware)
    ask(server.url("/ping"))
    took = []
    for url in (server.url("/background/start-blocking", mark="late"), server.url("/ping")):
        began = time.perf_counter()
        assert requests.get(url, timeout=30).ok
        took.append(time.perf_counter() - began)
    assert sum(took) > 0.18
    if own_answer_waits:
        assert took[0] > 0.18


@pytest.mark.parametrize(
    ("kind", "view"), [("wsgi", "plain"), ("wsgi", "awaited"), ("asgi", "plain"), ("asgi", "awaited")]
)
def test_only_an_async_view_under_asgi_is_cancelled_when_the_reader_leaves(
    api: PracticeAPI, kind: Any, view: str
) -> None:
    server, mark = django_server(kind), f"unread, {kind}, {view}"
    api.reset()
    with socket.create_connection(("127.0.0.1", server.port)) as reader:
        reader.sendall(f"GET {urlsplit(server.url(f'/leaving/{view}', mark=mark)).path}".encode())
        query = urlsplit(server.url("/", mark=mark)).query
        reader.sendall(f"?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert wait_until(lambda: api.stats()["total"]["in_flight"] == 1)
    total = api.stats()["total"]
    assert wait_until(lambda: api.stats()["total"]["in_flight"] == 0), total
    cancelled = (kind, view) == ("asgi", "awaited")
    assert api.stats()["total"]["cancelled"] == cancelled
    url = django_server("asgi").url("/marks", mark=mark)
    if cancelled:
        assert ask(url) == {"marks": 0}
    else:
        assert wait_until(lambda: ask(url) == {"marks": 1})


@pytest.mark.parametrize(
    ("way", "error", "left"),
    [
        ("one-by-one", "IntegrityError", 1),
        ("with", "SynchronousOnlyOperation", 0),
        ("async-with", "TypeError", 0),
        ("whole-block", "IntegrityError", 0),
    ],
)
@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_a_transaction_is_awaited_as_a_whole(kind: Any, way: str, error: str, left: int) -> None:
    server, mark = django_server(kind), f"of {way}, {kind}"
    answer = requests.get(server.url(f"/saving/{way}", mark=mark), timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (500, error)
    assert ask(server.url("/marks", mark=mark)) == {"marks": left}


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_atomic_requests_refuse_an_async_view_unless_the_function_in_urls_is_exempt(kind: Any) -> None:
    server = django_server(kind, connections="atomic")
    for view in ("page", "exempt-inside"):
        answer = requests.get(server.url(f"/atomic/{view}"), timeout=30)
        assert answer.json() == {
            "error": "RuntimeError",
            "message": "You cannot use ATOMIC_REQUESTS with async views.",
        }
    assert ask(server.url("/atomic/exempt")) == ask(server.url("/atomic/exempt-outside")) == {"a page": True}
    assert ask(server.url("/ping")) == {"pong": True}


def test_views_read_and_saved_get_lost_and_by_f_do_not() -> None:
    server = django_server("wsgi")
    grown = []
    for page in ("/counting/read-and-save", "/counting/by-f"):
        before = ask(server.url("/counting/views", page=page))["views"]
        with ThreadPoolExecutor(16) as threads:
            assert list(threads.map(ask, [server.url(page)] * 16)) == [{"counted": True}] * 16
        grown.append(ask(server.url("/counting/views", page=page))["views"] - before)
    assert 1 <= grown[0] < grown[1] == 16


def test_a_global_variable_counts_for_one_process() -> None:
    for server in (django_server("asgi"), django_server("wsgi")):
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, [server.url("/counting/in-memory", page="a page of both")] * 8))
        assert sorted(answer["views"] for answer in answers) == list(range(1, 9))


@pytest.mark.parametrize(("model", "refused"), [("Label", None), ("UniqueLabel", "IntegrityError")])
def test_a_name_is_created_once_where_it_is_unique(model: str, refused: str | None) -> None:
    server, query = django_server("wsgi", threads=4), {"model": model, "name": f"a name, {time.time()}"}
    pages = [server.url("/creating/get-or-create", **query)] * 8
    with ThreadPoolExecutor(8) as threads:
        answers = [answer.json() for answer in threads.map(requests.get, pages)]
    made = sum(answer.get("created", False) for answer in answers)
    assert made == ask(server.url("/creating/rows", **query))["rows"]
    assert made == 1 if model == "UniqueLabel" else made > 1
    assert {answer.get("error") for answer in answers} <= {None, "MultipleObjectsReturned"}
    assert requests.get(server.url("/creating/create", **query), timeout=30).json().get("error") == refused


def test_requests_at_once_overwrite_each_other_s_session() -> None:
    page = django_server("wsgi", middleware="default").url("/counting/in-session")
    reader = requests.Session()
    assert [reader.get(page, timeout=30).json()["views"] for _ in range(3)] == [1, 2, 3]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: requests.get(page, cookies=reader.cookies.get_dict(), timeout=30), range(8)))
    assert 3 < reader.get(page, timeout=30).json()["views"] - 1 < 11


@pytest.mark.parametrize(
    ("kind", "view", "local"), [("wsgi", "plain", "Ada"), ("asgi", "awaited", "Ada"), ("asgi", "plain", None)]
)
def test_whose_user_a_request_finds(kind: Any, view: str, local: str | None) -> None:
    server = django_server(kind, 1 if kind == "wsgi" else None, middleware="keeping")
    page = f"/keeping/{view}"
    first, then = ask(server.url(page, who="Ada")), ask(server.url(page))
    assert first.pop("threading.local") == local and set(first.values()) == {"Ada"}
    assert then == {
        "global of a module": "Ada",
        "class attribute": "Ada",
        "self of the middleware": "Ada",
        "threading.local": local,
        "ContextVar": "Ada" if kind == "wsgi" else None,
        "ContextVar, set by each": None,
        "attribute of request": None,
    }


@pytest.mark.parametrize("middleware", ["default", "user"])
def test_who_is_signed_in(middleware: Any) -> None:
    server = django_server("asgi", middleware=middleware)
    with requests.Session() as session:
        assert session.get(server.url("/user/sign-in"), timeout=30).ok
        views = ("plain", "awaited", "lazy", "from-context")
        plain, awaited, lazy, context = (session.get(server.url(f"/user/{view}"), timeout=30).json() for view in views)
    assert plain == awaited == {"user": "ada"}
    if middleware == "user":
        assert lazy == context == {"user": "ada"}
    else:
        assert lazy["error"] == "SynchronousOnlyOperation" and context == {"user": None}


@pytest.mark.parametrize(("kind", "view"), [("wsgi", "in-the-view"), ("asgi", "awaited"), ("wsgi", "in-a-thread")])
def test_an_e_mail_is_sent_whoever_waits_for_it(api: PracticeAPI, kind: Any, view: str) -> None:
    api.reset()
    assert ask(django_server(kind).url(f"/notifying/{view}")) == {"thanks": True}
    assert wait_until(lambda: api.stats()["total"]["completed"] == 1)


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
@pytest.mark.parametrize("view", ["sync", "async"])
def test_a_stream_ends_with_its_reader_where_its_iterator_fits_the_server(kind: Any, view: str) -> None:
    server, reader = django_server(kind), f"{kind}, {view}, {time.time()}"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        target = urlsplit(server.url(f"/feed/{view}", reader=reader))
        connection.sendall(f"GET {target.path}?{target.query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert wait_until(lambda: ask(server.url("/feed/so-far", reader=reader))["made"] >= 3)
    assert wait_until(lambda: ask(server.url("/feed/so-far", reader=reader))["finally"])
    fits = (kind, view) in {("wsgi", "sync"), ("asgi", "async")}
    assert (ask(server.url("/feed/so-far", reader=reader))["made"] < 60) is fits


@pytest.mark.parametrize("kind", ["wsgi", "asgi"])
def test_an_async_view_needs_a_decorator_that_awaits_it(kind: Any) -> None:
    server = django_server(kind)
    refused = {"passed-on": "returned an unawaited coroutine", "stamped": "'coroutine' object does not support item"}
    for view, message in refused.items():
        answer = requests.get(server.url(f"/decorated/{view}"), timeout=30)
        assert answer.status_code == 500 and message in answer.json()["message"]
    for view in ("stamped-async", "stamped-plain"):
        answer = requests.get(server.url(f"/decorated/{view}"), timeout=30)
        assert (answer.json(), answer.headers["X-Stamp"]) == ({"stamped": True}, "seen")


@pytest.mark.parametrize(("kind", "least", "most"), [("own", 20, 20), ("shared", 0, 1)])
def test_a_session_for_each_visit_is_a_connection_for_each(api: PracticeAPI, kind: str, least: int, most: int) -> None:
    server = django_server("asgi")
    ask(server.url("/session/shared"))
    api.reset()
    assert len([ask(server.url(f"/session/{kind}")) for _ in range(20)]) == 20
    assert least <= api.stats()["total"]["connections"] <= most


@pytest.mark.parametrize("start", ["complete", "failed"])
def test_an_application_served_in_this_process_is_told_of_start_and_stop(start: str) -> None:
    told: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            told.append((await receive())["type"])
            await send({"type": f"lifespan.startup.{start}"})
            told.append((await receive())["type"])
            await send({"type": "lifespan.shutdown.complete"})
        else:
            told.append(scope["path"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"a page"})

    async def visit() -> str:
        async with served_here(application) as url:
            return (await asyncio.to_thread(requests.get, f"{url}/page", timeout=10)).text

    if start == "complete":
        assert asyncio.run(visit()) == "a page"
        assert told == ["lifespan.startup", "/page", "lifespan.shutdown"]
    else:
        with pytest.raises(FatalError):
            asyncio.run(visit())
        assert told == ["lifespan.startup"]


@pytest.mark.parametrize("answered", [[], ["startup"]])
def test_an_application_that_answers_no_message_is_ended(answered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_kernel, "ANSWER_WITHIN", 0.5)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        for message in answered:
            await receive()
            await send({"type": f"lifespan.{message}.complete"})
        await asyncio.Event().wait()

    async def visit() -> None:
        with pytest.raises(TimeoutError):
            async with served_here(application):
                assert answered
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(visit())


def test_both_pages_from_threads_of_a_pool_are_the_same() -> None:
    server = django_server("asgi")
    assert ask(server.url("/outside/left-open")) == ask(server.url("/outside/closed"))


@pytest.mark.parametrize(("tests", "ends"), [("rollback_1", "OK"), ("rollback", "FAILED (failures=1)")])
def test_the_project_s_own_tests_of_what_is_rolled_back(tests: str, ends: str) -> None:
    said = own_tests(tests).splitlines()
    assert ends in said
    failed = [line.partition(" ")[2] for line in said if line.startswith("FAIL: ")]
    assert len(failed) == (tests == "rollback") and all("AnotherLoopRunsIt" in name for name in failed)


def own_tests(pattern: str) -> str:
    """What the project's own tests say, those whose names hold a pattern."""
    code = (
        "import subprocess, sys\nfrom helpers.servers.django_project import django_here\ndjango_here()\n"
        "command = [sys.executable, '-m', 'django', 'test', 'helpers.servers.django_project', '-k', sys.argv[1]]\n"
        "sys.exit(subprocess.run(command, stderr=subprocess.STDOUT).returncode)"
    )
    done = subprocess.run([sys.executable, "-c", code, pattern], capture_output=True, encoding="utf-8", cwd=ROOT)
    return done.stdout + done.stderr


@pytest.mark.parametrize(("step", "ends"), [("step_2", "FAILED (failures=1)"), ("step_5", "OK")])
def test_the_project_s_own_tests(api: PracticeAPI, step: str, ends: str) -> None:
    told = own_tests(step)
    said = told.splitlines()
    assert ends in said and any(line.startswith("Ran 1 test in ") for line in said), told
    assert ("AssertionError: the loop had no turn for longer than 0.4 s" in said) is (step == "step_2")
    assert "Unclosed" not in told


def test_runserver_has_a_thread_for_each_connection(api: PracticeAPI) -> None:
    server = django_server("runserver")
    assert peak(api, server.url("/waiting/blocking"), 6) > 1
    server.stop()


def test_processes_multiply_the_places(api: PracticeAPI) -> None:
    server = django_server("wsgi", 2, processes=2)
    assert "2 processes, 2 threads each" in server._repr_html_()
    if sys.platform == "linux":  # elsewhere the system may give all connections to one of them
        assert 2 < peak(api, server.url("/waiting/blocking"), 12) <= 4
    with ThreadPoolExecutor(12) as threads:
        pids = {page["pid"] for page in threads.map(ask, [server.url("/spent")] * 12)}
    assert len(pids) <= 2 and server.pid not in pids
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert len(family) >= 3
    server.stop()
    assert wait_until(lambda: not any(runs(process) for process in family))


@pytest.mark.not_on("win32", "darwin", reason="it is installed for the tests on Linux alone")
@pytest.mark.parametrize(("arguments", "places"), [([], 1), (["--threads", "3"], 3)])
def test_gunicorn_unless_told_otherwise_has_one_place(
    api: PracticeAPI, tmp_path: Path, arguments: list[str], places: int
) -> None:
    (tmp_path / "site_of_a_test.py").write_text(
        "from helpers.servers.django_project.database import set_up\n"
        "from helpers.servers.django_project.options import Conditions\n"
        f"set_up(Conditions({api.base!r}, {str(tmp_path / 'countries.sqlite')!r}))\n"
        "from django.core.handlers.wsgi import WSGIHandler\napplication = WSGIHandler()\n",
        encoding="utf-8",
    )
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "-b", "127.0.0.1:0", *arguments]
    with (
        log.open("w", encoding="utf-8") as told,
        subprocess.Popen([*command, "site_of_a_test"], cwd=tmp_path, stderr=told) as gunicorn,
    ):
        try:
            address = "Listening at: http://127.0.0.1:"
            assert wait_until(lambda: address in log.read_text(encoding="utf-8"))
            port = log.read_text(encoding="utf-8").partition(address)[2].partition(" ")[0]
            assert peak(api, f"http://127.0.0.1:{port}/waiting/blocking", 6) == places
        finally:
            gunicorn.terminate()


# --- their lives ------------------------------------------------------------------------------------


def test_the_same_arguments_are_the_same_server() -> None:
    first = django_server("wsgi", 2)
    assert django_server("wsgi", threads=2) is first and django_server("asgi") is not first
    address = first.base
    first.stop()
    first.stop()
    assert not first.alive and "starts another" in first._repr_html_() and "stopped" in repr(first)
    again = django_server("wsgi", 2)
    assert again is not first and again.alive and again.base != address
    assert f"{again.pid}" in again._repr_html_() and "2 threads" in again._repr_html_()


def test_a_stopped_server_leaves_no_process() -> None:
    server = django_server("wsgi", 2)
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    launchers = sys.platform == "win32"  # there the process that was started is one, and the server is its child
    assert len(family) > 1 + launchers, "there is no worker, so this test shows nothing"
    port = server.port
    server.stop()
    assert wait_until(lambda: not is_open(port) and not any(runs(process) for process in family))


def test_killed_with_its_kernel_it_leaves_no_process() -> None:
    code = (
        "import time\nfrom helpers.servers.django_project import aiohttp_server, django_server\n"
        "servers = [django_server('asgi'), aiohttp_server()]\nprint(*(s.port for s in servers), flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as kernel:
        assert kernel.stdout is not None
        ports = [int(word) for word in kernel.stdout.readline().split()]
        family = psutil.Process(kernel.pid).children(recursive=True)
        assert len(ports) == 2 and len(family) >= 4, "practice API, aiohttp, granian and its worker"
        kernel.kill()
    assert wait_until(lambda: not any(map(is_open, ports)) and not any(runs(process) for process in family))


def runs(process: psutil.Process) -> bool:
    """Whether a process has not ended; a zombie has."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def in_a_kernel(code: str) -> list[str]:
    """The lines that this code prints in a process where Django is set up."""
    head = "from helpers.servers.django_project import django_here\ndjango_here()\n"
    done = subprocess.run([sys.executable, "-c", head + code], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_city_belongs_to_its_country() -> None:
    said = in_a_kernel(
        "from helpers.servers.django_project.models import City, Country\n"
        "print(City.objects.get(name='Paris').country, *Country.objects.get(code='FR').cities.all())\n"
        "print(City.objects.count() == Country.objects.exclude(capital=None).count() > 200)"
    )
    assert said == ["France Paris", "True"]


def test_django_in_the_kernel_itself() -> None:
    code = (
        "from helpers.servers.django_project import django_here\ndjango_here()\ndjango_here()\n"
        "from helpers.servers.django_project.models import Country\n"
        "print(Country.objects.count(), Country.objects.get(code='FR'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT)
    assert done.stdout.split() == ["244", "France"], done.stderr


# --- what is shown and refused ----------------------------------------------------------------------


def test_the_source_that_is_shown_is_the_file_s() -> None:
    file = (ROOT / "helpers/servers/django_project/views/waiting.py").read_text(encoding="utf-8")
    shown = show_source("views/waiting.py", "awaited")
    assert repr(shown) in file and repr(shown).startswith("async def awaited(request):")
    assert "views/waiting.py" in shown._repr_html_()
    assert repr(show_source("middleware.py")).startswith("def sync_only(get_response):")
    with pytest.raises(ValueError, match=r"no file 'view\.py'; it has .*views/waiting\.py"):
        show_source("view.py")
    with pytest.raises(ValueError, match="does not define 'awated'; it defines blocking, awaited"):
        show_source("views/waiting.py", "awated")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"kind": "cgi"}, "kind is 'wsgi', 'asgi' or 'runserver', not 'cgi'"),
        ({"kind": "runserver", "threads": 4}, "a thread for each connection: neither can be chosen"),
        ({"kind": "runserver", "processes": 2}, "a thread for each connection: neither can be chosen"),
        ({"kind": "wsgi", "processes": 5}, "from 1 to 4, not 5"),
        ({"kind": "asgi", "threads": 4}, "threads is for WSGI"),
        ({"kind": "wsgi", "threads": 0}, "from 1 to 64, not 0"),
        ({"kind": "wsgi", "threads": "8"}, "from 1 to 64, not '8'"),
        (
            {"kind": "wsgi", "middleware": "all"},
            "middleware is 'none', .* or 'keeping', not 'all'",
        ),
        ({"kind": "asgi", "connections": "pooled"}, "needs PostgreSQL"),
        ({"kind": "asgi", "database": "data.sqlite"}, "begins with postgresql://, not 'data.sqlite'"),
    ],
)
def test_what_it_is_not_started_with(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        django_server(**arguments)


def test_addresses() -> None:
    server: WebServer = aiohttp_server()
    assert server.url("/a b", n=1, name="x y") == f"{server.base}/a%20b?n=1&name=x+y"
    with pytest.raises(ValueError, match="begin with a slash: '/ping'"):
        server.url("ping")
