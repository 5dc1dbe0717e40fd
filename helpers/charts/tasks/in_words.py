"""What a task timeline says in words: its title, its conditions, its sentence and its note."""

from collections.abc import Iterable

import numpy as np

from helpers.charts.canvas import style
from helpers.charts.inputs.activity import READY, Activity, Block
from helpers.charts.inputs.panel import Panel
from helpers.charts.requests.in_words import answers, judged, outcome
from helpers.charts.tasks.after_failure import became_of_others
from helpers.charts.tasks.facts import SHORTEST_UNSEEN, TaskFacts, blocker, is_collection, row_name
from helpers.charts.tasks.longest_wait import each_other, longest_told
from helpers.charts.tasks.longest_wait import sentence as longest_wait
from helpers.page import words

MATTERS = 0.1
"""A title names the blocking steps from this share of the block on."""
MOSTLY = 0.5
"""A title tells from this share on for how much of a block the loop was held, by whatever steps."""
QUEUED = 0.2
"""... and the jobs that queued for a thread from this share on."""
DOMINANT = 0.7
"""A title names a single step that makes up this share of all blocking steps."""
LEAST_IN_TURN, EVEN = 4, 0.6
"""So many tasks are said to be done one after another where no step between their ends is shorter than this share of
the mean."""
NOTICED = 0.001
"""Seconds: what is shorter gets no sentence of its own."""
NAME_ROOM = 300
"""Pixels that a task's name may take in a title."""


