"""Every Python that has this folder on its PYTHONPATH behaves as on another system, in what SIMULATED names.

``SIMULATED="clocks proactor"`` and the like: see the modules of `simulated`, one for each word.
"""

import os
from importlib import import_module

for _word in os.environ.get("SIMULATED", "").split():
    import_module(f"simulated.{_word}")
