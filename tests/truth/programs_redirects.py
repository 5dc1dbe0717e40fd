"""Redirects: each hop is a request, and only what was sent is one."""

from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import aiohttp
import httpx
import requests
import urllib3
from own_server import OwnServer
from program import Table

from helpers.servers.practice_api import PracticeAPI

REDIRECTS = Table()


@REDIRECTS.add(libraries="requests", requests=3)
def requests_follows_two(api: PracticeAPI, own: OwnServer) -> None:
    requests.get(own.to(own.to(api.url("/countries/FR"))))


@REDIRECTS.add(libraries="requests", requests=1)
def requests_does_not_follow(own: OwnServer) -> None:
    requests.get(own.url("/circle"), allow_redirects=False)


@REDIRECTS.add(libraries="requests", requests=4)
def requests_in_a_circle(own: OwnServer) -> None:
    with requests.Session() as session, suppress(requests.TooManyRedirects):
        session.max_redirects = 3
        session.get(own.url("/circle"))


@REDIRECTS.add(libraries="requests", requests=2)
def requests_streams_what_it_is_led_to(api: PracticeAPI, own: OwnServer) -> None:
    with requests.get(own.to(api.url("/bytes/100000")), stream=True) as response:
        assert sum(map(len, response.iter_content(5000))) == 100_000


@REDIRECTS.add(libraries="requests", requests=2)
def requests_is_sent_elsewhere_after_post(api: PracticeAPI, own: OwnServer) -> None:
    requests.post(own.to(api.url("/countries/FR"), status=303), data=b"x" * 1000)


@REDIRECTS.add(libraries="requests", requests=2)
def requests_posts_again(api: PracticeAPI, own: OwnServer) -> None:
    requests.post(own.to(api.url("/echo"), status=307), data=b"x" * 1000)


@REDIRECTS.add(libraries="aiohttp", requests=3)
async def aiohttp_follows_two(api: PracticeAPI, own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(own.to(own.to(api.url("/countries/FR")))) as response:
        await response.read()


@REDIRECTS.add(libraries="aiohttp", requests=1)
async def aiohttp_does_not_follow(own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session, session.get(own.url("/circle"), allow_redirects=False) as response:
        await response.read()


@REDIRECTS.add(libraries="aiohttp", requests=3)
async def aiohttp_in_a_circle(own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.TooManyRedirects):
            await session.get(own.url("/circle"), max_redirects=3)


@REDIRECTS.add(libraries="aiohttp", requests=2)
async def aiohttp_is_sent_elsewhere_after_post(api: PracticeAPI, own: OwnServer) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(own.to(api.url("/countries/FR"), status=303), data=b"x" * 1000) as response,
    ):
        await response.read()


@REDIRECTS.add(libraries="aiohttp", requests=1)
async def aiohttp_is_led_nowhere(own: OwnServer) -> None:
    async with aiohttp.ClientSession() as session:
        with suppress(aiohttp.ClientError):
            await session.get(own.to("http://["))


@REDIRECTS.add()
async def aiohttp_is_asked_for_nonsense() -> None:
    async with aiohttp.ClientSession() as session:
        for url in ("nonsense", "nonsense://x", "http://"):
            with suppress(aiohttp.ClientError):
                await session.get(url)


@REDIRECTS.add()
def others_are_asked_for_nonsense() -> None:
    for get in (requests.get, httpx.get, urlopen, urllib3.PoolManager().urlopen):
        with suppress(Exception):
            get("nonsense")  # type: ignore[operator]


@REDIRECTS.add(libraries="urllib", requests=3)
def urllib_follows_two(api: PracticeAPI, own: OwnServer) -> None:
    with urlopen(own.to(own.to(api.url("/countries/FR")))) as answer:
        answer.read()


@REDIRECTS.add(libraries="urllib")
def urllib_in_a_circle(own: OwnServer) -> None:
    try:
        urlopen(own.url("/circle"))
    except HTTPError as error:
        error.read()


@REDIRECTS.add(libraries="urllib", requests=2)
def urllib_posts_and_is_sent_elsewhere(api: PracticeAPI, own: OwnServer) -> None:
    with urlopen(Request(own.to(api.url("/countries/FR"), status=303), data=b"x" * 1000)) as answer:
        answer.read()


@REDIRECTS.add(libraries="urllib3", requests=3)
def urllib3_follows_two(api: PracticeAPI, own: OwnServer) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", own.to(own.to(api.url("/countries/FR"))))


@REDIRECTS.add(libraries="urllib3", requests=1)
def urllib3_does_not_follow(own: OwnServer) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", own.url("/circle"), redirect=False)


@REDIRECTS.add(libraries="urllib3", requests=3)
def urllib3_in_a_circle(own: OwnServer) -> None:
    with urllib3.PoolManager() as pool, suppress(urllib3.exceptions.MaxRetryError):
        pool.request("GET", own.url("/circle"), retries=urllib3.Retry(redirect=2))


@REDIRECTS.add(libraries="httpx", requests=3)
def httpx_follows_two(api: PracticeAPI, own: OwnServer) -> None:
    httpx.get(own.to(own.to(api.url("/countries/FR"))), follow_redirects=True)


@REDIRECTS.add(libraries="httpx", requests=1)
def httpx_does_not_follow(own: OwnServer) -> None:
    httpx.get(own.url("/circle"))


@REDIRECTS.add(libraries="httpx", requests=4)
async def httpx_in_a_circle(own: OwnServer) -> None:
    async with httpx.AsyncClient(follow_redirects=True, max_redirects=3) as client:
        with suppress(httpx.TooManyRedirects):
            await client.get(own.url("/circle"))
