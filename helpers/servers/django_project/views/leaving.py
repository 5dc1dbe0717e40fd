"""A slow page whose reader may leave; it saves a mark when it has got to its end."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import aiohttp
import requests
from django.http import JsonResponse

from ..models import Mark
from ..upstream import upstream


def plain(request):
    url = upstream("/countries/FR", delay=0.4)
    answer = requests.get(url, timeout=10)
    Mark.objects.create(what=request.GET["mark"])
    return JsonResponse(answer.json())


async def awaited(request):
    url = upstream("/countries/FR", delay=0.4)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        page = await answer.json()
    await Mark.objects.acreate(what=request.GET["mark"])
    return JsonResponse(page)
