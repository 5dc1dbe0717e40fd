"""From a measured run to a stored one."""

from collections.abc import Mapping
from weakref import WeakValueDictionary

from helpers import archive
from helpers.archive import StoredRun
from helpers.archive.without_secrets import without_secrets
from helpers.charts.inputs.panel import COLUMNS
from helpers.code.configuration import hash_of
from helpers.reruns.conditions import chapter, conditions, session
from helpers.runs.run import Run

_newest: WeakValueDictionary[str, Run] = WeakValueDictionary()


def newest_run(label: str) -> Run | None:
    """The newest run under a label in this process, as long as somebody has it."""
    return _newest.get(label)


def keep(run: Run, parts: Mapping[str, str], series: str) -> StoredRun:
    """Append the run to the history, without its secrets; return what was stored."""
    _newest[run.label] = run
    rows, server = run.request_rows(), run.server
    stored = StoredRun(
        number=0,
        label=run.label,
        when=run.when.astimezone(),
        wall=run.wall,
        cpu=run.cpu,
        predict=run.predict,
        outcome=run.outcome,
        warm_up=run.warm_up,
        configuration=hash_of(parts),
        parts=parts,
        conditions=conditions(row["url"] for row in rows),
        session=session(),
        series=series,
        chapter=chapter(),
        who="",
        server=None if server is None else server.as_json(),
    )
    columns = {name: [row[name] for row in rows] for name in COLUMNS}
    return archive.append(*without_secrets(stored, columns))
