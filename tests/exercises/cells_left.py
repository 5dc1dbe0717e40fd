"""What stays in the notebook: open, running, held, or waited for. `CELLS` makes it, while a loop runs."""

CELLS = """
import asyncio, contextlib, io, multiprocessing, queue, socket, sqlite3, ssl, subprocess, sys, threading, weakref
from concurrent.futures import Future, ThreadPoolExecutor
import aiohttp
from helpers import measure

held, held_again, condition = threading.Lock(), threading.RLock(), threading.Condition()
for one in (held, held_again, condition):
    one.acquire()

def numbers():
    yield 1

class Refuses:
    def __reduce__(self):
        raise RuntimeError("not to be copied")

class Pool(ThreadPoolExecutor):
    pass

generator, refuses, pool, future = numbers(), Refuses(), Pool(1), Future()
thread, process = threading.Thread(target=print), multiprocessing.Process(target=print)
sock, file = socket.socket(), open(__file__)
database, context = sqlite3.connect(":memory:"), ssl.create_default_context()
filled = queue.SimpleQueue()
filled.put(1)
frame, finalizer = sys._getframe(), weakref.finalize(Refuses, print)
with measure("a run of the notebook") as run:
    pass

async def make():
    global session, connector, get, loop, task, coroutine, locked, permits, jobs, in_a_class, waiting
    session = aiohttp.ClientSession()
    connector, get = session.connector, session.get
    loop, task, coroutine = asyncio.get_running_loop(), asyncio.create_task(asyncio.sleep(9)), asyncio.sleep(0)
    locked, permits, jobs = asyncio.Lock(), asyncio.Semaphore(0), asyncio.Queue()
    await locked.acquire()
    waiting = [asyncio.create_task(permits.acquire()), asyncio.create_task(jobs.get())]
    await asyncio.sleep(0)
    in_a_class = type("Client", (), {"session": session})()
"""

USES: dict[str, tuple[str, str]] = {
    "held": ("with held: pass", "lock"),
    "held_again": ("with held_again: pass", "RLock"),
    "condition": ("with condition: pass", "RLock"),
    "generator": ("next(generator)", "generator"),
    "refuses": ("refuses.value", "Refuses"),
    "pool": ("pool.submit(print)", "Pool"),
    "future": ("future.result()", "Future"),
    "thread": ("thread.start()", "Thread"),
    "process": ("process.start()", "Process"),
    "sock": ("sock.send(b'')", "socket"),
    "file": ("list(file)", "TextIOWrapper"),
    "database": ("database.execute('SELECT 1')", "Connection"),
    "context": ("context.check_hostname", "SSLContext"),
    "filled": ("filled.get()", "SimpleQueue"),
    "frame": ("frame.f_locals", "frame"),
    "finalizer": ("finalizer()", "finalize"),
    "run": ("run.wall", "Run"),
    "session": ("async with session.get('/') as answer: pass", "ClientSession"),
    "session in async with": ("async with session: pass", "ClientSession"),
    "connector": ("await connector.close()", "TCPConnector"),
    "method of a session": ("async with get('/') as answer: pass", "ClientSession"),
    "in a class": ("in_a_class.session.closed", "ClientSession"),
    "loop": ("loop.call_soon(print)", ""),
    "task": ("await task", "Task"),
    "gather": ("await asyncio.gather(task, coroutine)", "Task"),
    "coroutine": ("await coroutine", "coroutine"),
    "locked": ("async with locked: pass", "Lock"),
    "permits": ("await permits.acquire()", "Semaphore"),
    "jobs": ("await jobs.put(1)", "Queue"),
    "truth": ("if not session: pass", "ClientSession"),
    "loop over tasks": ("for one in waiting: one.cancel()", "Task"),
}
"""By a name of the case: what is done on the bench, and the class that the error names. "" is the loop's."""
