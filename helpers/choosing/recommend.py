"""Which model of waiting fits a workload."""

from statistics import median
from typing import TYPE_CHECKING

from helpers import archive
from helpers.choosing.advice import Advice
from helpers.choosing.estimates import estimates
from helpers.choosing.machine import measure_machine
from helpers.choosing.workload import Framework, Library, Workload
from helpers.page.words import count
from helpers.reruns.comparable import sort_out
from helpers.reruns.compare import runs_under

if TYPE_CHECKING:
    import pandas


def recommend(
    wait: float | None = None,
    cpu: float | None = None,
    calls: int | None = None,
    concurrency: int | None = None,
    rate: float | None = None,
    library: Library = "both",
    framework: Framework = "script",
    like: str | None = None,
) -> Advice:
    """Say which model fits: ``recommend(wait=0.1, calls=50)``, then ``await recommend(...).measure()`` to see it.

    The models are plain sync, threads, asyncio, processes, and asyncio with processes. The estimates come from a few
    formulas (see `helpers.choosing.estimates`) and from this machine's own prices, which the first call measures.

    Args:
        wait: seconds that a call waits for somebody else, 0 to 60.
        cpu: seconds that your own code computes with each answer, 0 to 60; 0 unless told.
        calls: how many calls there are; 1 unless told.
        concurrency: how many may be in flight at once; all of them unless told. For a stream, 100 unless told.
        rate: calls that arrive per second, for ever, instead of a batch.
        library: "sync", "async" or "both": what kinds of library there are for these calls.
        framework: "script", "notebook", "wsgi" or "asgi": where the code lives.
        like: a label in your history: what is not given is taken from the runs under it.

    Raises TypeError or ValueError for a value that is not allowed, and says what is.
    """
    source = ""
    if like is not None:
        seen_wait, seen_cpu, seen_calls, source = _seen(like)
        wait = seen_wait if wait is None else wait
        cpu = seen_cpu if cpu is None else cpu
        calls = seen_calls if calls is None and rate is None else calls
    elif wait is None:
        raise TypeError("recommend needs wait=, the seconds that a call waits, or like=, a label in your history")
    if rate is not None and calls is not None:
        raise ValueError("calls= is for a batch and rate= for a stream that never ends: give one of them")
    calls = 1 if calls is None else calls
    if concurrency is None:
        concurrency = calls if rate is None else 100
    workload = Workload(wait, 0.0 if cpu is None else cpu, calls, concurrency, rate, library, framework)
    return Advice(workload, estimates(workload, measure_machine()), source)


def _seen(label: str) -> tuple[float, float, int, str]:
    """The wait and the CPU of a call, and the number of calls, as the runs under a label had them.

    What the library itself computes is no part of the work: another model has another library.
    """
    kept = sort_out({label: runs_under(label)})[label].counted
    runs = [(run, table) for run in kept if len(table := archive.requests_of(run.number))]
    if not runs:
        raise ValueError(f"no run under {label!r} went well and made requests, so there is nothing to take from them")
    waits = [float(table["waiting"].median()) for _, table in runs]
    prices = measure_machine().prices
    cpus = [run.cpu / len(table) - prices[_model_of(table)].first for run, table in runs]
    calls = round(median(len(table) for _, table in runs))
    return median(waits), max(median(cpus), 0.0), calls, f"As in your {count(len(runs), 'run')} of “{label}”."


def _model_of(table: "pandas.DataFrame") -> str:
    return "asyncio" if (table["library"] == "aiohttp").any() else "plain sync"
