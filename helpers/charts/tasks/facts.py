"""What can be counted in an activity: the ground that the words of a task timeline stand on."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from helpers.charts.inputs.activity import OUTSIDE, READY, RUNNING, WAITING, Activity, Block, Pause
from helpers.charts.inputs.in_flight import most_at_once
from helpers.page import words

MOSTLY = 0.5
COMPUTED = 0.8
"""A thread whose processor time is at least this share of the time in which it ran has run all of it."""
SHORTEST_UNSEEN = 0.02
"""Seconds that a thread must have neither computed nor been seen to wait: the clocks of both are not that exact."""
NARROWEST = 5
"""Pixels that a span must be wide for its stripes to be seen."""
OTHER = "something outside the block"


@dataclass(frozen=True)
class Stuck:
    """The longest time for which a row was ready and did not run: which row, how long, and behind whom."""

    row: int
    seconds: float
    behind: str


@dataclass(frozen=True)
class TaskFacts:
    """What can be counted. What takes long where there are thousands is counted when it is first asked for.

    Attributes:
        noun: what the rows are that count: ``"task"``, ``"job"``, ``"thread"``, ``"request"``, or empty for none.
        count: how many of them, without the block's own task or thread.
        jobs, threads: how many jobs and threads there were beside the tasks of a loop.
        library_jobs: how many jobs libraries gave to threads for their own purposes; they are counted nowhere else.
        busy: seconds in which the loop was not idle, nan without a loop.
        own_waiting: seconds for which the block's own thread was seen to wait, and did not compute.
        unseen: seconds for which threads that run no loop neither were seen to wait, nor computed, nor were stopped;
            nan where that is not known.
        cpu: seconds of processor time of all threads together; nan where that of one is not known.
        errors, cancelled, pending: what became of them; the last by the kinds of rows.
        activity, counted: of what these are the facts, and which of its rows count.
    """

    activity: Activity
    counted: NDArray[np.bool_]
    noun: str
    count: int
    jobs: int
    threads: int
    library_jobs: int
    busy: float
    own_waiting: float
    unseen: float
    cpu: float
    errors: Counter[str]
    cancelled: int
    pending: Counter[str]

    @cached_property
    def waiting_most(self) -> int:
        """How many of them waited at once, at most."""
        return self._most(self.activity.spans["state"].to_numpy(int) == WAITING)

    @cached_property
    def ready_most(self) -> int:
        """How many of them were ready, or queued for a thread, at once, at most."""
        return self._most(self.activity.spans["state"].to_numpy(int) == READY)

    @cached_property
    def at_once(self) -> int:
        """How many of them were under way (not queued) at once, at most."""
        return self._most(self.activity.spans["state"].to_numpy(int) != READY)

    @cached_property
    def alive(self) -> int:
        """How many of them had begun and not ended at once, at most."""
        rows = self.activity.rows
        return most_at_once(rows["start"][self.counted], rows["end"][self.counted])

    @cached_property
    def stuck(self) -> Stuck | None:
        """The longest time that one of them was ready, or None."""
        spans = self.activity.spans
        ready = self.counted[spans["row"].to_numpy(int)] & (spans["state"].to_numpy(int) == READY)
        return _longest_stuck(self.activity, np.flatnonzero(ready))

    def _most(self, chosen: NDArray[np.bool_]) -> int:
        spans = self.activity.spans
        chosen = chosen & self.counted[spans["row"].to_numpy(int)]
        return most_at_once(spans["start"].to_numpy(float)[chosen], spans["end"].to_numpy(float)[chosen])


def task_facts(activity: Activity) -> TaskFacts:
    """Count what the words of a task timeline rest on."""
    rows, spans = activity.rows, activity.spans
    library = library_rows(activity)
    counted, noun = _counted(activity, library)
    outcome, error = rows["outcome"].to_numpy(str), rows["error"].to_numpy(str)
    row, state = spans["row"].to_numpy(int), spans["state"].to_numpy(int)
    start, end = spans["start"].to_numpy(float), spans["end"].to_numpy(float)
    own, runs = (row == 0) & (state == WAITING), thread_rows(activity)[row] & (state >= RUNNING)
    judged = counted | ((rows["kind"] != "request").to_numpy(bool) & ~library)
    return TaskFacts(
        activity=activity,
        counted=counted,
        noun=noun,
        count=int(counted.sum()),
        jobs=int(((rows["kind"] == "job") & ~library).sum()) if activity.model == "loop" else 0,
        threads=int((rows["kind"] == "thread").sum()) if activity.model == "loop" else 0,
        library_jobs=int(library.sum()),
        busy=float("nan") if activity.busy is None else float(np.diff(activity.busy.reshape(-1, 2)).sum()),
        own_waiting=_own_waiting(activity, float((end[own] - start[own]).sum())),
        unseen=_unseen(activity, float((end[runs] - start[runs]).sum())),
        cpu=_cpu(activity),
        errors=Counter(str(name) or "an error" for name in error[judged & (outcome == "error")]),
        cancelled=int((judged & (outcome == "cancelled")).sum()),
        pending=Counter(rows["kind"].to_numpy(str)[judged & (outcome == "pending")].tolist()),
    )


def thread_rows(activity: Activity) -> NDArray[np.bool_]:
    """Which rows are threads, or jobs in threads, that run no loop."""
    return activity.rows["kind"].isin(["job", "thread"]).to_numpy(bool)


def partly_run(activity: Activity, pixel: float) -> NDArray[np.bool_]:
    """Which spans are a thread's that is drawn as running for much longer than it has computed.

    For the rest of that time such a thread waited for Python's one lock or a processor, or in a way that is not seen
    here. None that is too narrow for stripes, where ``pixel`` is so many seconds.
    """
    spans = activity.spans
    row, state = spans["row"].to_numpy(int), spans["state"].to_numpy(int)
    lasted = np.where(state >= RUNNING, spans["end"].to_numpy(float) - spans["start"].to_numpy(float), 0.0)
    running = np.bincount(row, lasted, minlength=len(activity.rows))
    cpu = activity.rows["cpu"].to_numpy(float) + activity.tick
    partly = thread_rows(activity) & (running >= SHORTEST_UNSEEN) & ~(cpu >= COMPUTED * running)
    found: NDArray[np.bool_] = partly[row] & (state == RUNNING) & (lasted >= NARROWEST * pixel)
    return found


def _own_waiting(activity: Activity, seen: float) -> float:
    """What the block's own thread was seen to wait, without what it computed meanwhile: a call that waits does both."""
    cpu = float(activity.rows["cpu"].iloc[0]) if len(activity.rows) else float("nan")
    return min(seen, max(activity.wall - cpu, 0.0)) if cpu >= 0 and not activity.tick else seen


