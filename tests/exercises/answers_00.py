"""What learners answer to the exercises of chapter 00."""

from cases import Right, Wrong

GIVEN = "import requests"


def filled(gap: str) -> str:
    """The function of `times-faster` with its gap filled."""
    return f"""
def times_faster(table):
    one_after_another = table["latency"].sum()
    together = {gap}
    return one_after_another / together
"""


def returned(what: str) -> str:
    """The function of `times-faster` with its gap filled well, and another last line."""
    right = filled('table["end"].max() - table["start"].min()')
    return right.replace("return one_after_another / together", f"return {what}")


WRONG = [
    # --- lines-of-a-loop: a names.append, b for, c return, d names = [], e answer =
    Wrong("lines-of-a-loop", "d b >e a c", says="It returned 1 of"),
    Wrong("lines-of-a-loop", "d b >e >a >c", says="The server saw 1 of"),
    Wrong("lines-of-a-loop", "b >d >e >a c", says="It returned 1 of"),
    Wrong("lines-of-a-loop", "d b >a >e c", says="It raised UnboundLocalError"),
    Wrong("lines-of-a-loop", "d b e a c", says="Python cannot read this"),
    # --- times-faster
    Wrong("times-faster", filled('table["latency"].max()'), says="the sum of the latencies by the longest of them"),
    Wrong("times-faster", filled('table["latency"].mean()'), says="that is the number of requests"),
    Wrong("times-faster", filled('table["end"].max()'), says="the time before the first request was counted in"),
    Wrong("times-faster", filled('table["end"].iloc[-1] - table["start"].iloc[0]'), says="the end of the last row"),
    Wrong("times-faster", filled('(table["end"] - table["start"]).sum()'), says="as long as one after another"),
    Wrong("times-faster", filled('table["end"] - table["start"]'), says="It returned a Series, not a number"),
    Wrong("times-faster", filled('table["start"].max() - table["start"].min()'), says="when the last request began"),
    Wrong("times-faster", filled('table["end"].max - table["start"].min'), says="TypeError: unsupported operand"),
    Wrong("times-faster", filled('table["stop"].max() - table["start"].min()'), says="It raised KeyError: 'stop'"),
    Wrong("times-faster", returned("together"), says="the seconds that it took together"),
    Wrong("times-faster", returned("together / one_after_another"), says="the share of the time that was left"),
    Wrong("times-faster", returned("round(one_after_another / together, 2)"), says=", rounded."),
    Wrong("times-faster", returned("round(one_after_another / together, 6)"), says=", rounded."),
    Wrong("times-faster", returned("int(one_after_another / together)"), says=", rounded."),
    Wrong(
        "times-faster",
        filled('round(table["end"].max() - table["start"].min(), 2)'),
        says="the time that it took together was rounded before",
    ),
    Wrong("times-faster", filled('table["waiting"].max()'), says="It returned"),
    Wrong("times-faster", returned('f"{one_after_another / together}"'), says="not a number"),
    Wrong("times-faster", returned("None"), says="It returned None, not a number"),
    Wrong("times-faster", "def times_faster(table):\n    return 20.0", says="It returned 20.00"),
]

RIGHT = [
    Right(
        "times-faster",
        """
def times_faster(table):
    return sum(table["end"] - table["start"]) / (max(table["end"]) - min(table["start"]))
""",
    ),
    Right("times-faster", filled('table["end"].max() - table["start"].iloc[0]')),
    Right(
        "times-faster", filled('table[["start", "waiting", "end"]].agg({"start": "min", "end": "max"}).diff()["end"]')
    ),
    Right("times-faster", returned("__import__('numpy').array(one_after_another / together)")),
    Right(
        "times-faster",
        """
from fractions import Fraction

def times_faster(table):
    first, last, waited = 1e9, 0, Fraction(0)
    while len(table):
        row = table.iloc[0]
        first, last, waited = min(first, row.start), max(last, row.end), waited + Fraction(row.latency)
        table.drop(table.index[0], inplace=True)
    return waited / Fraction(last - first)
""",
    ),
]
