"""What learners answer to the exercises of chapter 05."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_04 import GIVEN as FETCH

GIVEN = f"""\
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
{FETCH}
"""

WRONG = [
    # --- cell-to-script: a return pages, b return asyncio.run, c async with, d await gather, e async def main, f jobs
    Wrong("cell-to-script", "c >f >d e >a b", says="outside async function"),
    Wrong("cell-to-script", "e c >f >d a b", says="expected an indented block"),
    Wrong("cell-to-script", "e >c >>f >>d >a >b", says="The server saw no request"),
    Wrong("cell-to-script", "e >c >>f >d >a b", says="It raised RuntimeError: Session is closed"),
    Wrong("cell-to-script", "e >c >>d >>f >a b", says="It raised UnboundLocalError"),
    # --- library-in-the-way
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return [await report(code) for code in codes]
""",
        says="asyncio.run() cannot be called from a running event loop",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return await asyncio.gather(*(asyncio.to_thread(report(code)) for code in codes))
""",
        says="in that thread yours is running already",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    import nest_asyncio
    nest_asyncio.apply()
    return [report(code) for code in codes]
""",
        says="It called nest_asyncio.apply()",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return [await asyncio.to_thread(report, code) for code in codes]
""",
        says="at most 1 request in flight",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return [asyncio.to_thread(report, code) for code in codes]
""",
        says="4 coroutine objects that nobody has run",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(report, codes))
""",
        says="the loop had not one turn",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return asyncio.gather(*(asyncio.to_thread(report, code) for code in codes))
""",
        says="It returned 1 task, not what they came to",
    ),
    # --- one-poller
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        poller = None
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="After the last run 3 pollers asked the server",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        poller.cancel()
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="At the first run there is no earlier poller",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is None:
            poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="Of 3 pollers only 1 asked the server",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
        poller.cancel()
    return poller
""",
        says="When it had returned no poller was at work",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller:
            poller.cancel
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="After the last run 3 pollers",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        for task in asyncio.all_tasks():
            task.cancel()
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="It cancelled the task that runs the cell",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            await poller
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="It had not ended after 2 s",
    ),
    # --- keep-and-tell
    Wrong(
        "keep-and-tell",
        """
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    return task
""",
        says="0 outlived a garbage collection",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
        says="A task failed, and its error was not printed",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def keep_and_tell(coroutine):
    try:
        task = asyncio.create_task(coroutine)
    except Exception as error:
        print(error)
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
        says="it fails later, when the line that started it is long over",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def take_leave(task):
    at_work.discard(task)
    print(task.exception())

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="It printed None",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def take_leave(task):
    at_work.discard(task)
    if task.exception():
        print(task.exception())

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="raised CancelledError itself",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    if task.exception():
        print(task.exception())
    at_work.discard(task)
    return task
""",
        says="The task had only just been started",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def tell(task):
    if not task.cancelled() and task.exception():
        print(task.exception())

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(tell)
    return task
""",
        says="tasks that had ended were still held",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()

def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception():
        print(task.exception())

def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
""",
        says="It returned None, not the task",
    ),
    Wrong(
        "keep-and-tell",
        """
async def keep_and_tell(coroutine):
    try:
        await coroutine
    except Exception as error:
        print(error)
""",
        says="It had not ended after 2 s",
    ),
]

RIGHT = [
    Right("cell-to-script", "e >c >>f >>d >a b"),
    Right("cell-to-script", "e >c >>f >>d >>a b"),
    Right(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=len(codes)) as pool:
        return await asyncio.gather(*(loop.run_in_executor(pool, report, code) for code in codes))
""",
    ),
    Right(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.to_thread(report, code)) for code in codes]
    return [task.result() for task in tasks]
""",
    ),
    Right(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        with suppress(NameError):
            poller.cancel()
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
    ),
    Right(
        "one-poller",
        """
async def three_runs(polls):
    last = None
    for poll in polls:
        poller = asyncio.create_task(poll())
        if last:
            last.cancel()
            await asyncio.wait({last})
        last = poller
        await asyncio.sleep(0.1)
    return poller
""",
    ),
    Right(
        "keep-and-tell",
        """
at_work = set()

async def watched(coroutine):
    try:
        return await coroutine
    except Exception as error:
        print("failed:", error)

def keep_and_tell(coroutine):
    task = asyncio.create_task(watched(coroutine))
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
at_work = []

def keep_and_tell(coroutine):
    def take_leave(task):
        at_work.remove(task)
        try:
            task.result()
        except asyncio.CancelledError:
            pass
        except Exception as error:
            print(repr(error))

    task = asyncio.create_task(coroutine)
    at_work.append(task)
    task.add_done_callback(take_leave)
    return task
""",
    ),
]
