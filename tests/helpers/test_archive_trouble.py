"""Where the disk or the file gives trouble, the course goes on, one warning says why, and nothing is deleted."""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from archive_samples import REQUESTS, printed, python, sample

from helpers import archive
from helpers.archive import store
from helpers.archive.store import Store


def assert_goes_on_in_memory(because: str, count: int = 0) -> None:
    """Three more runs after `count` in the file are there for this kernel, and one warning names the reason."""
    stored = [archive.append(sample(n, label="kept", wall=float(n)), REQUESTS) for n in range(3)]
    assert archive.runs_of("kept") == stored
    assert [brief.number for brief in archive.walls_of("kept")] == [run.number for run in stored]
    assert [archive.run_of(run.number) for run in stored] == stored
    assert archive.requests_of(stored[2].number)["path"].tolist() == REQUESTS["path"]
    assert "kept" in archive.labels()
    assert len(archive.all_runs()) == count + 3
    notice = archive.take_notice()
    assert because in notice and str(archive.place()) in notice and "kept in memory" in notice
    assert notice.count("cannot be used") == 1
    archive.append(sample(3, label="kept"), REQUESTS)
    assert archive.take_notice() == "", "it warns once, not after every run"


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Return a function that says how many pages the history may have from now on, as a full disk would."""
    connect = sqlite3.connect
    room: int | None = None

    def connect_with_little_room(*arguments: object, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*arguments, **options)  # type: ignore[call-overload]
        if room is not None:
            connection.execute(f"PRAGMA max_page_count = {room}")
        return connection

    def allow(pages: int | None) -> None:
        nonlocal room
        room = pages

    monkeypatch.setattr("helpers.archive.file.connect", connect_with_little_room)
    return allow


def test_a_full_disk(disk: Callable[[int | None], None]) -> None:
    archive.append(sample(), REQUESTS)
    disk(1)  # SQLite takes it as: no more than there are
    big = {"latency": [1 / n for n in range(1, 10_000)]}
    archive.append(sample(1), big)
    assert len(archive.all_runs()) == 2
    assert "the disk is full" in archive.take_notice()


def test_a_disk_that_is_full_from_the_start(disk: Callable[[int | None], None]) -> None:
    disk(1)
    assert_goes_on_in_memory("the disk is full")


@pytest.mark.evidence
def test_what_was_kept_in_memory_is_written_as_soon_as_there_is_room(
    disk: Callable[[int | None], None], history_file: Path
) -> None:
    disk(1)
    kept = [archive.append(sample(n, label="kept", wall=float(n)), {"start": [n / 7]}) for n in range(5)]
    archive.take_notice()
    disk(None)
    printed(python("archive.append(sample(label='of another kernel'), {})"))
    new = archive.append(sample(5, label="kept", wall=5.0), {"start": [5 / 7]})
    assert "can be written again" in archive.take_notice()
    assert [run.wall for run in archive.runs_of("kept")] == [0, 1, 2, 3, 4, 5]
    assert [run.number for run in archive.runs_of("kept")] == [2, 3, 4, 5, 6, 7]
    assert new.number == 7
    for n, run in enumerate(kept):  # a number that was given before still means the same run
        assert archive.requests_of(run.number)["start"].tolist() == [n / 7]
        assert archive.run_of(run.number).wall == n
    assert printed(python("print(len(archive.all_runs()))")) == "7\n"


FILE_LIMIT = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for n in range(20):
    archive.append(sample(n), {"latency": [(n + 1) / m for m in range(1, 1001)]})
print(len(archive.all_runs()), [len(archive.requests_of(run.number)) for run in archive.all_runs()].count(1000))
print(archive.take_notice())
"""


