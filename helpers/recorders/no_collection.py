"""Keep garbage from being collected in a thread of ours: the finalizers of the learner's objects are not for it.

They may want a lock that waits for our thread, or belong to a thread, as connections of `sqlite3` do.
"""

from gc import disable, get_count, get_threshold, isenabled

MOST_MADE = 200
"""Containers that a look makes and has not let go of yet, at most. A collection comes when there are too many."""


def put_off_collection() -> bool:
    """Switch the collector off where the next collection is near, and tell whether: then it is to be switched on again.

    It is left alone as long as none is near: other threads may look whether it is on. To call this makes no container
    that counts, as a with-statement does.
    """
    is_near = isenabled() and get_count()[0] + MOST_MADE > get_threshold()[0]
    if is_near:
        disable()
    return is_near
