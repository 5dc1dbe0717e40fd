"""Pages that ask the database only."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.http import JsonResponse

from ..models import Country

CODES = ["AR", "BR", "CA", "DE", "EG", "FR", "GR", "IN", "JP", "KE"]


def country_list(request):
    names = [country.name for country in Country.objects.all()[:20]]
    return JsonResponse({"names": names})


async def country_list_async(request):
    names = [country.name async for country in Country.objects.all()[:20]]
    return JsonResponse({"names": names})


def slow(request):
    country = Country.objects.slowly(0.3).get(code="FR")
    return JsonResponse({"name": country.name})


async def forgot(request):
    country = Country.objects.get(code="FR")
    return JsonResponse({"name": country.name})


async def ten(request):
    slow = Country.objects.slowly(0.05)
    countries = await asyncio.gather(*(slow.aget(code=code) for code in CODES))
    return JsonResponse({"names": [country.name for country in countries]})


async def ten_apart(request):
    def ask(code):  # in a thread of the pool, which has a connection of its own
        try:
            return Country.objects.slowly(0.05).get(code=code)
        finally:
            connection.close()

    ask_apart = sync_to_async(ask, thread_sensitive=False)
    countries = await asyncio.gather(*(ask_apart(code) for code in CODES))
    return JsonResponse({"names": [country.name for country in countries]})


async def counted():
    return {"countries": await Country.objects.acount()}


def count_by_run(request):
    return JsonResponse(asyncio.run(counted()))


def count_by_bridge(request):
    return JsonResponse(async_to_sync(counted)())
