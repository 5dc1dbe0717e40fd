"""Every colour of the course, by what it says. Charts and cards are light in JupyterLab's dark theme too.

Colours that stand side by side can be told apart by the colour-blind, and have a second sign (thickness, marker, word).
"""

GROUND = "#ffffff"
INK = "#1f2937"
GREY = "#5b6675"
"""For words that matter less."""
FAINT = "#aab3bf"
GRID = "#e8ecf1"
EDGE = "#d5dbe3"
"""The edge of a card."""
CODE_GROUND = "#f1f4f7"

BLUE = "#1b5fa7"
"""All is well, and the first curve."""
ORANGE = "#d1730a"
"""The run that is looked at, and the second curve."""
OPEN = "#8a94a3"
"""Not over yet, or not to be counted."""
PROBLEM = "#c8202f"
DONE, AGAIN = "#2b7a4b", "#9a5b00"
"""What became of an exercise."""
GUESS = "#8a2a82"

WAITING, READY, RUNNING, BLOCKING = "#cbd7e6", "#f0a81e", "#174f8f", PROBLEM
"""The states of a task."""
QUEUED, CONNECTING, SENDING, READING = READY, "#1d8a7c", "#9b72cf", "#8a5a2c"
"""The phases of a request, beside the one in which it waits for the first byte (`WAITING`). A hue that both views have
means the same in both: waiting for others, and standing in a queue."""

LEVEL, LEVEL_INK = "#7c97b8", "#4a678c"
"""How many were in flight."""
QUEUE_INK = "#9a6500"

CURVES = (BLUE, ORANGE, CONNECTING, "#7b4fb0", "#7a5230", "#4b5563")
"""Variants, labels or runs that are compared, in their order."""
