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
    # --- two-rounds-one-loop
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    places = asyncio.Semaphore(3)

    async def one_round(urls):
        async with aiohttp.ClientSession() as session:
            async def ask(url):
                async with places:
                    return await fetch(session, url)
            return await asyncio.gather(*(ask(url) for url in urls))

    return asyncio.run(one_round(first)) + asyncio.run(one_round(second))
""",
        says="somebody had to wait, and the limit has noted that loop",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    session = None

    async def one_round(urls):
        nonlocal session
        places = asyncio.Semaphore(3)
        session = session or aiohttp.ClientSession()
        async def ask(url):
            async with places:
                return await fetch(session, url)
        return await asyncio.gather(*(ask(url) for url in urls))

    pages = asyncio.run(one_round(first)) + asyncio.run(one_round(second))
    asyncio.run(session.close())
    return pages
""",
        says="The session of the first round still belongs to that one",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def one_round(urls):
        places = asyncio.Semaphore(3)
        async with aiohttp.ClientSession() as session:
            async def ask(url):
                async with places:
                    return await fetch(session, url)
            return await asyncio.gather(*(ask(url) for url in urls))

    return asyncio.run(one_round(first)) + asyncio.run(one_round(second))
""",
        says="The server saw 6 new connections",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def main():
        places = asyncio.Semaphore(3)
        async with aiohttp.ClientSession() as session:
            async def ask(url):
                async with places:
                    return await fetch(session, url)
            return await asyncio.gather(*(ask(url) for url in first + second))

    return asyncio.run(main())
""",
        says="before the first round was over",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def main():
        async with aiohttp.ClientSession() as session:
            pages = await asyncio.gather(*(fetch(session, url) for url in first))
            return pages + await asyncio.gather(*(fetch(session, url) for url in second))

    return asyncio.run(main())
""",
        says="at most 3 were allowed",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def main():
        session, places = aiohttp.ClientSession(), asyncio.Semaphore(3)
        async def ask(url):
            async with places:
                return await fetch(session, url)
        pages = await asyncio.gather(*(ask(url) for url in first))
        return pages + await asyncio.gather(*(ask(url) for url in second))

    return asyncio.run(main())
""",
        says="1 session stayed open",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    session, places = aiohttp.ClientSession(), asyncio.Semaphore(3)

    async def ask(url):
        async with places:
            return await fetch(session, url)

    async def main():
        pages = await asyncio.gather(*(ask(url) for url in first))
        pages += await asyncio.gather(*(ask(url) for url in second))
        await session.close()
        return pages

    return asyncio.run(main())
""",
        says="A session is made in the loop that it is to use",
    ),
    Wrong(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def main():
        async with aiohttp.ClientSession() as session:
            return [await fetch(session, url) for url in first + second]

    return asyncio.run(main())
""",
        says="at most 1 request in flight",
    ),
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
        says="coroutine objects that nobody has run",
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
        says="After the last run 3 pollers were at work",
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
        says="Of 3 pollers only 1 began",
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
        says="It had not ended after 3 s",
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
        says="It had not ended after 3 s",
    ),
    Wrong(
        "cell-to-script",
        """
def fetch_pages(urls):
    async def main():
        async with aiohttp.ClientSession() as session:
            return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.new_event_loop().run_until_complete(main())
""",
        says="1 event loop stayed open",
    ),
    Wrong(
        "cell-to-script",
        """
def fetch_pages(urls):
    async def main():
        session = aiohttp.ClientSession()
        return await asyncio.gather(*(fetch(session, url) for url in urls))
    return asyncio.run(main())
""",
        says="1 session stayed open",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return await asyncio.gather(asyncio.to_thread(report, code) for code in codes)
""",
        says="it was given all of them in one",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    return [await done for done in asyncio.as_completed([asyncio.to_thread(report, c) for c in reversed(codes)])]
""",
        says="in another order",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=len(codes))
    return await asyncio.gather(*(loop.run_in_executor(pool, report, code) for code in codes))
