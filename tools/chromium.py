"""Find a Chromium-like browser on this machine, for the tests that drive JupyterLab."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)

MACOS_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)

WINDOWS_PROGRAMS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)


def _installed() -> Iterator[Path]:
    """Yield where macOS and Windows put browsers, which are not on the PATH there."""
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (folder / app for app in MACOS_APPS)
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if folder_name := os.environ.get(variable):
            yield from (Path(folder_name) / program for program in WINDOWS_PROGRAMS)


def find_chromium() -> str | None:
    """Return the path of a browser that Playwright can drive, or None.

    The environment variable CHROMIUM, the path of a browser, is asked first.
    """
    if named := os.environ.get("CHROMIUM"):
        return named
    for command in COMMANDS:
        if found := shutil.which(command):
            return found
    return next((str(path) for path in _installed() if path.is_file()), None)
