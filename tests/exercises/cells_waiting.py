"""What a learner may define in a notebook: what waits, holds, or points to something.

The cells of each case define `answer`, which says the same on the bench as in the notebook.
"""

CELLS = {
    "locks that are free": """
import threading
lock, again, some, room = (
    threading.Lock(),
    threading.RLock(),
    threading.Semaphore(3),
    threading.BoundedSemaphore(2),
)
done, ready, gate = threading.Event(), threading.Condition(), threading.Barrier(1)
fired = threading.Event()
fired.set()
some.acquire()
def answer():
    with lock, again, again, some, room, ready:
        ready.notify_all()
        held = lock.locked()
    done.set()
    gate.wait()
    try:
        room.release()
    except ValueError as error:
        bounded = str(error)
    return (
        held,
        lock.locked(),
        done.is_set(),
        fired.is_set(),
        some.acquire(False),
        some.acquire(False),
        some.acquire(False),
        bounded,
    )
""",
    "one lock in two places": """
import threading
lock = threading.Lock()
class Safe:
    def __init__(self):
        self.lock, self.n = lock, 0
    def up(self):
        with self.lock:
            self.n += lock.locked()
safe = Safe()
def answer():
    safe.up()
    return safe.n, safe.lock is lock
""",
    "queue.Queue": """
import queue
jobs, last, best, simple = queue.Queue(5), queue.LifoQueue(), queue.PriorityQueue(), queue.SimpleQueue()
jobs.put("a")
last.put(1)
best.put(3)
best.put(1)
def answer():
    jobs.put("b")
    simple.put("c")
    first = jobs.get(timeout=1)
    jobs.task_done()
    return first, jobs.qsize(), jobs.unfinished_tasks, jobs.maxsize, last.get(), best.get(), simple.get()
""",
    "asyncio, never used": """
import asyncio
permits, lock, done, jobs, ready = (
    asyncio.Semaphore(2),
    asyncio.Lock(),
    asyncio.Event(),
    asyncio.Queue(3),
    asyncio.Condition(),
)
jobs.put_nowait("a")
async def work(n):
    async with permits, lock:
        await asyncio.sleep(0)
        return n
async def answer():
    pages = await asyncio.gather(*(work(n) for n in range(4)))
    done.set()
    async with ready:
        ready.notify_all()
    await jobs.put("b")
    return pages, permits.locked(), await jobs.get(), jobs.qsize(), done.is_set()
""",
    "asyncio, used before in another loop": """
import asyncio
permits, lock, jobs = asyncio.Semaphore(1), asyncio.Lock(), asyncio.Queue(1)
async def work(n):
    async with permits, lock:
        await asyncio.sleep(0)
    return n
async def before():
    await asyncio.gather(*(work(n) for n in range(3)))
    taking = asyncio.create_task(jobs.get())
    await asyncio.sleep(0)
    await jobs.put(1)
    await taking
if "bound" not in globals():  # as in a notebook, where one loop runs all the time
    LOOP = asyncio.new_event_loop()
    LOOP.run_until_complete(before())
bound = True
async def run():
    pages = await asyncio.gather(*(work(n) for n in range(3)))
    await jobs.put("x")
    return pages, jobs.qsize(), permits.locked()
def answer():
    import asyncio
    try:
        loop = LOOP
        return loop.run_until_complete(run())
    except RuntimeError:
        return asyncio.run(run())
""",
    "thread pool": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(max_workers=3, thread_name_prefix="mine")
used = ThreadPoolExecutor(1)
used.submit(len, "a").result()
over = ThreadPoolExecutor(1)
over.shutdown()
import threading
def answer():
    names = pool.submit(lambda: threading.current_thread().name.split("_")[0]).result()
    try:
        over.submit(len, "a")
    except RuntimeError as error:
        refused = str(error)
    return names, pool._max_workers, used.submit(len, "abc").result(), refused
""",
    "ContextVar": """
from contextvars import ContextVar
user = ContextVar("user", default="nobody")
trace = ContextVar("trace")
request = ContextVar("request", default=0)
request.set(7)
def answer():
    try:
        trace.get()
    except LookupError:
        return (
            user.get(),
            request.get(),
            user.name,
            user.set("me").old_value is user.set("x").MISSING,
            user.get(),
        )
""",
    "weak references": """
import weakref
class Thing:
    n = 3
thing, other = Thing(), Thing()
ref, dead = weakref.ref(thing), weakref.ref(Thing())
by_name = weakref.WeakValueDictionary(a=thing, b=other)
sizes = weakref.WeakKeyDictionary({thing: 5})
some = weakref.WeakSet([thing, other])
def answer():
    return ref() is by_name["a"], dead(), sorted(by_name), list(sizes.values()), len(some), ref().n
""",
    "thread-local data": """
import threading
mine = threading.local()
mine.session = "of the notebook's thread"
def answer():
    out = []
    thread = threading.Thread(target=lambda: out.append(hasattr(mine, "session")))
    thread.start()
    thread.join()
    return out
""",
    "standard streams": """
import sys
out = sys.stdout
def answer(file=sys.stderr):
    print("a line", file=out)
    return hasattr(file, "write")
""",
    "names that are only attributes": """
import threading
class Odd:
    def __reduce__(self):
        raise SystemExit("was asked")
huge = Odd()
class Box:
    huge = 4
def answer():
    return Box.huge
""",
    "weak reference to a parent": """
import weakref
class Node:
    def __init__(self, parent=None):
        self.parent = weakref.ref(parent) if parent else None
        self.children = []
        if parent:
            parent.children.append(self)
    def shout(self):
        return "x"
root = Node()
kid = Node(root)
m = weakref.WeakMethod(root.shout)
def answer():
    return kid.parent() is root, m()(), root.children[0].parent().children[0] is kid
""",
    "asyncio, in classes": """
import asyncio, contextlib
from contextlib import asynccontextmanager
sem = asyncio.BoundedSemaphore(2)
@asynccontextmanager
async def ctx():
    async with sem:
        yield "v"
class Limit:
    def __init__(self):
        self.sem = asyncio.Semaphore(1)
        self.ev = asyncio.Event()
        self.ev.set()
    async def __aenter__(self):
        await self.sem.acquire()
    async def __aexit__(self, *d):
        self.sem.release()
lim = Limit()
async def answer():
    async with ctx() as v, lim, asyncio.timeout(3):
        await lim.ev.wait()
        return v, await asyncio.to_thread(len, "ab")
""",
    "process pool": """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
processes = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
def answer():
    with processes:
        return processes.submit(abs, -2).result()
""",
}
