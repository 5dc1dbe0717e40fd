"""Get a row, or create it if there is none: in a table that lets a name in twice, and in one that does not."""
# mypy: disable-error-code="import-untyped, no-untyped-def, no-untyped-call"

import time

from django.http import JsonResponse

from ..models import Label, UniqueLabel


def slowly():
    time.sleep(0.02)  # Django calls it after it has looked, and before it creates
    return "a colour"


def model_of(request):
    return {"Label": Label, "UniqueLabel": UniqueLabel}[request.GET["model"]]


def get_or_create(request):
    labels, name = model_of(request).objects, request.GET["name"]
    label, created = labels.get_or_create(name=name, defaults={"colour": slowly})
    return JsonResponse({"id": label.id, "created": created})


def create(request):
    return JsonResponse({"id": model_of(request).objects.create(name=request.GET["name"]).id, "created": True})


def rows(request):
    """How many rows have the name."""
    return JsonResponse({"rows": model_of(request).objects.filter(name=request.GET["name"]).count()})
