"""What the recorders of one block hold, before anybody looks at it."""

from dataclasses import dataclass, field

from helpers.recorders.http.request_record import RequestRecord
from helpers.recorders.loop.recorder import LoopRecorder
from helpers.recorders.threads.recorder import ThreadRecorder


@dataclass
class Recording:
    """What the recorders of one block hold. ``loop`` is None where no loop was running or it could not be recorded.

    ``opening`` is how many seconds it took to open the block, before its time began.
    ``awaits`` is whether the block's own code has an `await` in it: then it runs as a task, even if it never waits.
    ``notes`` are sentences on what is not there, and why; ``faults`` those of them in which a recorder has failed.
    """

    threads: ThreadRecorder
    requests: list[RequestRecord]
    loop: LoopRecorder | None = None
    threshold: float = 0.01
    opening: float = 0.0
    awaits: bool = False
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
