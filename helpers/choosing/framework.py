"""What a recommended model comes to where the code lives."""

from helpers.choosing.workload import Workload

WORDS = {
    ("script", "asyncio"): "In a script: one asyncio.run(main()) around it all.",
    ("script", "asyncio + processes"): "In a script: asyncio.run(main()), and the pool made inside it, once.",
    ("notebook", "asyncio"): "In a notebook: await it in the cell; the loop is running already.",
    ("notebook", "processes"): "In a notebook: put the function into a file that the workers can import.",
    ("notebook", "asyncio + processes"): "In a notebook: put what computes into a file that the workers can import.",
    ("wsgi", "plain sync"): "Under WSGI: an ordinary view. Leave it alone.",
    (
        "wsgi",
        "threads",
    ): "Under WSGI: a pool of threads inside the view; the server's own threads only serve other pages.",
    ("wsgi", "asyncio"): "Under WSGI: async_to_sync around one coroutine that gathers the calls.",
    ("asgi", "plain sync"): "Under ASGI: an ordinary def view. Django runs it in a thread, so it blocks nobody.",
    ("asgi", "threads"): "Under ASGI: a def view with a pool of threads; in an async def it would block every page.",
    ("asgi", "asyncio"): "Under ASGI: an async def view that awaits a gather.",
}
OUTSIDE = "Behind a web server: hand it to a worker process or a task queue; a page should not wait for it."


def in_framework(workload: Workload, model: str) -> str:
    """Return a sentence on how the model is written there; an empty text where there is nothing to say."""
    if "processes" in model and workload.framework in ("wsgi", "asgi"):
        return OUTSIDE
    return WORDS.get((workload.framework, model), "")
