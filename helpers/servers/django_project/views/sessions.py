"""A page that asks upstream: through a session of its own, or through the one of the whole process."""
# mypy: disable-error-code="import-untyped, no-untyped-def"

import aiohttp
from django.http import JsonResponse

from ..upstream import shared_session, upstream


async def own(request):
    async with aiohttp.ClientSession() as session, session.get(upstream("/countries/FR")) as answer:
        return JsonResponse(await answer.json())


async def shared(request):
    async with shared_session().get(upstream("/countries/FR")) as answer:
        return JsonResponse(await answer.json())
