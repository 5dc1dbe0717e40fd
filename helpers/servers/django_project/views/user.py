"""Who is signed in, asked in four ways."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import JsonResponse

from ..middleware import current_user


def sign_in(request):
    login(request, User.objects.get(username="ada"))
    return JsonResponse({"signed in": True})


def plain(request):
    return JsonResponse({"user": request.user.username})


async def lazy(request):
    return JsonResponse({"user": request.user.username})


async def awaited(request):
    user = await request.auser()
    return JsonResponse({"user": user.username})


async def from_context(request):
    user = current_user.get()
    return JsonResponse({"user": user and user.username})
