"""What the kernel's sides of all HTTP servers share: where the server is, its addresses, its end."""

from typing import Any
from urllib.parse import quote, urlencode

from helpers.servers.process import ServerProcess


class Addresses:
    """The addresses of a server on this machine.

    Args:
        port: the one of 127.0.0.1 at which it listens.
    """

    scheme = "http"
    host = "127.0.0.1"

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def base(self) -> str:
        """The address, such as http://127.0.0.1:40123, without a slash at its end."""
        return f"{self.scheme}://{self.host}:{self.port}"

    def url(self, path: str, **params: Any) -> str:
        """The address of a path, with query parameters, quoted as a URL needs it.

        Args:
            path: begins with a slash, such as "/countries/FR".
            params: query parameters, such as delay=0.1 (seconds). A list repeats its parameter.

        Raises:
            ValueError: the path does not begin with a slash, or carries a query of its own.
        """
        if not path.startswith("/"):
            raise ValueError(f"the path {path!r} must begin with a slash: {'/' + path!r}")
        if "?" in path or "#" in path:
            raise ValueError(f"give parameters as keywords, not in the path {path!r}: url('/flaky', rate=0.5)")
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        return self.base + quote(path) + query


class HttpServer(Addresses):
    """A server in a process of its own that listens on a port of 127.0.0.1.

    Args:
        process: the process, which is started, and tells its port when it is ready.

    Raises:
        ServerFailed: it did not start; the message shows the end of its log.
    """

    def __init__(self, process: ServerProcess) -> None:
        self._process = process
        super().__init__(process.start()["port"])

    @property
    def pid(self) -> int | None:
        """The server's process id; None once it has been stopped."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the server runs, as a child of this very process."""
        return self._process.alive

    def stop(self) -> None:
        """End the server. The call that made it starts another."""
        self._process.stop()

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that the server has printed, such as the traceback of what failed in it."""
        return self._process.log_tail(lines)
