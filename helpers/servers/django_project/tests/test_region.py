"""The page of a region at three steps of its conversion: what it shows, and whether the loop goes on meanwhile."""
# mypy: disable-error-code="import-untyped, misc, no-untyped-def, no-untyped-call"

import asyncio
import time
from contextlib import asynccontextmanager

from django.test import TestCase

from ..models import Country
from ..upstream import close_shared_session


@asynccontextmanager
async def heartbeat(limit):
    """Fail if the loop has had no turn for longer than `limit` seconds."""
    gaps = []

    async def beat():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            gaps.append(time.perf_counter() - before)

    beating = asyncio.create_task(beat())
    await asyncio.sleep(0.02)  # it has begun
    yield
    await asyncio.sleep(0.02)  # a beat that was held up has its turn
    beating.cancel()
    assert max(gaps) < limit, f"the loop had no turn for longer than {limit} s"


class RegionTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        south = "Southern Europe"
        for code in ("AD", "ES", "GR", "IT", "PT"):
            Country.objects.create(code=code, name=code, population=1, subregion=south)

    async def page(self, path):
        async with heartbeat(limit=0.4):
            response = await self.async_client.get(path)
        await close_shared_session()  # each test has a loop of its own
        self.assertEqual(len(response.json()["pages"]), 5)

    async def test_step_2(self):
        await self.page("/region/2")

    async def test_step_3(self):
        await self.page("/region/3")

    async def test_step_5(self):
        await self.page("/region/5")
