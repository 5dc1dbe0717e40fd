"""The practice API: an HTTP server on this machine whose waiting is made to order.

`practice_api()` starts it, or hands back the one that runs. `running()` never starts one.
"""

from .client import PracticeAPI, practice_api, running

__all__ = ["PracticeAPI", "practice_api", "running"]
