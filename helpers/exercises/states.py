"""How a learner stands with each exercise."""

from dataclasses import dataclass

from helpers.archive.exercise_log import events


@dataclass
class ExerciseState:
    """What the log says of one exercise.

    Attributes:
        tries: how many checks it took so far, or until it was done.
        hints: how many hints were asked for until then.
        looked: whether the solution was looked at before that.
        done: whether a check has passed.
    """

    tries: int = 0
    hints: int = 0
    looked: bool = False
    done: bool = False

    @property
    def words(self) -> str:
        """This as a learner reads it."""
        hints = f" with {self.hints} hint{'' if self.hints == 1 else 's'}" if self.hints else ""
        if self.done:
            return "done, after a look at the solution" if self.looked else f"done{hints}"
        if self.looked:
            return "solution read; try it again from memory"
        if self.tries:
            return f"begun: {self.tries} tr{'y' if self.tries == 1 else 'ies'}{hints}"
        return "not yet"


def states() -> dict[str, ExerciseState]:
    """How the learner stands with every exercise that was ever touched, by its name."""
    found: dict[str, ExerciseState] = {}
    for event in events():
        state = found.setdefault(event.name, ExerciseState())
        if state.done:
            continue
        if event.what == "done":
            state.done = True
        elif event.what == "solution":
            state.looked = True
        elif event.what == "hint":
            state.hints += 1
        else:
            state.tries += 1
    return found