@pytest.mark.evidence
@pytest.mark.not_on("win32", reason="Windows knows no greatest file size for a process")
def test_a_file_that_may_not_grow(history_file: Path) -> None:
    counts, notice = printed(python(FILE_LIMIT)).splitlines()
    assert counts == "20 20"
    assert notice.count("cannot be used") == 1
    runs = archive.all_runs()
    assert 0 < len(runs) < 20, "what was written before is there, and nothing by half"
    assert all(len(archive.requests_of(run.number)) == 1000 for run in runs)
    assert archive.take_notice() == ""
    assert [run.number for run in archive.all_runs()] == list(range(1, len(runs) + 1))


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A history with one run that this process may read and not write. Root may write all: it becomes nobody."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(folder / "history.sqlite"))
        archive.append(sample(), REQUESTS)
        (folder / "history.sqlite").chmod(0o444)
        folder.chmod(0o555)
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o755)
            (folder / "history.sqlite").chmod(0o644)


def test_a_read_only_history_is_still_read(read_only: Path) -> None:
    assert_goes_on_in_memory("readonly", count=1)
    assert archive.runs_of(sample().label)[0].number == 1


@pytest.mark.not_on("win32", reason="Windows knows no folder in which nothing may be renamed")
def test_a_damaged_file_in_a_read_only_folder(read_only: Path) -> None:
    user = os.geteuid()
    os.seteuid(os.getuid())
    (read_only / "history.sqlite").chmod(0o644)
    (read_only / "history.sqlite").write_bytes(b"rubbish" * 1000)
    os.seteuid(user)
    assert_goes_on_in_memory("it is damaged, and it cannot be given another name")
    assert [path.name for path in read_only.iterdir()] == ["history.sqlite"]


def test_a_folder_where_the_file_should_be(history_file: Path) -> None:
    history_file.mkdir()
    assert archive.all_runs() == []
    assert_goes_on_in_memory("unable to open")
    assert history_file.is_dir()


def test_a_file_where_the_folder_should_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("WAITING_MEASURED_HISTORY", str(tmp_path / "data" / "history.sqlite"))
    assert_goes_on_in_memory("")
    assert (tmp_path / "data").read_text(encoding="utf-8") == "mine"


