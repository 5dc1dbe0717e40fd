"""Whether the variants of trials are still the same code, when stopped trials may be continued."""

from collections.abc import Callable, Mapping

from helpers.code.configuration import of_function


class VariantsCode:
    """The code of the variants and the values that they read: see `helpers.code.configuration`."""

    def __init__(self, variants: Mapping[str, Callable[[], object]]) -> None:
        self._taken = {name: of_function(function, {}) for name, function in variants.items()}
        self._before = self._after = {name: code.parts() for name, code in self._taken.items()}

    def stopped(self) -> None:
        """Note which values the variants have changed themselves, such as a list of results: those may differ."""
        self._after = {name: code.parts() for name, code in self._taken.items()}

    def is_code_of(self, variants: Mapping[str, Callable[[], object]]) -> bool:
        """Whether these variants are the same, under the same names."""
        if variants.keys() != self._taken.keys():
            return False
        for name, function in variants.items():
            changed = self._before[name].keys() - self._after[name].keys()
            now = of_function(function, {}).parts()
            if {part: text for part, text in now.items() if part not in changed} != self._after[name]:
                return False
        return True
