"""A page that has an e-mail sent, by a service that takes 0.3 s to accept it."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import threading

import requests
from django.http import JsonResponse

from ..upstream import shared_session, upstream


def send():
    requests.get(upstream("/countries/FR", delay=0.3), timeout=10)


def in_the_view(request):
    send()
    return JsonResponse({"thanks": True})


async def awaited(request):
    async with shared_session().get(upstream("/countries/FR", delay=0.3)) as answer:
        await answer.read()
    return JsonResponse({"thanks": True})


def in_a_thread(request):
    threading.Thread(target=send).start()
    return JsonResponse({"thanks": True})
