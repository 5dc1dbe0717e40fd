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


WRONG = [
    # --- lines-of-a-loop: a names.append, b for, c return, d names = [], e answer =
    Wrong("lines-of-a-loop", "d b >e a c", says="It returned 1 of"),
    Wrong("lines-of-a-loop", "d b >e >a >c", says="The server saw 1 of"),
    Wrong("lines-of-a-loop", "b >d >e >a c", says="It returned 1 of"),
    Wrong("lines-of-a-loop", "d b >a >e c", says="It raised UnboundLocalError"),
    Wrong("lines-of-a-loop", "d b e a c", says="Python cannot read this"),
    # --- times-faster
    Wrong("times-faster", filled('table["latency"].max()'), says="It took the longest latency for the whole"),
    Wrong("times-faster", filled('table["latency"].mean()'), says="which is the number of requests"),
    Wrong("times-faster", filled('table["end"].max()'), says="The time before the first request was counted in"),
    Wrong("times-faster", filled('table["end"].iloc[-1] - table["start"].iloc[0]'), says="the end of the last row"),
    Wrong("times-faster", filled('(table["end"] - table["start"]).sum()'), says="It returned 1"),
    Wrong("times-faster", filled('table["end"] - table["start"]'), says="It returned Series, not a number"),
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
]
