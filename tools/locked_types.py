"""Tell where the types that mypy reads here are not those of requirements.lock, the one set that it is run against.

A new release of numpy or of pandas-stubs can say other types of the same functions. To a newcomer, who installs the
newest versions, that would look like an error in the course.
"""

from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement


def pinned(lock: str) -> dict[str, str]:
    """Return the version that a lock pins of each package, on this machine and for this Python."""
    lines = [Requirement(line) for line in lock.splitlines() if line and not line.startswith("#")]
    chosen = [line for line in lines if line.marker is None or line.marker.evaluate()]
    return {line.name: str(line.specifier).removeprefix("==") for line in chosen}


def brings_types(package: Distribution) -> bool:
    """Whether mypy reads types in a package: its own ones, or those that it says of another."""
    return any(file.name == "py.typed" or file.parts[0].endswith("-stubs") for file in package.files or ())


def other_types(lock: str) -> list[str]:
    """Return "name version (pinned version)" of each installed package with types that are not the lock's."""
    found = []
    for name, version in pinned(lock).items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # what asked for it is of another version, or is not installed either
        if package.version != version and brings_types(package):
            found.append(f"{name} {package.version} ({version})")
    return found
