"""The table of a run's requests, as pandas sees it."""

from typing import Any

import pandas

from helpers.runs.request_rows import COLUMNS


def table_of(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """The rows of `helpers.runs.request_rows` as a table."""
    table = pandas.DataFrame(rows, columns=COLUMNS)
    table["status"] = table["status"].astype("Int64")
    table["ok"] = table["ok"].astype(bool)
    return table
