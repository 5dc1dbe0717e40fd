"""The names of those that answered well and the addresses that failed: for the exercises that ask for both."""

from collections.abc import Collection
from typing import Any

from helpers.exercises.bench.plain_data import kind_of
from helpers.exercises.finding import Finding
from helpers.exercises.judges import shown
from helpers.page.words import count


def two_lists(
    result: Any, names: list[str], bad: list[str], look: str, earlier: Collection[str] = ()
) -> Finding | None:
    """What is wrong with a result that should be the two lists, each in the order of the urls.

    `earlier` are the names and addresses of the calls before this one.
    """
    if not isinstance(result, tuple | list) or len(result) != 2:
        many = f" of {len(result)}" if isinstance(result, tuple | list) else ""
        return Finding(f"It returned {kind_of(result)}{many}.", "Two lists are wanted: `return names, failed`.", look)
    for which, part in zip(("first", "second"), result, strict=True):
        if not isinstance(part, list):
            means = "A set has no order; two lists are wanted." if isinstance(part, set) else "Two lists are wanted."
            return Finding(f"It returned two things, and the {which} is {kind_of(part)}.", means, look)
    got, failed = result
    for which, part, wanted in (("first", got, names), ("second", failed, bad)):
        if kept := [one for one in part if isinstance(one, str) and one in earlier and one not in wanted]:
            return Finding(
                f"Called a second time, it returned {shown(kept[0])} of the first call again, in the {which} list.",
                "A list that is made once, outside the function or as a default of an argument, is kept between calls.",
                look,
            )
    if names and bad and (got, failed) == (bad, names):
        return Finding("The first list holds the addresses, the second the names.", "The names come first.", look)
    if got and got == failed:
        return Finding("The two lists hold the same.", "Are they two lists, or one that has two names?", look)
    return _names(got, names, look) or _failures(failed, bad, look)


def _names(got: list[Any], names: list[str], look: str) -> Finding | None:
    if got == names:
        return None
    others = [name for name in got if name not in names]
    if any(isinstance(other, dict) and other.get("name") in names for other in others):
        return Finding("The first list holds whole pages.", 'Of each the `"name"` is wanted.', look)
    if others and not isinstance(others[0], str | None):
        return Finding(f"The first list holds {kind_of(others[0])}.", "The names are wanted, as texts.", look)
    if others:
        return Finding(
            f"Among the names is {shown(others[0])}, which is no country.",
            "A failed answer is an answer, too, and is no name, whatever stands for it.",
            look,
        )
    if missing := [name for name in names if name not in got]:
        return Finding(
            f"The first list has {len(names) - len(missing)} of {count(len(names), 'name')}.",
            "Two things end a loop early: an error that is not caught inside it, and a `return`."
            if got and got == names[: len(got)]
            else "Some that answered well were not kept.",
            look,
        )
    if len(got) > len(names):
        return Finding(f"The first list has {len(got)} names of {len(names)} countries.", "Some are twice.", look)
    return Finding(
        "All names are there, but in another order than their addresses.",
        "They are wanted in the order of the urls, not in that of the answers.",
        look,
    )


def _failures(failed: list[Any], bad: list[str], look: str) -> Finding | None:
    if failed == bad:
        return None
    if others := [part for part in failed if not isinstance(part, str)]:
        return Finding(f"The second list holds {kind_of(others[0])}.", "The addresses are wanted, as texts.", look)
    if others := [part for part in failed if part not in bad]:
        return Finding(
            f"The second list holds {shown(others[0])}, which is none of the addresses that failed.",
            "Those are wanted, each as it was given.",
            look,
        )
    if sorted(failed) == sorted(bad):
        return Finding(
            "All addresses that failed are there, but in another order.",
            "They are wanted in the order of the urls, not in that of the answers.",
            look,
        )
    return Finding(
        f"{len(bad)} addresses failed; the second list has {len(failed)}.",
        "A failure that nobody notes down has never happened, for whoever reads the result."
        if len(failed) < len(bad)
        else "One is there twice.",
        look,
    )
