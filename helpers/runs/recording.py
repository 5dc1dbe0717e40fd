"""What the recorders of one block hold, before anybody looks at it."""

from dataclasses import dataclass, field

from helpers.recorders.loop import LoopRecorder
from helpers.recorders.record import RequestRecord
from helpers.recorders.threads import ThreadRecorder


@dataclass
class Recording:
    """What the recorders of one block hold. ``loop`` is None where no loop was running or it could not be recorded."""

    threads: ThreadRecorder
    requests: list[RequestRecord]
    loop: LoopRecorder | None = None
    threshold: float = 0.01
    notes: list[str] = field(default_factory=list)
