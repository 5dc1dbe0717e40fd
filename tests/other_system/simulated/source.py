"""Has the helpers take this system for another one. Libraries still see Linux."""

import importlib.machinery
import sys
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from types import CodeType

LEFT_ALONE = ("helpers.servers.own_folder",)
"""On Windows it counts on files that cannot be removed while they are open."""


class _Loader(importlib.machinery.SourceFileLoader):
    replaced: Mapping[str, str]

    def get_code(self, fullname: str) -> CodeType:  # by which `python -m` runs a module too
        source = self.get_data(self.path).decode()
        for asked, answer in self.replaced.items():
            source = source.replace(asked, answer)
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, replaced: Mapping[str, str]) -> None:
        self._replaced = replaced

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if not (name == "helpers" or name.startswith("helpers.")) or name in LEFT_ALONE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None:  # an editable installation has a finder of its own
            others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
            spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _Loader(name, str(spec.origin))
            spec.loader.replaced = self._replaced
        return spec


def replace(pieces: Mapping[str, str]) -> None:
    """Replace these pieces in the source of every module of the helpers, as it is loaded, in this order."""
    sys.meta_path.insert(0, _Finder(pieces))  # type: ignore[arg-type]
