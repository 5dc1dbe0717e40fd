"""What each model would take for a workload, by a few formulas, and what the estimate rests on.

The formulas are the asymptotic bounds of operational analysis (Denning and Buzen, ACM Computing Surveys 10(3), 1978):
a batch takes no less than its rounds of waiting, and no less than the computing that only one can do at a time; the
longer of the two is the estimate. A stream is kept up with as long as its rate stays below what the model can do.
"""

from dataclasses import dataclass
from math import ceil, inf

from helpers.choosing.machine import Machine
from helpers.choosing.waiting_models import MODELS
from helpers.choosing.workload import Workload
from helpers.page.words import count, percent, seconds

ROOM = 0.7
"""A model keeps up with a stream when it is busy for this share of the time at most: above, queues become long."""


@dataclass(frozen=True)
class Estimate:
    """One model's estimate for a workload.

    Attributes:
        model: its name.
        value: seconds for the whole batch; for a stream the share of what the model can do that it has to do.
        because: what decides it, in words.
        not_here: why this model cannot be had, or an empty text.
    """

    model: str
    value: float
    because: str
    not_here: str = ""


def estimates(workload: Workload, machine: Machine) -> list[Estimate]:
    """Return the estimate of every model, in the order of `MODELS`."""
    return [_estimate(workload, machine, model) for model in MODELS]


def _estimate(workload: Workload, machine: Machine, model: str) -> Estimate:
    missing = _not_here(workload, model)
    if missing:
        return Estimate(model, inf, "", missing)
    if workload.rate is None:
        return Estimate(model, *_batch(workload, machine, model))
    return Estimate(model, *_stream(workload, machine, model))


def _not_here(workload: Workload, model: str) -> str:
    asyncio_needed = model.startswith("asyncio")
    if asyncio_needed and workload.library == "sync":
        return "there is no library to await; in a thread each call blocks as in the pool of threads"
    if not asyncio_needed and workload.library == "async":
        return "there is no library that blocks"
    if model == "asyncio + processes" and not workload.cpu:
        return "there is nothing to compute"
    return ""


def at_work(workload: Workload, machine: Machine, model: str) -> int:
    """How many calls this model has on their way at the same time."""
    if model == "plain sync":
        return 1
    if model == "processes":
        return min(machine.cores, workload.concurrency)
    return workload.concurrency


def _batch(workload: Workload, machine: Machine, model: str) -> tuple[float, str]:
    calls, places = workload.calls, min(at_work(workload, machine, model), workload.calls)
    price = machine.prices[model]
    own = price.of(calls, places)
    rounds = ceil(calls / places)
    each = workload.wait + workload.cpu
    if model == "plain sync":
        return calls * each + own, f"{count(calls, 'call')} x {seconds(each)}, one after another"
    if model == "processes":
        waiting = price.start + rounds * (each + price.again)
        return waiting, f"{seconds(price.start)} to start, then {count(rounds, 'round')} of {places} x {seconds(each)}"
    if model == "asyncio + processes":
        spread = calls * workload.cpu / min(machine.cores, workload.concurrency)
        waiting, computing = rounds * each, own + spread + workload.wait
        begin = f"{seconds(price.start)} to start, then "
        if computing > waiting:
            return price.start + computing, f"{begin}{seconds(calls * workload.cpu)} of CPU on {machine.cores} cores"
        return price.start + waiting, f"{begin}{_rounds(rounds, places, each)}"
    # The last place's calls, after those of the others in the first round: calls start staggered, and stay so.
    waiting = rounds * each + (rounds - 1) * price.again + places * price.first + (places - 1) * workload.cpu
    computing = own + calls * workload.cpu + workload.wait
    if computing >= waiting:
        used = f"{seconds(own + calls * workload.cpu)} of CPU, which only one call at a time can have"
        return computing, f"one wait of {seconds(workload.wait)} and {used}" if workload.wait else used
    return waiting, _rounds(rounds, places, each)


def _rounds(rounds: int, places: int, each: float) -> str:
    return f"{count(rounds, 'round')} of {places:,}, {seconds(each)} each"


def _stream(workload: Workload, machine: Machine, model: str) -> tuple[float, str]:
    assert workload.rate is not None
    rate, price, places = workload.rate, machine.prices[model], at_work(workload, machine, model)
    each = workload.wait + workload.cpu + price.again
    in_flight = rate * each  # Little's law
    processes = {"processes": places, "asyncio + processes": min(machine.cores, workload.concurrency)}.get(model, 1)
    own = price.again if model == "asyncio + processes" else 0.0
    computing = rate * max((workload.cpu + price.again) / processes, own)
    places_used = in_flight / places
    if computing > places_used:
        whose = "one core" if processes == 1 else f"{processes} cores"
        return (
            computing,
            f"{rate:,g}/s x {seconds(workload.cpu + price.again)} of CPU keeps {whose} busy for {percent(computing)}",
        )
    little = f"{rate:,g}/s x {seconds(each)} = {in_flight:,.3g} in flight"
    return places_used, f"{little}, with room for {places:,}"