def _unseen(activity: Activity, running: float) -> float:
    """What of the time that is drawn as running such threads did not compute."""
    if activity.model == "loop":
        return float("nan")
    stopped = sum(end - start for start, end in activity.stalls)
    return max(running - _cpu(activity) - stopped, 0.0)


def _cpu(activity: Activity) -> float:
    """What all threads used. A thread that outlasts the block does not tell what it has used so far."""
    rows, spans = activity.rows, activity.spans
    ran = np.isin(np.arange(len(rows)), spans["row"][spans["state"] != READY])
    unknown = rows["kind"].isin(["job", "thread"]).to_numpy(bool) & rows["cpu"].isna().to_numpy(bool)
    return float("nan") if (ran & unknown).any() else float(np.nansum(rows["cpu"].to_numpy(float)))


def library_rows(activity: Activity) -> NDArray[np.bool_]:
    """Which rows are jobs that a library gave to a thread for its own purposes."""
    nowhere = np.zeros(len(activity.rows), bool)
    return activity.rows["library"].to_numpy(bool) if "library" in activity.rows else nowhere


def counted_rows(activity: Activity) -> NDArray[np.bool_]:
    """Which rows are counted, by what `TaskFacts.noun` calls them."""
    return _counted(activity, library_rows(activity))[0]


def _counted(activity: Activity, library: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], str]:
    """Which rows are counted, and what they are: not the block's own task or thread, the first, nor a library's job."""
    kind = activity.rows["kind"].to_numpy(str)
    others = (np.arange(len(kind)) >= int(activity.has_opener)) & ~library
    for noun in ("task", "job", "thread", "request"):
        if (others & (kind == noun)).any():
            return others & (kind == noun), noun
    return np.zeros(len(kind), bool), ""


def _longest_stuck(activity: Activity, ready: NDArray[np.intp]) -> Stuck | None:
    if not len(ready):
        return None
    spans = activity.spans
    row, state = spans["row"].to_numpy(int), spans["state"].to_numpy(int)
    start, end = spans["start"].to_numpy(float), spans["end"].to_numpy(float)
    longest = ready[np.argmax((end - start)[ready])]
    begin, until, who = start[longest], end[longest], row[longest]
    ran = (state >= RUNNING) & (row != who) & (activity.rows["kind"] == "task").to_numpy(bool)[row]
    shared = np.where(ran, np.minimum(end, until) - np.maximum(start, begin), 0).clip(min=0)
    by_row = np.bincount(row, shared, minlength=len(activity.rows))
    names = activity.rows["name"].tolist()
    tally = Counter({names[number]: float(by_row[number]) for number in np.flatnonzero(by_row)})
    for block in activity.blocks:
        if block.row == OUTSIDE:
            tally[blocker(activity, block)] += max(min(block.end, until) - max(block.start, begin), 0)
    tally = +tally
    behind = ""
    if tally:
        name, held = tally.most_common(1)[0]
        others = f"{len(tally):,} others" if len(tally) > 1 else ""
        behind = words.brief(name) if held >= MOSTLY * (until - begin) else others
    return Stuck(int(who), float(until - begin), behind)


def row_name(activity: Activity, row: int) -> str:
    """What that row is called, without its middle where it is long."""
    return words.brief(str(activity.rows["name"].iloc[row]))


def blocker(activity: Activity, block: Block) -> str:
    """Who it was that held the loop."""
    return row_name(activity, block.row) if block.row != OUTSIDE else words.brief(block.who) or OTHER


def collected(activity: Activity, block: Block) -> float:
    """Seconds of the block that were garbage collection."""
    return sum(overlap(pause, block) for pause in activity.pauses)


def overlap(pause: Pause, block: Block) -> float:
    """Seconds of that collection which fall into the block."""
    return max(min(block.end, pause.end) - max(block.start, pause.start), 0.0)


def inside(pause: Pause, block: Block) -> bool:
    """Whether the collection happened during that blocking step."""
    return block.start <= (pause.start + pause.end) / 2 <= block.end


def is_collection(activity: Activity, block: Block) -> bool:
    """Whether it was garbage collection, more than the task's own code, that took the time."""
    return collected(activity, block) > MOSTLY * (block.end - block.start)
