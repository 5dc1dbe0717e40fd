"""What an exercise is made of. The chapters' modules hold nothing else."""

import ast
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass

from helpers.code.sources import parse
from helpers.exercises.finding import Finding

Judgement = Generator[Finding | None, None, str]
"""Yields what is wrong, the most telling first (None where nothing is); returns the sentence of success."""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What every kind of exercise has.

    Attributes:
        name: what a learner types, such as "stack-not-stairs"; no two exercises of the course share it.
        title: a few words for cards and for `progress`.
        hints: from a nudge to nearly all; `hint` gives them one by one.
        solution: code that may be copied, or the answer in words.
        judge: runs on the bench, in a process of its own; it is given a `Attempt` (`bench/attempt.py`).
        limit: seconds that one run may take before it is stopped.
    """

    name: str
    title: str
    hints: Sequence[str]
    solution: str
    judge: Callable[..., Judgement]
    limit: float = 5.0


@dataclass(frozen=True, kw_only=True)
class Coding(Exercise):
    """A function to complete, to repair or to write: `check`.

    Attributes:
        start: the function as the notebook has it at first. Its head says how the function is called.
    """

    start: str


@dataclass(frozen=True, kw_only=True)
class Order(Exercise):
    """Lines to put in order: `order`. They are the lines of the solution's body; its head stays where it is.

    Attributes:
        shuffled: the numbers of the lines in the order in which they are shown at first; 1 is the body's first.
        also: other right orders, such as "4 1 2 >3 5": a mark for each step to the right. They serve to name the first
            line that is out of place; what is right is for `judge` to say.
        given: code that is there already, such as imports.
    """

    shuffled: str
    also: Sequence[str] = ()
    given: str = ""

    @property
    def head(self) -> str:
        """The first line of the function."""
        return self.solution.splitlines()[0]

    @property
    def start(self) -> str:
        """The function without its lines: its head says how it is called."""
        return f"{self.head}\n    ..."

    @property
    def lines(self) -> dict[int, tuple[int, str]]:
        """The lines by their numbers: how deep each stands in the solution, and its text."""
        body = self.solution.splitlines()[1:]
        return {at: ((len(line) - len(line.lstrip())) // 4 - 1, line.strip()) for at, line in enumerate(body, start=1)}

    @property
    def shown(self) -> list[tuple[int, int]]:
        """The lines as they are shown at first: number and depth of each."""
        return [(int(number), 0) for number in self.shuffled.split()]

    @property
    def letters(self) -> dict[str, int]:
        """What a learner calls the lines: "a" is the one that is shown first."""
        return {chr(ord("a") + at): number for at, (number, _) in enumerate(self.shown)}

    @property
    def right_orders(self) -> list[list[tuple[int, int]]]:
        """The solution, and the others that are known."""
        others = [[(int(part.lstrip(">")), part.count(">")) for part in text.split()] for text in self.also]
        return [[(number, depth) for number, (depth, _) in self.lines.items()], *others]


@dataclass(frozen=True, kw_only=True)
class Choice(Exercise):
    """A question with answers to choose among: `choose`.

    Attributes:
        question: as the panel shows it.
        code: what the question is about, as the notebook has it. Its last function takes nothing, and is run to show
            that the right answer is right.
        given: code that is there already, such as imports.
        answers: by their letters.
        right: the letter of the right one.
        replies: by letter, what to say to each wrong one: which belief leads there, and what speaks against it.
    """

    question: str
    code: str
    given: str = ""
    answers: Mapping[str, str]
    right: str
    replies: Mapping[str, Finding]


def head_of(source: str) -> tuple[str, list[str], bool]:
    """The name of the last function in a source, its parameters, and whether it is an `async def`."""
    tree = parse(source)
    for statement in reversed(tree.body if tree is not None else []):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            parameters = [argument.arg for argument in statement.args.args]
            return statement.name, parameters, isinstance(statement, ast.AsyncFunctionDef)
    raise ValueError(f"no function in\n{source}")
