"""No process can be copied, as on Windows: a child of multiprocessing's is a new Python."""

import os
from multiprocessing import context

for _name in ("fork", "forkpty", "register_at_fork"):
    delattr(os, _name)
context._default_context._default_context = context._concrete_contexts["spawn"]  # type: ignore[attr-defined]
