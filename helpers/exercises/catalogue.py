"""All exercises of the course: those of every module in `chapters/` that is called chapter_NN."""

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from helpers.exercises.exercise import Exercise


@cache
def chapters() -> dict[str, tuple[Exercise, ...]]:
    """The exercises of each chapter, by its number such as "04", in the order in which its module makes them."""
    found: dict[str, tuple[Exercise, ...]] = {}
    folder = Path(__file__).with_name("chapters")
    for module in sorted(pkgutil.iter_modules([str(folder)]), key=lambda module: module.name):
        if module.name.startswith("chapter_"):
            chapter = import_module(f"helpers.exercises.chapters.{module.name}")
            found[module.name.removeprefix("chapter_")] = tuple(
                thing for thing in vars(chapter).values() if isinstance(thing, Exercise)
            )
    return found


def find(name: object) -> Exercise:
    """The exercise of that name. Raises TypeError where it is not a text, ValueError where there is none."""
    if not isinstance(name, str):
        raise TypeError(f"an exercise is named by a text such as 'stack-not-stairs', not {name!r}")
    known = {exercise.name: exercise for exercises in chapters().values() for exercise in exercises}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near else "."
        listed = "\n".join(
            f"    {chapter}: {', '.join(exercise.name for exercise in exercises)}"
            for chapter, exercises in chapters().items()
        )
        raise ValueError(f"there is no exercise {name!r}{meant} The exercises are\n{listed}")
    return known[name]


def chapter_of(name: str) -> str:
    """The number of the chapter that an exercise belongs to."""
    return next(chapter for chapter, found in chapters().items() if any(exercise.name == name for exercise in found))
