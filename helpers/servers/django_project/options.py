"""What a server of the project is started with. Its processes read it from their environment, as settings do."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

VARIABLE = "WAITING_MEASURED_DJANGO"


@dataclass(frozen=True)
class Conditions:
    """How one server of the project runs.

    Attributes:
        upstream: the address of the practice API, which views call.
        database: the path of an SQLite file, or the URI of a PostgreSQL database.
        middleware: a name in `settings.MIDDLEWARE_SETS`.
        connections: a name in `settings.CONNECTIONS`: how long a database connection is kept.
    """

    upstream: str
    database: str
    middleware: str = "none"
    connections: str = "closed"

    def to_environment(self) -> None:
        """Write them down for this process and for those that it starts."""
        os.environ[VARIABLE] = json.dumps(asdict(self))


def from_environment() -> Conditions:
    """Read what the process that started this one has written down.

    Raises:
        RuntimeError: nothing has been written, so Django was not started by way of the course's helpers.
    """
    written = os.environ.get(VARIABLE)
    if written is None:
        raise RuntimeError("the settings of this project need to know a database: call django_here() first")
    return Conditions(**json.loads(written))
