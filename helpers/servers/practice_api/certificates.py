"""A certificate for this server, and the authority that vouches for it: for one process, and of no use after it."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from helpers.servers.own_folder import own_folder

from .listening import HOST, TWIN


def certified() -> tuple[ssl.SSLContext, Path]:
    """What a server needs to speak TLS at 127.0.0.1, ::1 and localhost, and the file that a client has to trust.

    The file holds the authority's certificate and no key. It lies in this process's own folder and goes with it; the
    keys are in a file only while the context reads them. It takes some tenths of a second, most of it for imports.

    Raises:
        OSError: a file cannot be written.
    """
    import trustme  # here only: it loads cryptography, and hardly anybody asks for https

    authority = trustme.CA(organization_name="Practice API, for as long as it runs")
    own = authority.issue_cert(HOST, TWIN, "localhost", organization_name="Practice API")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    folder = str(own_folder())
    with own.private_key_and_cert_chain_pem.tempfile(dir=folder) as file:  # `configure_cert` would take any folder
        context.load_cert_chain(file)
    with tempfile.NamedTemporaryFile(prefix="authority-", suffix=".pem", dir=folder, delete=False) as trusted:
        trusted.write(authority.cert_pem.bytes())
    return context, Path(trusted.name)