""",
        says="stayed behind",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller:
            poller.cancel()
            await poller
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="Whoever awaits a task that has been cancelled",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller: poller.close()
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="A task is asked to end by `cancel`",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    last = None
    for poll in polls:
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
        if last: last.cancel()
        last = poller
    return poller
""",
        says="For a while 2 pollers asked the server side by side",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    tasks = [asyncio.create_task(poll()) for poll in polls]
    await asyncio.sleep(0.1)
    for t in tasks[1:]: t.cancel()
    return tasks[0]
""",
        says="For a while 3 pollers",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        try:
            await asyncio.wait_for(poll(), 0.1)
        except TimeoutError:
            pass
""",
        says="When it had returned no poller was at work",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
async def watched(coroutine):
    try:
        await coroutine
    except Exception as error:
        print("failed:", error)
def keep_and_tell(coroutine):
    task = asyncio.create_task(watched(coroutine))
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
        says="The coroutine came to an answer, and the task to None",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
async def watched(coroutine):
    try:
        return await coroutine
    except asyncio.CancelledError:
        pass
    except Exception as error:
        print("failed:", error)
def keep_and_tell(coroutine):
    task = asyncio.create_task(watched(coroutine))
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
        says="ended as if nobody had cancelled it",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
async def watched(coroutine):
    try:
        return await coroutine
    except BaseException as error:
        print("failed:", error)
        raise
def keep_and_tell(coroutine):
    task = asyncio.create_task(watched(coroutine))
    at_work.add(task)
    task.add_done_callback(at_work.discard)
    return task
""",
        says="A task was cancelled, and it printed: failed:",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
def take_leave(task):
    at_work.discard(task)
    if task.cancelled():
        print("cancelled")
    elif task.exception() is not None:
        print(task.exception())
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="A task was cancelled, and it printed: cancelled",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception() is not None:
        print("a task failed")
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="What the error says is not in it",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
def take_leave():
    print("done")
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="What was to be called at the end of a task raised TypeError",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
def keep_and_tell(coroutine):
    return asyncio.run(coroutine)
""",
        says="A loop runs already, as in every cell",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            await asyncio.wait({poller})
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
""",
        says="It returned None, not the task that goes on",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            await asyncio.wait({poller})
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return asyncio.create_task(poll())
""",
        says="After the last run 2 pollers",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            asyncio.wait({poller})
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return poller
""",
        says="A coroutine was thrown away without having run: wait",
    ),
    Wrong(
        "one-poller",
        """
import time
async def three_runs(polls):
    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            await asyncio.wait({poller})
        poller = asyncio.create_task(poll())
        time.sleep(0.1)
    return poller
""",
        says="held the loop in one long step: `time.sleep(0.1)`",
    ),
    Wrong(
        "one-poller",
        """
async def three_runs(polls):
    poller = None
    for poll in polls:
        poller = asyncio.create_task(poll)
        await asyncio.sleep(0.1)
    return poller
""",
        says="to call it makes the coroutine for a task",
    ),
    Wrong(
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
        says="A coroutine failed, and its task ended as if it had not",
    ),
    Wrong(
        "keep-and-tell",
        """
at_work = set()
async def watched(coroutine):
    try:
        return await coroutine
    except (ValueError, OSError) as error:
        print("failed:", error)
        raise
def keep_and_tell(coroutine):
    task = asyncio.create_task(watched(coroutine))
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
def take_leave(task):
    at_work.clear()
    if not task.cancelled() and task.exception():
        print(task.exception())
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
        says="0 outlived a garbage collection",
    ),
    Wrong(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    async with asyncio.TaskGroup() as group:
        jobs = [group.create_task(asyncio.to_thread(report, code)) for code in codes]
        return [job.result() for job in jobs]
""",
        says="A group has waited for its tasks when its block has ended",
    ),
]

RIGHT = [
    Right(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    session, places = None, asyncio.Semaphore(3)

    async def ask(url):
        async with places:
            return await fetch(session, url)

    async def one_round(urls):
        nonlocal session
        session = session or aiohttp.ClientSession()
        return await asyncio.gather(*(ask(url) for url in urls))

    with asyncio.Runner() as runner:
        pages = runner.run(one_round(first)) + runner.run(one_round(second))
        runner.run(session.close())
    return pages
""",
    ),
    Right(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    async def main():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=3)) as session:
            pages = []
            for urls in (first, second):
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(fetch(session, url)) for url in urls]
                pages += [task.result() for task in tasks]
            return pages
    return asyncio.run(main())
