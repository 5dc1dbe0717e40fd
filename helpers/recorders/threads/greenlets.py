"""Tell where a library lets greenlets take turns within one thread: what the thread waits for is then nobody's wait."""

import sys

PATCHED = {"gevent.monkey": "saved", "eventlet.patcher": "already_patched"}
"""Where each library keeps what it has put its own in place of, in every module that waits."""


def switching() -> str:
    """The name of the library, if one has put its own in place of what waits; an empty text where none has."""
    for module, name in PATCHED.items():
        if sys.modules.get(module) is not None and getattr(sys.modules[module], name, None):
            return module.partition(".")[0]
    return ""
