"""The error that a function cannot be sent."""

from helpers.exercises.finding import Finding


class NotSent(RuntimeError):
    """A function could not be sent, or not be set up where it arrived; `finding` says it to the learner."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.finding = Finding(
            f"{seen.rstrip('.')}.",
            "A check runs it in a process of its own, where it has the values, functions and classes that it uses of "
            "your notebook. Make what cannot be sent inside the function.",
        )
