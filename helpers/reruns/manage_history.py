"""What a learner does with the history: look at it, forget some of it, hand it on, take in another person's."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import archive
from helpers.archive import import_export
from helpers.archive.stored_run import StoredRun
from helpers.page.checked import check_flag
from helpers.page.say import say
from helpers.page.words import count
from helpers.reruns.compare import runs_under

if TYPE_CHECKING:
    import pandas

NAMELESS = ("runs", "history", "export", "data")


def history(label: str | None = None) -> "pandas.DataFrame":
    """Every run so far, yours and imported ones, oldest first; with a label, the runs under it.

    The index is the run's number. Columns: label, when (local time), wall, cpu, predict (seconds), outcome, warm_up,
    requests, peak, connections (as the server counted them; missing where none ran), chapter, who ("" is you), python,
    machine, seeds, configuration (runs that share it ran the same code; "" where that is not known), session
    (one per kernel), series (one per call of `trials`).

    Raises TypeError for a label that is not a text, ValueError where no run has it.
    """
    import pandas

    runs = archive.all_runs() if label is None else runs_under(label)
    _show_notice()
    table = pandas.DataFrame([_row(run) for run in runs], columns=COLUMNS).set_index("number")
    table["when"] = table["when"].astype("datetime64[us]")
    table["predict"] = table["predict"].astype(float)  # all None at first, which would be objects
    for counted in ("requests", "peak", "connections"):
        table[counted] = table[counted].astype("Int64")
    return table


def forget(label: str | None = None, *, who: str = "", yes: bool = False) -> None:
    """Delete your runs under a label from the history, for good. Without ``yes=True`` it only says what it would do.

    With ``who="Anna"`` it is Anna's imported runs under that label, or all of hers where no label is given.

    Raises TypeError and ValueError for a label or a name that the history does not have, OSError or sqlite3.Error
    where the file cannot be written.
    """
    if label is None and not who:
        raise ValueError('forget what? Name a label, forget("label"), or a person, forget(who="Anna")')
    if label is not None:
        label = runs_under(label)[0].label
    _check_text("who", who)
    runs = [run for run in archive.all_runs() if run.who == who and label in (None, run.label)]
    if not runs:
        whose = f"of {who}" if who else "of your own"
        raise ValueError(f"there are no runs {whose}{'' if label is None else f' under {label!r}'}")
    whose = f"{who}'s " if who else ""
    what = f"{whose}{count(len(runs), 'run')}" + ("" if label is None else f" under {label!r}")
    if yes:
        archive.forget(label, who=who)
        say(f"Forgotten: {what}.")
    else:
        given = [] if label is None else [repr(label)]
        given += [f"who={who!r}"] if who else []
        say(f"This would delete {what}, for good. To do it: forget({', '.join(given)}, yes=True)")
    _show_notice()


def export(path: str | Path, *, code: bool = True) -> Path:
    """Write every run in the history to a file that ends in ``.csv`` or ``.parquet``; return its path.

    Both have a row per run. The ``.csv`` is for a spreadsheet; the ``.parquet`` has every request too. `import_runs`
    reads both. Secrets are masked where a name or their look tells them (`helpers.code.masking`).

    With ``code=False`` the file has neither the code that was run nor the values which that was given. Whoever imports
    it cannot tell whether two of its runs ran the same code: their `configuration` is empty.

    Raises ValueError for another ending, TypeError where `code` is not True or False, OSError where the file cannot be
    written.
    """
    path = Path(path)
    import_export.write(path, archive.all_runs(), archive.packed_requests_of, check_flag("code", code))
    _show_notice()
    return path


def import_runs(path: str | Path, who: str | None = None) -> None:
    """Add another person's runs to your history, under their name. Runs that are there already are left out.

    Args:
        path: a ``.csv`` or ``.parquet`` from their `export`, or their ``history.sqlite``.
        who: their name; by default the file's, so that ``import_runs("anna.csv")`` adds runs of anna. What they had
            imported themselves keeps its names. ``who=""`` says that the runs are your own, from another computer.

    Raises FileNotFoundError, ValueError where the file cannot be read whole (then nothing is added), OSError or
    sqlite3.Error where your own history cannot be written.
    """
    path = Path(path)
    if who is None:
        who = path.stem
        if who.lower() in NAMELESS:
            raise ValueError(f'whose runs are these? Say it: import_runs("{path.name}", who="Anna")')
    _check_text("who", who)
    if path.exists() and archive.place().exists() and os.path.samefile(path, archive.place()):
        raise ValueError(f"{path.name} is your own history: there is nothing to import")
    known = {_key(run) for run in archive.all_runs()}
    new = []
    for run, packed in (found := import_export.read(path)):
        if _key(run) not in known:
            known.add(_key(run))
            new.append((replace(run, who=run.who or who.strip()), packed))
    archive.merge(new)
    there = len(found) - len(new)
    say(f"Imported {count(len(new), 'run')}" + (f"; {there} were there already." if there else "."))
    _show_notice()


COLUMNS = [
    "number", "label", "when", "wall", "cpu", "predict", "outcome", "warm_up", "requests", "peak", "connections",
    "chapter", "who", "python", "machine", "seeds", "configuration", "session", "series",
]  # fmt: skip


def _row(run: StoredRun) -> list[object]:
    server = run.server or {}
    return [
        run.number, run.label, run.when.astimezone().replace(tzinfo=None), run.wall, run.cpu, run.predict, run.outcome,
        run.warm_up, server.get("requests"), server.get("peak"), server.get("connections"), run.chapter, run.who,
        run.conditions.python, run.conditions.machine, run.conditions.seeds, run.configuration, run.session, run.series,
    ]  # fmt: skip


def _key(run: StoredRun) -> tuple[object, ...]:
    """What is the same in two copies of one run, whoever holds them and under whatever number."""
    return run.session, run.when, run.label, run.wall


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} is a text such as 'Anna', not {value!r}")


def _show_notice() -> None:
    """Show here what the store has to say: no card may follow."""
    if notice := archive.take_notice():
        say(notice)
