"""A page that needs ten answers of another service, ten ways: four plain views, and six that are coroutines."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import asyncio
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import requests
from asgiref.sync import async_to_sync, sync_to_async
from django.http import JsonResponse

from ..upstream import shared_session, upstream

TEN = [upstream("/countries/FR", n=n, delay=0.1) for n in range(10)]


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def ask_all(session):
    return await asyncio.gather(*(ask(session, url) for url in TEN))


def one_by_one(request):
    answers = [requests.get(url, timeout=10).json() for url in TEN]
    return JsonResponse({"answers": len(answers)})


def one_session(request):
    with requests.Session() as session:
        answers = [session.get(url, timeout=10).json() for url in TEN]
    return JsonResponse({"answers": len(answers)})


def threads(request):
    with ThreadPoolExecutor(10) as pool:
        jobs = [pool.submit(requests.get, url, timeout=10) for url in TEN]
        answers = [job.result() for job in jobs]
    return JsonResponse({"answers": len(answers)})


def bridged(request):
    async def with_own_session():
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            return await ask_all(session)

    answers = async_to_sync(with_own_session)()
    return JsonResponse({"answers": len(answers)})


async def blocking(request):
    answers = [requests.get(url, timeout=10).json() for url in TEN]
    return JsonResponse({"answers": len(answers)})


async def awaited_in_turn(request):
    answers = [await ask(shared_session(), url) for url in TEN]
    return JsonResponse({"answers": len(answers)})


async def gathered(request):
    answers = await ask_all(shared_session())
    return JsonResponse({"answers": len(answers)})


async def adapted(request):
    get = sync_to_async(requests.get)
    answers = await asyncio.gather(*(get(url, timeout=10) for url in TEN))
    return JsonResponse({"answers": len(answers)})


async def adapted_apart(request):
    get = sync_to_async(requests.get, thread_sensitive=False)
    answers = await asyncio.gather(*(get(url, timeout=10) for url in TEN))
    return JsonResponse({"answers": len(answers)})


async def to_threads(request):
    answers = await asyncio.gather(*(asyncio.to_thread(requests.get, url, timeout=10) for url in TEN))
    return JsonResponse({"answers": len(answers)})
