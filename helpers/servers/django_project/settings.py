"""Django's settings for this project. What differs from server to server comes from `options.py`."""

from __future__ import annotations

from typing import Any

from helpers.servers.django_project.database import connection_settings
from helpers.servers.django_project.options import from_environment

_conditions = from_environment()

PROJECT = "helpers.servers.django_project"
ROOT_URLCONF = f"{PROJECT}.urls"
SECRET_KEY = "no secret: this server can be reached from this machine only"
ALLOWED_HOSTS = ["127.0.0.1"]
DEBUG = False
USE_TZ = True

UPSTREAM = _conditions.upstream

MIDDLEWARE_SETS = {
    "none": [],
    # what `django-admin startproject` writes
    "default": [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    "sync": [f"{PROJECT}.middleware.sync_only"],
    "keeping": [f"{PROJECT}.views.keeping.KeepsWho"],
}
MIDDLEWARE_SETS["user"] = [*MIDDLEWARE_SETS["default"], f"{PROJECT}.middleware.remembering_user"]
MIDDLEWARE = MIDDLEWARE_SETS[_conditions.middleware]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    PROJECT,
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CONNECTIONS: dict[str, dict[str, Any]] = {
    "closed": {"CONN_MAX_AGE": 0},  # Django's default: closed when the request is over
    "kept": {"CONN_MAX_AGE": 60},
    "atomic": {"CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": True},
    "pooled": {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 4, "timeout": 10}}},
}
DATABASES = {"default": connection_settings(_conditions.database, CONNECTIONS[_conditions.connections])}

LOGGING = {  # with DEBUG off Django would send tracebacks by mail only
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"log": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["log"], "level": "ERROR", "propagate": False}},
}
