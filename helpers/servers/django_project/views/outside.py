"""Queries in the threads of a pool, where Django begins no request and ends none."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import asyncio

from django.db import close_old_connections
from django.http import JsonResponse

from ..models import Country
from .orm import CODES


def ask(code):
    return Country.objects.slowly(0.05).get(code=code).name


def ask_and_close(code):
    try:
        return ask(code)
    finally:
        close_old_connections()


async def left_open(request):
    names = await asyncio.gather(*(asyncio.to_thread(ask, code) for code in CODES))
    return JsonResponse({"names": names})


async def closed(request):
    names = await asyncio.gather(*(asyncio.to_thread(ask_and_close, code) for code in CODES))
    return JsonResponse({"names": names})
