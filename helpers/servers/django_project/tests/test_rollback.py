"""Two tests that save a row and expect an empty table before, in three kinds of test case."""
# mypy: disable-error-code="import-untyped, misc, no-untyped-def, no-untyped-call, attr-defined"

import asyncio

from django.test import TestCase, TransactionTestCase

from ..models import Mark


class Saving:
    async def save(self):
        marks = Mark.objects.filter(what=type(self).__name__)
        self.assertEqual(await marks.acount(), 0)
        await Mark.objects.acreate(what=type(self).__name__)


class DjangoRunsIt(Saving, TestCase):
    async def test_rollback_1(self):
        await self.save()

    async def test_rollback_2(self):
        await self.save()


class AnotherLoopRunsIt(Saving, TestCase):
    def test_rollback_1(self):
        asyncio.run(self.save())

    def test_rollback_2(self):
        asyncio.run(self.save())


class AnotherLoopAndEmptiedTables(Saving, TransactionTestCase):
    def test_rollback_1(self):
        asyncio.run(self.save())

    def test_rollback_2(self):
        asyncio.run(self.save())
