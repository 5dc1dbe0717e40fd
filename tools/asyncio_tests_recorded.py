"""Run CPython's own asyncio tests with the loop recorder on: the strongest sign that it changes nothing.

    python tools/asyncio_tests_recorded.py            # compares a run with the recorder to one without
    python tools/asyncio_tests_recorded.py test_tasks test_taskgroups

It needs a Python that comes with its test package (`python -c "import test.test_asyncio"`; Debian calls it
libpython3-testsuite). Every loop that a test runs is recorded. The tests that fail must be the same with and without,
and no recorder may have been switched off by a fault of its own, but where a test puts a mock into its loop.
"""

import argparse
import asyncio
import importlib
import json
import os
import selectors
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = {
    "test_pep492",  # about coroutines, not about loops
    "test_windows_events", "test_windows_utils",
}  # fmt: skip
RECORD = "RECORD_ASYNCIO_TESTS"


def record_every_loop() -> dict[str, Any]:
    """From now on a recorder watches each loop for as long as it runs. Returns what they have seen."""
    from helpers.recorders import belonging
    from helpers.recorders.loop.recorder import LoopRecorder

    seen: dict[str, Any] = {"loops": 0, "steps": 0, "tasks": 0, "faults": []}
    owner = object()
    belonging.mark(owner)
    plain = asyncio.BaseEventLoop.run_forever
    open_now = False

    def run_forever(loop: asyncio.BaseEventLoop) -> None:
        nonlocal open_now
        # Many tests give their loop a selector that is a mock.
        if open_now or not isinstance(getattr(loop, "_selector", None), selectors.BaseSelector):
            plain(loop)
            return
        recorder = LoopRecorder(loop, owner, 0.05)
        recorder.start()
        open_now = True
        try:
            plain(loop)
        finally:
            open_now = False
            recorder.stop()
            seen["loops"] += 1
            seen["steps"] += len(recorder.steps) // 4
            seen["tasks"] += len(recorder.rows)
            seen["faults"] += filter(None, (guard.note(0.0) for guard in recorder.guards))

    setattr(asyncio.BaseEventLoop, "run_forever", run_forever)  # noqa: B010  # it is not ours to assign, says mypy
    return seen


def run(names: list[str]) -> None:
    """Run the test modules in this process and print the outcome as a line of JSON."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and a test waits on
    seen = record_every_loop() if os.environ.get(RECORD) else {}
    suite = unittest.TestSuite()
    for name in names:
        suite.addTests(
            unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(f"test.test_asyncio.{name}"))
        )
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=0).run(suite)
    failed = sorted(str(test) for test, _ in [*result.failures, *result.errors])
    print(json.dumps({"run": result.testsRun, "failed": failed, "seen": seen}), flush=True)
    # A failed test may leave a thread that never ends.
    os._exit(0)


def outcome(name: str, recorded: bool) -> dict[str, object]:
    """Run one module in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    if recorded:
        environment[RECORD] = "yes"
    done = subprocess.run(
        [sys.executable, __file__, "--run", name],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=900,
    )
    last = (done.stdout.strip().splitlines() or [""])[-1]
    if not last.startswith("{"):
        return {"run": 0, "failed": [f"{name} broke off: {done.stderr[-2000:]}"], "seen": {}}
    return dict(json.loads(last))


def main() -> int:
    """Compare, module by module. The exit code is 1 where anything failed with the recorder that passed without."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="such as test_tasks; all of them where none is named")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        run(arguments.modules)
        return 0
    folder = Path(importlib.import_module("test.test_asyncio").__file__ or "").parent
    names = arguments.modules or sorted({path.stem for path in folder.glob("test_*.py")} - LEFT_OUT)
    total, worse = {"run": 0, "steps": 0}, []
    for name in names:
        plain, recorded = outcome(name, recorded=False), outcome(name, recorded=True)
        new = sorted(set(recorded["failed"]) - set(plain["failed"]))  # type: ignore[call-overload]
        worse += new
        seen = dict(recorded["seen"])  # type: ignore[call-overload]
        worse += [f"{name}: {fault}" for fault in seen.get("faults", ())]
        total["run"] += recorded["run"]  # type: ignore[operator]
        total["steps"] += seen.get("steps", 0)
        print(
            f"{name}: {recorded['run']} tests, {seen.get('steps', 0):,} steps recorded, {len(new)} newly failing, "
            f"{len(seen.get('faults', ()))} recorders failed",
            flush=True,
        )
    print(f"{total['run']} tests, {total['steps']:,} steps recorded, {len(worse)} failures only with the recorder")
    print("\n".join(worse))
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
