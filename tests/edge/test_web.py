"""The fetcher against a real TLS server that behaves well, badly, or is not to be asked at all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from cvdmail import __version__
from cvdmail.edge.addresses import refuse_private
from cvdmail.edge.web import TEXT_LIMIT, Fetcher
from cvdmail.errors import ConfigError, CvdmailError, Refused, ServerRefused, ServerUnavailable
from servers.https_site import HttpsSite, answer, redirect

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = ("vendor.example", "www.vendor.example", "elsewhere.example")
URL = "https://vendor.example/file.txt"


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[HttpsSite]:
    async with HttpsSite(tmp_path, NAMES) as running:
        yield running


def fetcher_for(site: HttpsSite, *more: str, seconds: float = 5.0) -> Fetcher:
    hosts = dict.fromkeys((*NAMES, *more), site.place)
    return Fetcher(
        FixedClock(), contact="security@lab.example", fixed_hosts=hosts, ca_file=str(site.ca_file), seconds=seconds
    )


async def refusal(site: HttpsSite, url: str = URL, limit: int = TEXT_LIMIT, seconds: float = 5.0) -> CvdmailError:
    async with fetcher_for(site, seconds=seconds) as fetcher:
        with pytest.raises(CvdmailError) as caught:
            await fetcher.get(url, limit)
    return caught.value


async def test_a_file_comes_with_its_evidence(site: HttpsSite) -> None:
    site.pages["vendor.example/file.txt?a=b"] = answer(b"hello\n", kind="Text/Plain; charset=utf-8")
    async with fetcher_for(site) as fetcher:
        got = await fetcher.get(URL + "?a=b#part", TEXT_LIMIT)
    assert (got.status, got.body, got.content_type, got.fetched_at) == (200, b"hello\n", "text/plain", NOW)
    assert got.sha256 == hashlib.sha256(b"hello\n").hexdigest()
    assert got.hops == (URL + "?a=b",)
    assert not got.foreign_redirect


async def test_the_request_is_honest_and_carries_nothing_else(site: HttpsSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    site.pages["vendor.example/file.txt"] = answer(b"x", extra="Set-Cookie: id=1; Path=/\r\n")
    async with fetcher_for(site) as fetcher:
        await fetcher.get(URL, TEXT_LIMIT)
        await fetcher.get(URL, TEXT_LIMIT)
    first, second = site.asked
    assert first.headers["user-agent"] == f"cvdmail/{__version__} (+security@lab.example)"
    assert first.headers["accept-encoding"] == "identity"
    assert first.headers["host"] == "vendor.example"
    assert "cookie" not in second.headers
    assert set(second.headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}


async def test_other_statuses_are_results_without_a_body(site: HttpsSite) -> None:
    async with fetcher_for(site) as fetcher:
        got = await fetcher.get(URL, TEXT_LIMIT)
    assert (got.status, got.body) == (404, b"")


async def test_redirects_are_followed_and_recorded(site: HttpsSite) -> None:
    site.pages["vendor.example/file.txt"] = redirect("/second", "301 Moved")
    site.pages["vendor.example/second"] = redirect("https://www.vendor.example/third", "307 Temporary")
    site.pages["www.vendor.example/third"] = redirect("//elsewhere.example/end#x", "308 Permanent")
    site.pages["elsewhere.example/end"] = answer(b"end")
    async with fetcher_for(site) as fetcher:
        got = await fetcher.get(URL, TEXT_LIMIT)
        near = await fetcher.get("https://www.vendor.example/third", TEXT_LIMIT)
    assert got.body == b"end"
    assert got.hops == (
        URL,
        "https://vendor.example/second",
        "https://www.vendor.example/third",
        "https://elsewhere.example/end",
    )
    assert got.final_url == got.hops[-1]
    assert got.foreign_redirect
    assert near.foreign_redirect


async def test_a_redirect_to_www_is_not_foreign(site: HttpsSite) -> None:
    site.pages["vendor.example/file.txt"] = redirect("https://www.vendor.example/file.txt")
    site.pages["www.vendor.example/file.txt"] = answer(b"same")
    async with fetcher_for(site) as fetcher:
        got = await fetcher.get(URL, TEXT_LIMIT)
    assert got.body == b"same"
    assert not got.foreign_redirect


async def test_the_fourth_redirect_is_refused(site: HttpsSite) -> None:
    site.pages["vendor.example/file.txt"] = redirect("/file.txt")
    failure = await refusal(site)
    assert isinstance(failure, ServerRefused)
    assert "redirects" in failure.why
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://vendor.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://localhost/",
        "https://user:word@vendor.example/",
        "https://stranger.example:8443/",
        "file:///etc/hostname",
        "https://[",
        "https://vendor.example/" + "a" * 2100,
    ],
)
async def test_redirects_to_forbidden_places_are_refused(site: HttpsSite, location: str) -> None:
    site.pages["vendor.example/file.txt"] = redirect(location)
    failure = await refusal(site)
    assert isinstance(failure, ServerRefused)
    assert location not in failure.line()
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example/",
        "ftp://vendor.example/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f.0x1/",
        "https://user@vendor.example/",
        "https://stranger.example:444/",
        "https://vendor.example\\@stranger.example/",
        "https://vendor.example/a b",
        "https://vendor.example/a\r\nHost: x",
        "https:///file",
        "https://[",
        "https://localhost/",
        "",
    ],
)
async def test_forbidden_addresses_are_refused_before_any_request(site: HttpsSite, url: str) -> None:
    assert isinstance(await refusal(site, url), Refused)
    assert site.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::808:808",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "no address",
    ],
)
def test_one_private_address_rejects_a_name(address: str) -> None:
    with pytest.raises(ServerRefused):
        refuse_private("vendor.example", ["8.8.8.8", address])


def test_public_addresses_pass() -> None:
    refuse_private("vendor.example", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254", "10.0.0.7", "64:ff9b::a00:1"])
async def test_a_name_with_a_private_address_is_not_connected_to(
    site: HttpsSite, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """The system's resolver is told what to say: it is the outside world here."""
    port = site.place[1]
    entries = [(10 if ":" in address else 2, 1, 6, "", (address, port)), (2, 1, 6, "", ("8.8.8.8", port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kw: entries)
    failure = await refusal(site, "https://rebound.example/")
    assert isinstance(failure, ServerRefused)
    assert "public internet" in failure.why
    assert site.connections == 0


async def test_another_name_does_not_inherit_the_exception_of_a_fixed_host(
    site: HttpsSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kw: [(2, 1, 6, "", site.place)])
    assert isinstance(await refusal(site, "https://unlisted.example/"), ServerRefused)
    assert site.connections == 0


async def test_a_name_that_does_not_resolve_is_unavailable(site: HttpsSite) -> None:
    assert isinstance(await refusal(site, "https://nobody.invalid/"), ServerUnavailable)


async def test_a_certificate_for_another_name_is_refused(site: HttpsSite) -> None:
    async with fetcher_for(site, "impostor.example") as fetcher:
        with pytest.raises(ServerRefused, match="certificate"):
            await fetcher.get("https://impostor.example/", TEXT_LIMIT)
    assert site.asked == []


async def test_an_unknown_authority_is_refused(site: HttpsSite) -> None:
    async with Fetcher(FixedClock(), fixed_hosts={"vendor.example": site.place}) as fetcher:
        with pytest.raises(ServerRefused, match="certificate"):
            await fetcher.get(URL, TEXT_LIMIT)


def test_a_trust_anchor_that_is_none_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigError):
        Fetcher(FixedClock(), ca_file=str(tmp_path / "ca.pem"))


async def test_the_limit_is_exact(site: HttpsSite) -> None:
    site.pages["vendor.example/file.txt"] = answer(b"a" * 1000)
    async with fetcher_for(site) as fetcher:
        assert len((await fetcher.get(URL, 1000)).body) == 1000
    assert "larger than 999" in (await refusal(site, limit=999)).why


async def test_an_endless_body_is_cut_while_reading(site: HttpsSite) -> None:
    sent = 0

    async def pour(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n")
        for _ in range(10_000):
            writer.write(b"x" * 16_384)
            sent += 16_384
            await writer.drain()

    site.pages["vendor.example/file.txt"] = pour
    assert "larger than" in (await refusal(site)).why
    assert sent < 20_000_000


async def test_a_slow_drip_ends_in_time(site: HttpsSite) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    site.pages["vendor.example/file.txt"] = drip
    started = time.monotonic()
    failure = await refusal(site, seconds=0.5)
    assert isinstance(failure, ServerUnavailable)
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", "x-unknown"])
async def test_a_compressed_answer_is_refused(site: HttpsSite, coding: str) -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    site.pages["vendor.example/file.txt"] = answer(bomb, extra=f"Content-Encoding: {coding}\r\n")
    assert "compressed" in (await refusal(site)).why


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbad",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_hostile_answers_end_as_our_errors_in_our_words(site: HttpsSite, octets: bytes) -> None:
    site.pages["vendor.example/file.txt"] = octets
    failure = await refusal(site)
    assert isinstance(failure, ServerUnavailable | ServerRefused)
    assert "vendor.example" in failure.line()
    assert "garbage" not in failure.line()


async def test_no_more_than_fifty_at_once(site: HttpsSite) -> None:
    busy = most = 0

    async def slow(writer: asyncio.StreamWriter) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.2)
        busy -= 1
        writer.write(answer(b"ok"))
        await writer.drain()

    site.pages["vendor.example/file.txt"] = slow
    async with fetcher_for(site, seconds=30) as fetcher:
        results = await asyncio.gather(*(fetcher.get(URL, TEXT_LIMIT) for _ in range(120)))
    assert all(one.body == b"ok" for one in results)
    assert 10 < most <= 50
