"""What learners answer to the exercises of chapter 08b."""

from cases import Right, Wrong

from helpers.exercises.chapters.chapter_08b import GIVEN as SETUP

GIVEN = SETUP + "import pytest\n"

WRONG = [
    # --- assert-that-is-heard
    Wrong(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    async def answer(request):
        if request.headers.get("X-Key") != "7":
            raise AssertionError("no key")
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
""",
        says="It is green for a client that sends no key",
    ),
    Wrong(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    keys = []

    async def answer(request):
        keys.append(request.headers.get("X-Key"))
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    assert "7" in keys
""",
        says="It is green for a client that asks twice",
    ),
    Wrong(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    keys = []

    async def answer(request):
        keys.append(request.headers.get("X-Key"))
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    assert all(key == "7" for key in keys)
""",
        says="It is green for a client that does not ask at all",
    ),
    Wrong(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    keys = []

    async def answer(request):
        keys.append(request.headers.get("X-Key"))
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    assert keys == [7]
""",
        says="It is red for a client that asks once, with the key, which is right",
    ),
    Wrong(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    seen = {}

    async def answer(request):
        seen["key"] = request.headers["X-Key"]
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    assert seen["key"] == "7"
""",
        says="It is green for a client that asks twice",
    ),
    # --- half-a-minute
    Wrong(
        "half-a-minute",
        """
async def it_backs_off(retry):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def call():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await retry(call, sleep)
    assert slept == [30, 60]
""",
        says="It is green for a `retry` that returns None where the third attempt was good",
    ),
    Wrong(
        "half-a-minute",
        """
async def it_backs_off(retry):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def call():
        if len(slept) < 2:
            raise ConnectionError
        return 7

    assert await retry(call, sleep) == 7
    assert slept == [30, 60]
""",
        says="It is green for a `retry` that makes four attempts",
    ),
    Wrong(
        "half-a-minute",
        """
async def it_backs_off(retry):
    calls = []

    async def sleep(seconds):
        pass

    async def call():
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return 7

    assert await retry(call, sleep) == 7
    assert len(calls) == 3
""",
        says="It is green for a `retry` that waits for 30 s twice",
    ),
    Wrong(
        "half-a-minute",
        """
async def it_backs_off(retry):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    async def call():
        raise ConnectionError

    await retry(call, sleep)
    assert slept == [30, 60]
""",
        says="It is red for a `retry` that makes three attempts",
    ),
    Wrong(
        "half-a-minute",
        """
async def it_backs_off(retry):
    calls = []

    async def call():
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return 7

    assert await retry(call, asyncio.sleep) == 7
    assert len(calls) == 3
""",
        says="It had not ended after",
    ),
    # --- leaves-nothing
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    result = await job()
    assert not asyncio.all_tasks() - before
    return result
""",
        says="had not ended when the error came out",
    ),
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    result = await job()
    left = asyncio.all_tasks() - before
    for task in left:
        task.cancel()
    assert not left
    return result
""",
        says="had not ended when the error came out",
    ),
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    result = await job()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    assert not left
    return result
""",
        says="The job had left nothing behind, and AssertionError came out",
    ),
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    result = await job()
    left = asyncio.all_tasks() - before
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return result
""",
        says="at work, and no error came out",
    ),
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    await job()
    left = asyncio.all_tasks() - before
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    assert not left
""",
        says="It returned None, not what `job` returns",
    ),
    Wrong(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    result = await job()
    left = asyncio.all_tasks() - before
    for task in left:
        task.cancel()
    await asyncio.gather(*left)
    assert not left
    return result
""",
        says="CancelledError came out",
    ),
]

RIGHT = [
    Right(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    asked = []

    async def answer(request):
        asked.append(request)
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
        assert len(asked) == 1, "it is to ask once"
        assert asked[0].headers.get("X-Key") == "7"
""",
    ),
    Right(
        "assert-that-is-heard",
        """
async def the_key_is_sent(client):
    good = bad = 0

    async def answer(request):
        nonlocal good, bad
        if request.headers.get("X-Key") == "7":
            good += 1
        else:
            bad += 1
        return web.json_response({"rate": 7})

    async with RawTestServer(answer) as api:
        await client(str(api.make_url("/")))
    if (good, bad) != (1, 0):
        pytest.fail("no key")
""",
    ),
    Right(
        "half-a-minute",
        """
async def it_backs_off(retry):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    calls = 0

    async def call():
        nonlocal calls
        calls += 1
        if calls in (1, 2, 4, 5, 6):
            raise ConnectionError
        return "page"

    assert await retry(call, sleep) == "page"
    assert slept == [30, 60]
    with pytest.raises(ConnectionError):
        await retry(call, sleep)
    assert slept == [30, 60, 30, 60]
    assert calls == 6
""",
    ),
    Right(
        "half-a-minute",
        """
async def it_backs_off(retry):
    sleep = AsyncMock()
    call = AsyncMock(side_effect=[ConnectionError, ConnectionError, 7])
    assert await retry(call, sleep) == 7
    assert [each.args for each in sleep.await_args_list] == [(30,), (60,)]
    sleep = AsyncMock()
    call = AsyncMock(side_effect=ConnectionError)
    with pytest.raises(ConnectionError):
        await retry(call, sleep)
    assert call.await_count == 3
    assert [each.args for each in sleep.await_args_list] == [(30,), (60,)]
""",
    ),
    Right(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    result = await job()
    left = [task for task in asyncio.all_tasks() if task not in before]
    if left:
        for task in left:
            task.cancel()
        await asyncio.wait(left)
        raise AssertionError(f"{len(left)} left")
    return result
""",
    ),
    Right(
        "leaves-nothing",
        """
async def leaves_nothing(job):
    before = asyncio.all_tasks()
    try:
        result = await job()
    finally:
        left = asyncio.all_tasks() - before
        for task in left:
            task.cancel()
        for task in left:
            try:
                await task
            except asyncio.CancelledError:
                pass
    assert left == set()
    return result
""",
    ),
]