def finding(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    """What happened, in a few parts: the title after the run's own name."""
    wall = words.seconds(panel.wall)
    if activity.recorded is not None:
        return [wall, recorded(activity.recorded)]
    held = _held(panel, activity)
    parts = [f"{words.count(counted.count, counted.noun)} in {wall}" if counted.count else wall]
    if activity.model == "loop" and not counted.count and not held:
        seen = words.count(len(panel.requests), "request") if len(panel.requests) else "no task or request seen"
        parts = [f"{seen} in {wall}"]
    longest, others = longest_told(activity), became_of_others(activity)
    if held:
        parts.append(held)
    elif others:
        return [*parts, f"after the first failure {others}"]
    elif longest is not None and longest.cycle:
        parts.append(each_other(activity, longest))
    elif activity.model == "blocking" and not is_unseen(panel, counted):
        parts.append(f"waiting for {words.percent(_share(counted.own_waiting, panel.wall))} of it")
    elif queued := _queued(panel, activity):
        parts.append(queued)
    elif counted.count > 1:
        parts.append(_together(activity, counted))
        share = _share(counted.busy, panel.wall)
        if activity.model == "loop" and share >= MOSTLY:
            parts.append(f"the loop held for {words.percent(share)} of it")
    if counted.errors or counted.cancelled or counted.pending:
        parts.append(_lost_in_short(counted))
    return parts


def _held(panel: Panel, activity: Activity) -> str:
    """Who held the loop, where that took a good part of the block."""
    blocks = activity.blocks
    total = _all_in_all(blocks)
    if not blocks or total < MATTERS * panel.wall:
        return ""
    longest = _longest(blocks)
    if longest.end - longest.start > DOMINANT * total:
        name = "garbage collection" if is_collection(activity, longest) else blocker(activity, longest)
        short = style.shorten(name, NAME_ROOM, style.TITLE, "bold")
        return f"{short} held the loop for {words.seconds(longest.end - longest.start)}"
    return f"{len(blocks):,} steps held the loop for {words.seconds(total)} of it"


def _all_in_all(blocks: Iterable[Block]) -> float:
    """For how long any of them held the loop: under nest-asyncio a step may run inside another."""
    total, until = 0.0, 0.0
    for block in sorted(blocks, key=lambda block: block.start):
        total += max(block.end - max(block.start, until), 0.0)
        until = max(until, block.end)
    return total


def _queued(panel: Panel, activity: Activity) -> str:
    """Which jobs stood in the queue of their pool beside a loop for a good part of the block, or how many did."""
    spans = activity.spans
    row = spans["row"].to_numpy(int)
    is_job = (activity.rows["kind"] == "job").to_numpy(bool)
    long = (spans["state"] == READY) & (spans["end"] - spans["start"] >= QUEUED * panel.wall) & is_job[row]
    if activity.model != "loop" or not long.any():
        return ""
    lasted = words.seconds(float((spans["end"] - spans["start"])[long].max()))
    rows = np.unique(row[long.to_numpy(bool)])
    if len(rows) > 1:
        return f"{len(rows):,} jobs queued for a thread, up to {lasted}"
    short = style.shorten(row_name(activity, int(rows[0])), NAME_ROOM, style.TITLE, "bold")
    return f"{short} queued for a thread for {lasted}"


def _together(activity: Activity, counted: TaskFacts) -> str:
    if activity.model == "threads":
        queued = f", up to {counted.ready_most:,} queued" if counted.ready_most > 1 else ""
        return f"up to {counted.at_once:,} at a time{queued}" if counted.at_once > 1 else f"one at a time{queued}"
    if _in_turn(activity, counted):
        return "done one after another"
    if counted.waiting_most > 1:
        return f"up to {counted.waiting_most:,} waiting at once"
    return "one at a time" if counted.alive == 1 else "taking turns"


def _in_turn(activity: Activity, counted: TaskFacts) -> bool:
    """Whether what began together ended one by one, in even steps: something let only one of them at a time go on."""
    rows = activity.rows[counted.counted]
    begun, ended = rows["start"].to_numpy(float), np.sort(rows["end"].to_numpy(float))
    if len(rows) < LEAST_IN_TURN or not (rows["outcome"] == "ok").all():
        return False
    steps = np.diff(ended, prepend=begun.min())
    return bool(np.ptp(begun) < steps.min() and steps.min() > EVEN * steps.mean())


def _lost_in_short(counted: TaskFacts) -> str:
    failed = counted.errors.total()
    parts = [f"{failed:,} failed"] if failed else []
    parts += [f"{counted.cancelled:,} cancelled"] if counted.cancelled else []
    parts += [f"{counted.pending.total():,} pending"] if counted.pending else []
    return words.listing(parts)


def conditions(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    """The parts of the subtitle."""
    table = panel.requests
    parts = [] if panel.outcome == "ok" else [outcome(panel)]
    parts.append({"loop": "one event loop", "threads": "threads", "blocking": "one thread"}[activity.model])
    if len(table):
        libraries = [name for name in dict.fromkeys(table["library"]) if name != "server"]
        parts += [words.listing(libraries)] if libraries else []
        by_server = _by_server(panel)
        if counted.noun != "request" or counted.count != len(table) or by_server:
            parts.append(words.count(len(table), "request"))
        parts.append(answers(table))
        if by_server:
            parts.append("as the server saw it" if by_server == len(table) else f"{by_server:,} as the server saw them")
    if activity.hidden:
        parts.append(f"{words.count(activity.hidden, 'library task')} not shown")
    return parts


def sentence(panel: Panel, activity: Activity, counted: TaskFacts) -> str:
    """What the chart shows."""
    if activity.recorded is not None:
        parts = [f"The block took {words.seconds(panel.wall)}, {recorded(activity.recorded)}."]
        return " ".join([*parts, *_end(panel)])
    if not len(activity.rows):
        parts = [f"The block took {words.seconds(panel.wall)}, and no task or thread was recorded in it."]
        return " ".join([*parts, *_end(panel)])
    say = {"loop": _on_a_loop, "threads": _on_threads, "blocking": _on_one_thread}[activity.model]
    parts = [
        *say(panel, activity, counted),
        *_seen_by_server(panel),
        *_stalls(activity),
        *_collections(panel, activity),
        *_lost(counted),
    ]
    return " ".join([*parts, *_end(panel)])


def recorded(seconds: float) -> str:
    """How much of a block is in the picture, where a recorder failed; another recorder may have seen all of it."""
    return f"recorded in full for the first {words.seconds(seconds)} only" if seconds else "not recorded in full"


def _end(panel: Panel) -> list[str]:
    """How the block ended, and how good the guess was."""
    parts = [] if panel.outcome == "ok" else [f"{words.upper_first(outcome(panel))}."]
    return parts if panel.predict is None else [*parts, judged(panel.wall, panel.predict)]


def _begin(panel: Panel, counted: TaskFacts) -> str:
    wall = words.seconds(panel.wall)
    return f"{words.count(counted.count, counted.noun)} took {wall}" if counted.count else f"The block took {wall}"


def _on_a_loop(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    held = words.percent(_share(counted.busy, panel.wall))
    parts = [f"{_begin(panel, counted)}{_beside(counted)}: the loop was held for {held} of it."]
    parts += _stuck(activity, counted)
    parts += _blocked(activity)
    parts += longest_wait(activity)
    if activity.lag >= NOTICED:
        parts.append(f"A timer fired {words.seconds(activity.lag)} late at worst.")
    return parts


def _beside(counted: TaskFacts) -> str:
    """What there was beside what is counted."""
    tasks = counted.noun == "task"
    jobs = [f"{words.count(counted.jobs, 'job')} in threads"] if tasks and counted.jobs else []
    threads = [f"{words.count(counted.threads, 'thread')} beside the loop"] if tasks and counted.threads else []
    library = [f"{words.count(counted.library_jobs, 'library job')} in threads"] if counted.library_jobs else []
    every = [*jobs, *threads, *library]
    return f", with {words.listing(every)}" if every else ""


def _stuck(activity: Activity, counted: TaskFacts) -> list[str]:
    """The longest time that a task stood behind others, or a job in its pool's queue."""
    if counted.stuck is None or counted.stuck.seconds < NOTICED:
        return []
    lasted, who = words.seconds(counted.stuck.seconds), row_name(activity, counted.stuck.row)
    many = counted.ready_most > 1
    if counted.noun in ("job", "thread"):
        most = f"Up to {counted.ready_most:,} were queued for a thread at once; " if many else ""
        return [words.upper_first(f"{most}the longest time in the queue was {lasted} ({who}).")]
    behind = f" behind {counted.stuck.behind}" if counted.stuck.behind else ""
    most = f"Up to {counted.ready_most:,} were ready at once; " if many else ""
    return [words.upper_first(f"{most}the longest was stuck for {lasted} ({who}{behind}).")]


def _blocked(activity: Activity) -> list[str]:
    blocks = activity.blocks
    if not blocks:
        return []
    longest = _longest(blocks)
    who, lasted = blocker(activity, longest), words.seconds(longest.end - longest.start)
    if is_collection(activity, longest):
        where = ", most of it garbage collection"
    else:
        place = f" ({longest.place})" if longest.place else ""
        where = f" at {words.code_line(longest.line)}{place}" if longest.line else place
    if len(blocks) == 1:
        return [f"One step blocked the loop: {who} for {lasted}{where}."]
    total = words.seconds(_all_in_all(blocks))
    return [f"{len(blocks):,} steps blocked the loop, for {total} in all; the longest was {who} for {lasted}{where}."]


def _longest(blocks: tuple[Block, ...]) -> Block:
    return max(blocks, key=lambda block: block.end - block.start)


def _on_threads(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    if counted.count == 1:
        where = "beside the block's own" if counted.noun == "thread" else "in a thread of its own"
        begin = f"{_begin(panel, counted)}, {where}{_beside(counted)}."
    elif counted.at_once > 1:
        most = f"at most {counted.at_once:,} were under way at once, each in a thread"
        begin = f"{_begin(panel, counted)}{_beside(counted)}: {most}."
    else:
        begin = f"{_begin(panel, counted)}, one at a time{_beside(counted)}."
    return [
        begin,
        *_stuck(activity, counted),
        *_processor(panel, activity, counted),
        *_unseen(panel, activity, counted),
    ]


def _on_one_thread(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    one_by_one = ", one after another" if counted.count > 1 and counted.at_once == 1 else ""
    share = words.percent(_share(counted.own_waiting, panel.wall))
    begin = f"{_begin(panel, counted)}{one_by_one}{_beside(counted)}"
    if not is_unseen(panel, counted):
        # The card has the processor time of all the process. A second number, a little smaller, would only ask why.
        return [f"{begin}: the thread waited for {share} of it."]
    seen = f"{begin}: the thread was seen to wait for {share} of it."
    return [seen, *_processor(panel, activity, counted), *_unseen(panel, activity, counted)]


def _unseen(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    if not is_unseen(panel, counted):
        return []
    how = "waited in a way that is not seen here, or for Python's one lock (the GIL) or a processor"
    if activity.tick:  # what they computed may not have been counted
        how = f"computed, {how}"
    unseen = words.seconds(counted.unseen)
    if activity.model == "blocking":
        return [f"For the other {unseen} it {how}."]
    return [f"For {unseen}, all threads together, they {how}."]


def is_unseen(panel: Panel, counted: TaskFacts) -> bool:
    """Whether threads neither computed nor were seen to wait, for a good part of the block."""
    return counted.unseen >= max(MATTERS * panel.wall, SHORTEST_UNSEEN)


def _by_server(panel: Panel) -> int:
    """How many of the requests have no record of a client in this process."""
    return int((panel.requests["library"] == "server").sum())


def _seen_by_server(panel: Panel) -> list[str]:
    """Requests that nothing here has recorded: no task or thread is known to have made one."""
    by_server = _by_server(panel)
    if not by_server:
        return []
    peak = "" if panel.server_peak is None else f", at most {panel.server_peak:,} at once"
    if by_server == len(panel.requests):
        return [f"The server saw {words.count(by_server, 'request')}{peak}."]
    return [f"The server alone saw {by_server:,} of the {words.count(len(panel.requests), 'request')}."]


def _processor(panel: Panel, activity: Activity, counted: TaskFacts) -> list[str]:
    if not counted.cpu >= 1e-6:  # also where it is not known
        return []
    whose = "thread" if activity.model == "blocking" else "threads"
    share = words.percent(_share(counted.cpu, panel.wall))
    used = f"{words.seconds(counted.cpu)} of processor time{words.in_ticks(activity.tick)}"
    return [f"Its own {whose} used {used}, {share} of the block."]


def _stalls(activity: Activity) -> list[str]:
    """What no code of the learner's can help: it is no part of any blocking step."""
    if not activity.stalls:
        return []
    total = words.seconds(sum(end - start for start, end in activity.stalls))
    if not activity.stalls_told:
        one = len(activity.stalls) == 1
        when = f"For {total}" if one else f"{words.count(len(activity.stalls), 'time')}, for {total} in all,"
        why = "the machine gave it no processor, or a library waited and kept the GIL"
        return [f"{when} nothing of this process ran: {why}."]
    if len(activity.stalls) == 1:
        return [f"The machine stood still for {total}: it gave this process no processor."]
    often = words.count(len(activity.stalls), "time")
    return [f"The machine stood still {often}, for {total} in all: it gave this process no processor."]


def _collections(panel: Panel, activity: Activity) -> list[str]:
    pauses = activity.pauses
    total = sum(pause.end - pause.start for pause in pauses)
    if not pauses or total < 0.01 * panel.wall:
        return []
    if len(pauses) == 1:
        return [f"One garbage collection stopped everything for {words.seconds(total)}."]
    return [f"{len(pauses):,} garbage collections stopped everything for {words.seconds(total)} in all."]


def _lost(counted: TaskFacts) -> list[str]:
    parts = []
    failed = counted.errors.total()
    if failed:
        reasons = ", ".join(f"{number:,} {name}" for name, number in counted.errors.most_common(4))
        others = " and others" if len(counted.errors) > 4 else ""
        parts.append(f"{failed:,} failed ({reasons}{others})")
    if counted.cancelled:
        parts.append(f"{counted.cancelled:,} {_was(counted.cancelled)} cancelled")
    if counted.pending:
        number = counted.pending.total()
        kinds = [words.count(each, kind) for kind, each in counted.pending.items()]
        who = f"{number:,}" if list(counted.pending) == [counted.noun] else words.listing(kinds)
        parts.append(f"{who} {_was(number)} still pending when the block ended")
    return [f"{words.listing(parts)}."] if parts else []


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0


def note(panel: Panel, activity: Activity) -> str:
    """What the reader must know of the recording, and what it cost."""
    parts = list(activity.notes)
    if activity.events:
        what = words.count(activity.events, "step" if activity.model == "loop" else "call")
        share = words.fine_percent(_share(activity.cost, panel.wall))
        cost = words.seconds(activity.cost)
        about = cost if cost.startswith("under") else f"about {cost}"
        opening = f"; opening the block had taken {words.seconds(activity.opening)}" if activity.opening else ""
        looks = "with a look every few milliseconds"
        told = f"Recording {what}, {looks}, cost {about}, {share} of the block, as measured on this machine"
        parts.append(f"{told}{opening}.")
    return " ".join(parts)
