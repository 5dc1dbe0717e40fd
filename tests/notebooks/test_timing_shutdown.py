"""A kernel with the course's servers ends before JupyterLab kills it."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from canary import timing
from cells import Cell
from kernel_session import KernelSession

JUPYTERLAB_KILLS_AFTER = 5.0
SERVERS = """
from helpers import practice_api
from helpers.servers.django_project import django_server
api, wsgi, asgi = practice_api(), django_server("wsgi", threads=1), django_server("asgi")
"""


@timing(margin=2.0)
def test_a_kernel_with_three_servers_ends_in_time(notebooks_copy: Path) -> None:
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as scratch,
        KernelSession(notebooks_copy, Path(scratch)) as kernel,
    ):
        (started,) = kernel.run([Cell("servers", 1, SERVERS)])
        assert started.status == "ok"
        began = time.perf_counter()
        assert kernel.shut_down() == []
        assert time.perf_counter() - began < JUPYTERLAB_KILLS_AFTER
