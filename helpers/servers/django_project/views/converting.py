"""One page on its way from sync to async: a region's countries from the database, each from upstream."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import asyncio

import requests
from asgiref.sync import sync_to_async
from django.http import JsonResponse

from ..models import Country
from ..upstream import shared_session, upstream


def query():
    return Country.objects.filter(subregion="Southern Europe")[:5]


def url_of(country):
    return upstream(f"/countries/{country.code}", delay=0.1)


def step_0(request):
    pages = [requests.get(url_of(country), timeout=10).json() for country in query()]
    return JsonResponse({"pages": pages})


async def step_1(request):
    pages = [requests.get(url_of(country), timeout=10).json() for country in query()]
    return JsonResponse({"pages": pages})


async def step_2(request):
    pages = [requests.get(url_of(country), timeout=10).json() async for country in query()]
    return JsonResponse({"pages": pages})


async def step_3(request):
    get = sync_to_async(requests.get)
    pages = [(await get(url_of(country), timeout=10)).json() async for country in query()]
    return JsonResponse({"pages": pages})


async def ask(country):
    async with shared_session().get(url_of(country)) as answer:
        return await answer.json()


async def step_4(request):
    pages = [await ask(country) async for country in query()]
    return JsonResponse({"pages": pages})


async def step_5(request):
    countries = [country async for country in query()]
    pages = await asyncio.gather(*(ask(country) for country in countries))
    return JsonResponse({"pages": pages})
