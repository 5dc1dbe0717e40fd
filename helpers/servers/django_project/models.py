"""The project's tables."""
# mypy: disable-error-code="import-untyped, misc, no-untyped-def"

from django.db import models
from django.db.models import Func, Value


class Pause(Func):
    """The database's own waiting: a query that takes so many seconds."""

    function = "pg_sleep"
    output_field = models.TextField()

    def as_postgresql(self, compiler, connection):
        return self.as_sql(compiler, connection, template="(%(function)s(%(expressions)s))::text")


class CountryQuerySet(models.QuerySet):
    def slowly(self, seconds):
        """The same rows, by a query that takes so many seconds for each of them."""
        return self.annotate(paused=Pause(Value(seconds, output_field=models.FloatField())))


class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=100)
    capital = models.CharField(max_length=100, null=True)
    population = models.BigIntegerField()
    subregion = models.CharField(max_length=100)

    objects = CountryQuerySet.as_manager()

    class Meta:
        app_label = "django_project"
        ordering = ("code",)

    def __str__(self):
        return self.name


class City(models.Model):
    """A country's capital as a row of its own, which refers to its country."""

    name = models.CharField(max_length=100)
    country = models.ForeignKey(Country, on_delete=models.CASCADE, related_name="cities")

    class Meta:
        app_label = "django_project"
        ordering = ("country_id",)

    def __str__(self):
        return self.name


class Mark(models.Model):
    """What a view leaves when it has got so far, to be counted."""

    what = models.CharField(max_length=100)

    class Meta:
        app_label = "django_project"

    def __str__(self):
        return self.what


class Label(models.Model):
    """A name, which other rows may have as well."""

    name = models.CharField(max_length=100)
    colour = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "django_project"

    def __str__(self):
        return self.name


class UniqueLabel(models.Model):
    """A name, which no other row has."""

    name = models.CharField(max_length=100, unique=True)
    colour = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "django_project"

    def __str__(self):
        return self.name


class Page(models.Model):
    """A page, and how often it was asked for."""

    path = models.CharField(max_length=100, primary_key=True)
    views = models.BigIntegerField(default=0)

    class Meta:
        app_label = "django_project"

    def __str__(self):
        return self.path
