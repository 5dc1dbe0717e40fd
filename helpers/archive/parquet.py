"""Tables as .parquet files, by DuckDB. pandas would need pyarrow, which it loads with itself wherever it is installed:
memory in every kernel, for what few ever do.
"""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas


def write(table: "pandas.DataFrame", path: Path) -> None:
    """Write a table. Raises OSError where the file cannot be written."""
    import duckdb

    with _connected() as connection:
        connection.register("rows", table)
        try:
            connection.execute(f"COPY rows TO {_quoted(path)} (FORMAT parquet)")
        except duckdb.Error as error:
            raise OSError(str(error)) from error


def read(path: Path) -> "pandas.DataFrame":
    """Read a table. Raises ValueError for what is no such file, OSError where it cannot be read."""
    import duckdb

    # To DuckDB a name with brackets or a star is a pattern, and a browser may call a second download "runs[1].parquet".
    with tempfile.TemporaryDirectory(prefix="waiting-measured-", ignore_cleanup_errors=True) as folder:
        copy = shutil.copyfile(path, Path(folder, "table.parquet"))
        with _connected() as connection:
            try:
                return connection.execute(f"SELECT * FROM read_parquet({_quoted(copy)})").df()
            except duckdb.Error as error:
                raise ValueError(str(error).splitlines()[0].replace(str(copy), path.name)) from error


def _connected() -> "duckdb.DuckDBPyConnection":
    """A database in memory that fetches nothing from the internet, as it would for a format it does not know."""
    import duckdb

    return duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})


def _quoted(path: Path) -> str:
    return "'" + str(path.absolute()).replace("'", "''") + "'"
