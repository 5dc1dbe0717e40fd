"""Two marks that belong together. The database refuses the second one: its text is missing."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import JsonResponse

from ..models import Mark


async def one_by_one(request):
    await Mark.objects.acreate(what=request.GET["mark"])
    await Mark.objects.acreate(what=None)
    return JsonResponse({"saved": True})


async def with_atomic(request):
    with transaction.atomic():
        await Mark.objects.acreate(what=request.GET["mark"])
        await Mark.objects.acreate(what=None)
    return JsonResponse({"saved": True})


async def async_with_atomic(request):
    async with transaction.atomic():
        await Mark.objects.acreate(what=request.GET["mark"])
        await Mark.objects.acreate(what=None)
    return JsonResponse({"saved": True})


def save_both(mark):
    with transaction.atomic():
        Mark.objects.create(what=mark)
        Mark.objects.create(what=None)


async def whole_block(request):
    await sync_to_async(save_both)(request.GET["mark"])
    return JsonResponse({"saved": True})
