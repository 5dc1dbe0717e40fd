"""Async views in a project that has ATOMIC_REQUESTS."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

from django.db import transaction
from django.http import JsonResponse


async def page(request):
    return JsonResponse({"a page": True})


@transaction.non_atomic_requests
async def exempt(request):
    return JsonResponse({"a page": True})


def router(view):
    """As a library of API views does: the function in `urls.py` is its own, and calls yours."""

    async def operation(request):
        return await view(request)

    return operation


@router
@transaction.non_atomic_requests
async def exempt_inside(request):
    return JsonResponse({"a page": True})


@transaction.non_atomic_requests
@router
async def exempt_outside(request):
    return JsonResponse({"a page": True})
