"""A page that answers at once, and has something done afterwards; then it saves a mark."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call, var-annotated"

import asyncio

import aiohttp
import requests
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import JsonResponse

from ..models import Mark
from ..upstream import upstream

running = set()  # the loop keeps no strong reference to a task


def answer_first(rest):
    task = asyncio.create_task(rest)
    running.add(task)
    task.add_done_callback(running.discard)
    return JsonResponse({"accepted": True}, status=202)


async def afterwards(what):
    url = upstream("/countries/FR", delay=0.2)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        await answer.json()
    await Mark.objects.acreate(what=what)


async def start(request):
    return answer_first(afterwards(request.GET["mark"]))


async def afterwards_blocking(what):
    requests.get(upstream("/countries/FR", delay=0.2), timeout=10)
    await Mark.objects.acreate(what=what)


async def start_blocking(request):
    return answer_first(afterwards_blocking(request.GET["mark"]))


def save(what):  # in a thread of the pool, which has a connection of its own
    try:
        Mark.objects.create(what=what)
    finally:
        connection.close()


async def afterwards_in_thread(what):
    await asyncio.sleep(0.2)  # by then the answer is out
    await asyncio.to_thread(save, what)


async def afterwards_apart(what):
    await asyncio.sleep(0.2)  # by then the answer is out
    await sync_to_async(save, thread_sensitive=False)(what)


async def start_in_thread(request):
    return answer_first(afterwards_in_thread(request.GET["mark"]))


async def start_apart(request):
    return answer_first(afterwards_apart(request.GET["mark"]))
