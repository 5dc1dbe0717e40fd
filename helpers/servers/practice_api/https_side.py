"""The kernel's view of the practice API's https side."""

from helpers.servers.http_server import Addresses


class HttpsSide(Addresses):
    """The practice API over https: the same routes, counters and log, at another port.

    Attributes:
        cafile: the file with the certificate of the authority that vouches for it, and for nothing else. What trusts it
            are ``ssl.create_default_context(cafile=...)`` and the ``verify=`` of `requests`. It goes with the server.
    """

    scheme = "https"

    def __init__(self, port: int, cafile: str) -> None:
        super().__init__(port)
        self.cafile = cafile

    def __repr__(self) -> str:
        return f"<practice API at {self.base}>"
