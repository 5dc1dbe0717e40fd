"""The project's database: where it is, its tables, its rows."""
# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import functools
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from helpers.servers.own_folder import own_folder

from .options import Conditions

SETTINGS = "helpers.servers.django_project.settings"
DATA = Path(__file__).parents[3] / "data" / "countries.json"
BUSY = 20  # seconds that SQLite waits for another process that is writing


def sqlite_file() -> str:
    """The path of this kernel's SQLite file. All its servers share it, as the processes of a site would."""
    return str(own_folder() / "countries.sqlite")


def connection_settings(database: str, kept: dict[str, Any]) -> dict[str, Any]:
    """An entry of Django's DATABASES.

    Args:
        database: the path of an SQLite file, or a URI such as postgresql://user@127.0.0.1:5432/name.
        kept: settings that say how long a connection is kept.
    """
    if not database.startswith(("postgresql://", "postgres://")):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": database, **kept, "OPTIONS": {"timeout": BUSY}}
    from psycopg.conninfo import conninfo_to_dict

    found = conninfo_to_dict(database)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[key]: str(value) for key, value in found.items() if key in names}
    others = {key: value for key, value in found.items() if key not in names}
    options = {"application_name": "django", **others, **kept.get("OPTIONS", {})}
    return {"ENGINE": "django.db.backends.postgresql", **known, **kept, "OPTIONS": options}


def fill() -> None:
    """Make the tables and put the countries into theirs, unless they are there. Django must be set up."""
    from django.contrib.auth.models import Group, Permission, User
    from django.contrib.contenttypes.models import ContentType
    from django.contrib.sessions.models import Session
    from django.db import connection

    from .models import City, Country, Label, Mark, Page, UniqueLabel

    there = connection.introspection.table_names()
    for model in (ContentType, Permission, Group, User, Session, Country, City, Mark, Page, Label, UniqueLabel):
        if model._meta.db_table not in there:
            with connection.schema_editor() as editor:
                editor.create_model(model)
    if not Country.objects.exists():
        fields = [field.name for field in Country._meta.fields]
        rows = json.loads(DATA.read_text(encoding="utf-8"))
        Country.objects.bulk_create(Country(**{field: row[field] for field in fields}) for row in rows)
    if not City.objects.exists():
        countries = Country.objects.exclude(capital=None)
        City.objects.bulk_create(City(name=country.capital, country=country) for country in countries)
    User.objects.get_or_create(username="ada")
    for path in ("/counting/read-and-save", "/counting/by-f"):
        Page.objects.get_or_create(path=path)
    connection.close()


def teach_sqlite_to_wait(connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the function that PostgreSQL has: pg_sleep(seconds), a query that takes its time."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("pg_sleep", 1, time.sleep)


def set_up(conditions: Conditions) -> None:
    """Set Django up in this process, with these conditions, and fill the database."""
    import django
    from django.db.backends.signals import connection_created

    conditions.to_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()
    connection_created.connect(teach_sqlite_to_wait, dispatch_uid="teach_sqlite_to_wait")
    fill()


@functools.cache
def django_here() -> None:
    """Set Django up in this very kernel, as `manage.py shell` would, with the database that the servers use.

    From then on `from helpers.servers.django_project.models import Country` works.
    """
    from helpers.servers.practice_api import practice_api

    here = Conditions(upstream=practice_api().base, database=sqlite_file())
    with ThreadPoolExecutor(1) as thread:  # Django makes no queries in a thread whose loop runs, as in a cell
        thread.submit(set_up, here).result()