@pytest.mark.evidence
def test_a_file_that_another_program_keeps_locked(history_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.append(sample(), REQUESTS)
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with closing(sqlite3.connect(history_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_goes_on_in_memory("another program keeps it locked", count=1)
    archive.append(sample(9), REQUESTS)
    assert "can be written again" in archive.take_notice()
    assert printed(python("print(len(archive.all_runs()))")) == "6\n"


def overwrite(path: Path, start: int, new: bytes) -> None:
    """Put bytes in place of those from `start` on."""
    data = bytearray(path.read_bytes())
    data[start : start + len(new)] = new
    path.write_bytes(data)


def execute(path: Path, *statements: str) -> None:
    """Change the file as SQLite would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


SPOILED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no database": ("damaged", lambda path: path.write_text("PRINT 'hello'\n" * 500, encoding="utf-8")),
    "its head overwritten": ("damaged", lambda path: overwrite(path, 0, bytes(100))),
    "cut off": ("damaged", lambda path: path.write_bytes(path.read_bytes()[:5000])),
    "pages of nothing": ("damaged", lambda path: overwrite(path, 4096, bytes(path.stat().st_size - 4096))),
    "a table gone": ("damaged", lambda path: execute(path, "DROP TABLE conditions")),
    "a text spoiled": ("damaged", lambda path: execute(path, "UPDATE configurations SET parts = '{'")),
    "its code gone": ("damaged", lambda path: execute(path, "DELETE FROM configurations")),
    "no time": ("damaged", lambda path: execute(path, "UPDATE runs SET opened = 'yesterday'")),
    "of a newer version": ("newer", lambda path: execute(path, "PRAGMA user_version = 2")),
    "newer, with a log": (
        "newer",
        lambda path: execute(path, "PRAGMA user_version = 2", "PRAGMA journal_mode = WAL"),
    ),
    "of another program": ("unknown", lambda path: execute(path, "PRAGMA application_id = 0")),
}


@pytest.mark.parametrize("first", ["append", "read"])
@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_file_that_cannot_be_used_is_set_aside_and_kept(spoiled: str, first: str, history_file: Path) -> None:
    kind, spoil = SPOILED[spoiled]
    archive.append(sample(), REQUESTS)
    packed = archive.packed_requests_of(1)
    archive.merge([(sample(count), packed) for count in range(1, 100)])
    spoil(history_file)
    spoiled_bytes = history_file.read_bytes()
    if first == "read":
        assert archive.all_runs() == []
    # Adding a row may not touch what is spoiled; reading all of them does.
    archive.append(sample(label="new", configuration="new"), REQUESTS)
    archive.all_runs()
    archive.append(sample(label="newer", configuration="new"), REQUESTS)
    assert archive.labels()[-1] == "newer" and len(archive.all_runs()) <= 2
    kept = list(history_file.parent.glob(f"history.sqlite-{kind}-*"))
    assert len(kept) == 1
    if first == "read":
        assert kept[0].read_bytes() == spoiled_bytes, "not a byte of it is lost"
    notice = archive.take_notice()
    assert notice.count("It is kept as") == 1 and kept[0].name in notice and "cannot be used" not in notice
    # As another kernel sees it, which has no notice of its own.
    another = Store(history_file)
    assert another.labels()[-1] == "newer" and another.take_notice() == ""


@pytest.mark.not_on("win32", reason="Windows does not rename a file that another program has open")
def test_what_belongs_to_the_file_goes_along(history_file: Path) -> None:
    archive.append(sample(), REQUESTS)
    with closing(sqlite3.connect(history_file, isolation_level=None)) as newer:  # a kernel of a newer course, at work
        newer.execute("PRAGMA journal_mode = WAL")
        newer.execute("PRAGMA user_version = 2")
        newer.execute("UPDATE runs SET label = 'only in the log yet'")
        assert archive.append(sample(), REQUESTS).number == 1
        (kept,) = history_file.parent.glob("*-newer-*[0-9]")
        assert not Path(f"{history_file}-wal").exists() and Path(f"{kept}-wal").stat().st_size > 0
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT label FROM runs").fetchall() == [("only in the log yet",)]
    assert archive.labels() == [sample().label]


@pytest.mark.not_on("win32", reason="Windows does not rename a file that another program has open")
def test_what_belongs_to_a_file_that_cannot_be_copied_stays(
    history_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    archive.append(sample(), REQUESTS)
    with closing(sqlite3.connect(history_file, isolation_level=None)) as newer:
        newer.execute("PRAGMA journal_mode = WAL")
        newer.execute("PRAGMA user_version = 2")
        newer.execute("UPDATE runs SET label = 'only in the log yet'")
        monkeypatch.setattr(shutil, "copyfileobj", full)
        archive.append(sample(), REQUESTS)
        assert "it cannot be given another name" in archive.take_notice()
        with closing(sqlite3.connect(history_file)) as another:
            assert another.execute("SELECT label FROM runs").fetchall() == [("only in the log yet",)]
    assert list(history_file.parent.glob("*-newer-*")) == []


def test_two_that_are_damaged_within_a_second_are_both_kept(history_file: Path) -> None:
    for text in (b"first" * 1000, b"second" * 1000):
        history_file.write_bytes(text)
        archive.append(sample(), REQUESTS)
    kept = sorted(path.read_bytes()[:6] for path in history_file.parent.glob("*-damaged-*"))
    assert kept == [b"firstf", b"second"]


def test_an_empty_file_is_a_new_history(history_file: Path) -> None:
    history_file.touch()
    assert archive.all_runs() == []
    assert archive.append(sample(), REQUESTS).number == 1
    assert archive.take_notice() == ""
    assert list(history_file.parent.glob("history.sqlite-*")) == []
