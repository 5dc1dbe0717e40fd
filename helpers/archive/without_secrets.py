"""A run as it may leave this kernel's memory: without the secrets in its code, its values and its URLs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from helpers.archive.secret_key import secret_key
from helpers.archive.stored_run import StoredRun
from helpers.code.configuration import hash_of
from helpers.code.masked_code import masked
from helpers.code.masking import masked_urls

URLS = ("url", "path")
"""The columns of a run's requests that may hold a secret."""


def without_secrets(
    run: StoredRun, requests: Mapping[str, Sequence[Any]]
) -> tuple[StoredRun, dict[str, Sequence[Any]]]:
    """Return the run and its requests, as columns, with a mark in place of each secret; without any, as they are.

    The configuration's hash is one of what is kept: a hash of the secrets could be tried out.
    """
    parts = masked(run.parts, secret_key)
    if parts != run.parts:
        run = replace(run, parts=parts, configuration=hash_of(parts))
    return run, {name: masked_urls(column, secret_key) if name in URLS else column for name, column in requests.items()}
