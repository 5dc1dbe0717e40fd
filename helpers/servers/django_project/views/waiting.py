"""A page that waits for one answer of another service, three times."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

import requests
from django.http import JsonResponse

from ..upstream import shared_session, upstream


def blocking(request):
    answer = requests.get(upstream("/countries/FR", delay=0.1), timeout=10)
    return JsonResponse(answer.json())


async def awaited(request):
    async with shared_session().get(upstream("/countries/FR", delay=0.1)) as answer:
        return JsonResponse(await answer.json())


async def blocking_in_async(request):
    answer = requests.get(upstream("/countries/FR", delay=0.1), timeout=10)
    return JsonResponse(answer.json())
