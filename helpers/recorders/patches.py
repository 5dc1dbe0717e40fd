"""Put attributes in place of others, and take every one of them out again."""

from typing import Any

_ABSENT = object()


class Patches:
    """A stack of replaced attributes of classes, modules and objects.

    What is remembered is the owner's own ``__dict__`` entry, not what ``getattr`` finds: an attribute that
    was inherited, or absent, is deleted again by ``restore``, so the owner is afterwards what it was before.
    """

    def __init__(self) -> None:
        self._replaced: list[tuple[Any, str, Any]] = []

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Set ``owner.name`` to ``new`` until ``restore`` is called."""
        self._replaced.append((owner, name, owner.__dict__.get(name, _ABSENT)))
        setattr(owner, name, new)

    def restore(self) -> None:
        """Undo every replacement, the last one first. Calling it again does nothing.

        Where one cannot be undone all others are all the same; its error is raised at the end.
        """
        problem: Exception | None = None
        while self._replaced:
            # Forgotten last: where Ctrl-C comes in between, it is undone again by the next call.
            owner, name, old = self._replaced[-1]
            try:
                if old is not _ABSENT:
                    setattr(owner, name, old)
                elif name in owner.__dict__:  # somebody else may have taken it out already
                    delattr(owner, name)
            except Exception as error:
                problem = error
            self._replaced.pop()
        if problem is not None:
            raise problem
