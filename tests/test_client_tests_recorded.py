"""The command that runs the clients' own tests with the recorders on. Nothing is fetched here."""

import asyncio
import inspect
import io
import json
import sys
import tarfile
from pathlib import Path

import client_tests_plugin as plugin
import client_tests_recorded as command
import pytest
from client_tests_recorded import Outcome

ONE = {"requests": 2, "steps": 5, "faults": []}


def outcome(*lines: dict[str, object]) -> Outcome:
    """What is read out of these lines."""
    return command.outcome_in([json.dumps(line) for line in lines])


def test_the_lines_of_the_tests_are_put_together() -> None:
    found = outcome(
        {"test": "a.py::one", "failed": "", **ONE},
        {"test": "a.py::two", "failed": "boom (a.py:3)", **ONE, "faults": ["Left out: requests."]},
        {"exit": 1},
    )
    assert (found.run, found.requests, found.steps) == (2, 4, 10)
    assert found.failed == {"a.py::two": "boom (a.py:3)"}
    assert found.faults == ["a.py::two: Left out: requests."]
    assert found.broken_off == ""


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "before the first test"),
        ([{"test": "a.py::one", "failed": "", **ONE}], "after a.py::one"),
        ([{"test": "a.py::one", "failed": "", **ONE}, {"exit": 3}], "after a.py::one"),  # an error of pytest's own
    ],
)
def test_tests_that_broke_off_have_not_passed(lines: list[dict[str, object]], told: str) -> None:
    assert told in outcome(*lines).broken_off


def test_what_fails_without_is_not_new() -> None:
    without = Outcome(failed={"old": "boom", "mended": "boom"})
    recorded = Outcome(failed={"old": "other boom", "new": "boom"})
    assert command.newly_failing(without, recorded) == {"new": "boom"}


@pytest.mark.parametrize(
    ("member", "wanted"),
    [
        ("urllib3-2.8.0/test/test_util.py", True),
        ("urllib3-2.8.0/dummyserver/app.py", True),
        ("urllib3-2.8.0/pyproject.toml", True),
        ("urllib3-2.8.0/src/urllib3/util.py", False),
        ("urllib3-2.8.0/urllib3/util.py", False),
        ("urllib3-2.8.0", False),
    ],
)
def test_the_library_itself_is_not_unpacked(member: str, wanted: bool) -> None:
    assert command.is_wanted(member, "urllib3") == wanted


def test_a_source_distribution_that_is_there_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.subprocess, "run", lambda *_, **__: pytest.fail("nothing is to be fetched"))
    archive = tmp_path / f"httpx-{command.version('httpx')}.tar.gz"
    top = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive, "w:gz") as file:
        for name in ("httpx/_client.py", "tests/client/test_auth.py", "tests/test_api.py", "pyproject.toml"):
            file.addfile(tarfile.TarInfo(f"{top}/{name}"), io.BytesIO())
    assert command.source_distribution("httpx", tmp_path) == archive
    below = command.unpacked(archive, "httpx")
    found = sorted(str(path.relative_to(below).as_posix()) for path in below.rglob("*") if path.is_file())
    assert found == ["pyproject.toml", "tests/client/test_auth.py", "tests/test_api.py"]


@pytest.mark.parametrize("recorders", ["requests", "all"])
def test_a_test_runs_in_its_block_and_is_the_same_function(recorders: str) -> None:
    """With `await` where it has that itself, or what runs coroutines would not know it for one."""
    seen = plugin.Seen()

    async def waits(number: int) -> int:
        assert seen.by is not None
        return number

    def fails(number: int) -> None:
        raise LookupError(number)

    waiting = plugin.in_block(waits, recorders, seen)
    assert inspect.iscoroutinefunction(waiting) and inspect.signature(waiting) == inspect.signature(waits)
    assert asyncio.run(waiting(number=3)) == 3
    blocking = plugin.in_block(fails, recorders, seen)
    assert not inspect.iscoroutinefunction(blocking) and blocking.__name__ == "fails"
    with pytest.raises(LookupError, match="4"):
        blocking(4)
    told = seen.told()
    assert told["requests"] == 0 and told["faults"] == []


def test_a_run_that_cannot_be_told_is_a_fault() -> None:
    seen = plugin.Seen()
    seen.by = plugin.Run("open still", None)
    [fault] = seen.told()["faults"]
    assert "cannot be told (RuntimeError" in fault


A_SUITE = """
import asyncio
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest
from aiohttp import ClientSession


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_asks(server):
    connection = HTTPConnection("127.0.0.1", server)
    connection.request("GET", "/")
    assert connection.getresponse().status == 204
    connection.close()


class TestAll:
    @pytest.mark.anyio
    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_waits(self, server):
        async with ClientSession() as session, session.get(f"http://127.0.0.1:{server}/") as response:
            assert response.status == 204


def test_always_fails():
    Thread(target=Event().wait).start()
    assert 1 == 2


def test_sees_the_recorder():
    assert not hasattr(HTTPConnection.putrequest, "__wrapped__"), "it is hooked"


@pytest.fixture
def broken():
    raise OSError("no such thing")


def test_has_no_fixture(broken):
    pass
"""


@pytest.mark.evidence
@pytest.mark.parametrize("recorders", ["requests", "all"])
def test_what_fails_with_the_recorder_only_is_found(tmp_path: Path, recorders: str) -> None:
    """Also where a test leaves a thread that never ends: the process would wait for it."""
    below = tmp_path / "client-1.0"
    below.mkdir()
    (below / "test_client.py").write_text(A_SUITE, encoding="utf-8")
    (below / "test_unreadable.py").write_text("import no_such_package_at_all", encoding="utf-8")
    files = ["test_client.py", "test_unreadable.py"]
    without = command.run(Path(sys.executable), files, below, "none", "without")
    recorded = command.run(Path(sys.executable), files, below, recorders, "recorded")
    assert sorted(without.failed) == [
        "test_client.py::test_always_fails", "test_client.py::test_has_no_fixture", "test_unreadable.py",
    ]  # fmt: skip
    assert without.failed["test_client.py::test_always_fails"].startswith("assert 1 == 2 (")
    assert "no_such_package_at_all" in without.failed["test_unreadable.py"]
    [new] = command.newly_failing(without, recorded).items()
    assert new[0] == "test_client.py::test_sees_the_recorder" and "it is hooked" in new[1]
    assert without.run == recorded.run == 6
    assert not without.broken_off and not recorded.broken_off
    assert (without.requests, recorded.requests) == (0, 2)
    assert (recorded.steps > 0) == (recorders == "all")
    assert recorded.faults == []
    assert "2 failed, 2 passed, 2 errors" in (tmp_path / "recorded.log").read_text(encoding="utf-8")
