"""Where what is open cannot be removed or renamed, as on Windows, the history is as sound as elsewhere."""

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import windows_files
from archive_samples import REQUESTS, sample

from helpers import archive, export, forget, history, import_runs
from helpers.archive import exercise_log, file
from helpers.archive.secret_key import secret_key

pytestmark = pytest.mark.not_on("darwin", reason="what is open is told by /proc")


@pytest.fixture(autouse=True)
def _windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "win32":
        windows_files.take_effect(monkeypatch.setattr)
    monkeypatch.setattr(file, "sys", SimpleNamespace(platform="win32"))
    (tmp_path / "Temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "Temp"))


def spoiled(path: Path) -> Path:
    path.write_bytes(b"rubbish" * 1000)
    return path


def cannot_be_read(path: Path) -> None:
    with pytest.raises(ValueError, match="what can be read is"):
        import_runs(spoiled(path))


DOES: dict[str, Callable[[Path], object]] = {
    "a run": lambda path: archive.append(sample(), REQUESTS),
    "a card": lambda path: archive.walls_of(sample().label),
    "history": lambda path: (history(), archive.requests_of(1)),
    "forget": lambda path: forget(sample().label, yes=True),
    "an exercise": lambda path: (exercise_log.note("one", "done"), exercise_log.events()),
    "a secret": lambda path: secret_key(),
    "csv": lambda path: import_runs(export(path.with_name("anna.csv"))),
    "parquet": lambda path: import_runs(export(path.with_name("anna.parquet"))),
    "another's": lambda path: import_runs(shutil.copy(path, path.with_name("anna.sqlite"))),
    "no csv": lambda path: cannot_be_read(path.with_name("anna.csv")),
    "no parquet": lambda path: cannot_be_read(path.with_name("anna.parquet")),
    "no history": lambda path: cannot_be_read(path.with_name("anna.sqlite")),
    "a broken one": lambda path: (spoiled(path), archive.all_runs(), archive.append(sample(), REQUESTS)),
}


@pytest.mark.parametrize("done", DOES)
def test_between_two_runs_all_files_may_be_removed(done: str, history_file: Path) -> None:
    """By the learner: for nothing that was done something is held open, and the next run begins a new history."""
    archive.append(sample(), REQUESTS)
    DOES[done](history_file)
    archive.take_notice()
    assert list((history_file.parent / "Temp").iterdir()) == []
    for path in filter(Path.is_file, history_file.parent.iterdir()):
        path.unlink()
    assert archive.all_runs() == [] and archive.walls_of(sample().label) == []
    assert archive.append(sample(), REQUESTS).number == 1
    assert archive.take_notice() == ""


def test_a_broken_one_is_set_aside_while_another_program_looks_at_it(history_file: Path) -> None:
    with open(spoiled(history_file), "rb") as looks:
        with pytest.raises(PermissionError):
            history_file.unlink()
        assert archive.append(sample(), REQUESTS).number == 1
        assert looks.read() != b""
    (kept,) = history_file.parent.glob("*-damaged-*")
    assert kept.read_bytes() == b"rubbish" * 1000
    assert archive.take_notice().count("It is kept as") == 1 and len(archive.all_runs()) == 1


def newer(path: Path) -> sqlite3.Connection:
    """What a kernel of a newer course has open, with a run that is only in its log yet."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA user_version = 2")
    connection.execute("UPDATE runs SET label = 'only in the log yet'")
    return connection


def test_what_a_newer_course_has_at_hand_is_let_alone_until_it_has_ended(history_file: Path) -> None:
    archive.append(sample(), REQUESTS)
    with closing(newer(history_file)) as at_work:
        archive.append(sample(1), REQUESTS)
        assert "cannot be given another name" in archive.take_notice()
        assert at_work.execute("SELECT label FROM runs").fetchall() == [("only in the log yet",)]
        assert list(history_file.parent.glob("*-newer-*")) == []
    archive.append(sample(2), REQUESTS)
    assert len(archive.all_runs()) == 2, "the run that was kept in memory is there too"
    assert "No run was lost." in archive.take_notice()
    (kept,) = history_file.parent.glob("*-newer-*")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT label FROM runs").fetchall() == [("only in the log yet",)]