""",
    ),
    Right(
        "two-rounds-one-loop",
        """
def two_rounds(first, second):
    loop = asyncio.new_event_loop()
    places = asyncio.Semaphore(3)

    async def ask(session, url):
        async with places:
            return await fetch(session, url)

    async def both():
        async with aiohttp.ClientSession() as session:
            pages = []
            for urls in (first, second):
                pages.extend(await asyncio.gather(*[ask(session, url) for url in urls]))
            return pages

    try:
        return loop.run_until_complete(both())
    finally:
        loop.close()
""",
    ),
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
        raise

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
    Right(
        "cell-to-script",
        """
def fetch_pages(urls):
    async def main():
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(session, url)) for url in urls]
        return [t.result() for t in tasks]
    with asyncio.Runner() as runner:
        return runner.run(main())
""",
    ),
    Right(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    def work():
        with ThreadPoolExecutor(max_workers=len(codes)) as pool:
            return list(pool.map(report, codes))
    return await asyncio.to_thread(work)
""",
    ),
    Right(
        "library-in-the-way",
        """
async def all_reports(report, codes):
    import threading
    out = {}
    threads = [threading.Thread(target=lambda c=c: out.__setitem__(c, report(c))) for c in codes]
    for t in threads: t.start()
    while any(t.is_alive() for t in threads):
        await asyncio.sleep(0.01)
    return [out[c] for c in codes]
""",
    ),
    Right(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        for task in asyncio.all_tasks():
            if task.get_name() == "poller":
                task.cancel()
        poller = asyncio.create_task(poll(), name="poller")
        await asyncio.sleep(0.1)
    return poller
""",
    ),
    Right(
        "one-poller",
        """
async def three_runs(polls):
    for poll in polls:
        old = getattr(three_runs, "poller", None)
        if old: old.cancel()
        three_runs.poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
    return three_runs.poller
""",
    ),
    Right(
        "keep-and-tell",
        """
import sys
at_work = set()
def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception() is not None:
        print(task.exception(), file=sys.stderr)
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
import traceback
at_work = set()
def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception() is not None:
        traceback.print_exception(task.exception())
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
import logging
at_work = set()
def take_leave(task):
    at_work.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logging.error("failed", exc_info=task.exception())
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
at_work = set()
async def watch(task):
    try:
        await task
    except Exception as error:
        print(error)
def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    watcher = asyncio.create_task(watch(task))
    at_work.add(watcher)
    watcher.add_done_callback(at_work.discard)
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
at_work = {}
def keep_and_tell(coroutine):
    async def watched():
        try:
            return await coroutine
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            print(repr(error))
            raise
        finally:
            at_work.pop(asyncio.current_task(), None)
    task = asyncio.create_task(watched())
    at_work[task] = True
    return task
""",
    ),
    Right(
        "keep-and-tell",
        """
at_work = set()
def take_leave(task):
    at_work.discard(task)
    try:
        error = task.exception()
    except asyncio.CancelledError:
        return
    if error:
        print(f"{type(error).__name__}: {error}")
async def keep_and_tell(coroutine):
    task = asyncio.create_task(coroutine)
    at_work.add(task)
    task.add_done_callback(take_leave)
    return task
""",
    ),
    Right(
        "one-poller",
        """
async def three_runs(polls):
    async def run(poll):
        print("a poller begins")
        await poll()

    poller = None
    for poll in polls:
        if poller is not None:
            poller.cancel()
            await asyncio.gather(poller, return_exceptions=True)
        poller = asyncio.create_task(run(poll))
        await asyncio.sleep(0.1)
    return poller
""",
    ),
]
