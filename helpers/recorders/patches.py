"""Put attributes in place of others, and take every one of them out again."""

from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, WrapperDescriptorType
from typing import Any, NamedTuple

from helpers.page.words import listing
from helpers.recorders.display_names import in_class, is_one_of

_ABSENT = object()
FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType)
"""What becomes a method in a class in the way that a function of ours does."""


class _Replaced(NamedTuple):
    owner: Any
    name: str
    old: Any
    new: Any

    @property
    def there(self) -> Any:
        """What is there now."""
        return self.owner.__dict__.get(self.name, _ABSENT)

    def undo(self) -> None:
        if self.old is not _ABSENT:
            setattr(self.owner, self.name, self.old)
        else:
            delattr(self.owner, self.name)


_covered: list[_Replaced] = []
"""What somebody else had replaced in turn when it was to be taken out. It is inert; once uncovered, it is taken out."""


class Patches:
    """A stack of replaced attributes of classes, modules and objects.

    What is remembered is the owner's own ``__dict__`` entry, not what ``getattr`` finds: an attribute that
    was inherited, or absent, is deleted again by ``restore``, so the owner is afterwards what it was before.
    """

    def __init__(self) -> None:
        self._replaced: list[_Replaced] = []
        self._left_alone: list[str] = []

    def replace(self, owner: Any, name: str, new: Any) -> bool:
        """Set ``owner.name`` to ``new`` until ``restore`` is called.

        False where something that is no method, such as a mock, stands where a function would be put: it is left alone.
        """
        if not self._replaced:
            take_out_uncovered()
        old = owner.__dict__.get(name, _ABSENT)
        if callable(new) and not isinstance(new, type) and old is not _ABSENT and as_function(old) is None:
            self.leave_alone(owner, name)
            return False
        self._replaced.append(_Replaced(owner, name, old, new))
        setattr(owner, name, new)
        return True

    @property
    def in_place(self) -> bool:
        """Whether anything is replaced now."""
        return bool(self._replaced)

    def leave_alone(self, owner: Any, name: str) -> None:
        """Only note that this is not replaced."""
        self._left_alone.append(f"{getattr(owner, '__qualname__', None) or getattr(owner, '__name__', '')}.{name}")

    @property
    def notes(self) -> list[str]:
        """What was left alone, as a sentence; none where nothing was."""
        if not self._left_alone:
            return []
        return [f"Not watched, because something else stands in its place: {listing(self._left_alone)}."]

    def restore(self) -> None:
        """Undo every replacement, the last one first. Calling it again does nothing.

        Where somebody else has replaced an attribute meanwhile, as a mock does, theirs stays. Where one cannot be
        undone all others are all the same; its error is raised at the end.
        """
        problem: Exception | None = None
        failed: _Replaced | None = None
        while self._replaced:
            # Forgotten last: where Ctrl-C comes in between, it is undone again by the next call.
            replaced = self._replaced[-1]
            try:
                if replaced.there is replaced.new:
                    replaced.undo()
                elif replaced.there is not _ABSENT and replaced.there is not replaced.old:
                    _covered.append(replaced)
            except Exception as error:
                problem = error
                if failed is not replaced:  # once more: a signal's handler may have raised it, at any line
                    failed = replaced
                    continue
            self._replaced.pop()
        if problem is not None:
            raise problem


def as_function(method: Any) -> Callable[..., Any] | None:
    """What stands in a class under a method's name, as a function that is given the object first.

    It may be an object that binds as a function does, as the wrappers of tracing libraries do. None for one that does
    not, such as a mock, and for a `staticmethod` or `classmethod`.
    """
    kind = type(method)
    if is_one_of(kind, FUNCTIONS):
        function: Callable[..., Any] = method
        return function
    if is_one_of(kind, (staticmethod, classmethod)) or not (in_class(kind, "__get__") and in_class(kind, "__call__")):
        return None

    def bound(this: Any, *args: Any, **kwargs: Any) -> Any:
        return method.__get__(this, type(this))(*args, **kwargs)

    return bound


def take_out_uncovered() -> None:
    """Take out what was covered, where that which covered it is gone: its undoing has put ours back."""
    still = [replaced for replaced in _covered if replaced.there is not replaced.new]
    for replaced in _covered:
        if replaced.there is replaced.new:
            replaced.undo()
    _covered[:] = still
