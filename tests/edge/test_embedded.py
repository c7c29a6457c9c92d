"""The servers inside the process: what they must refuse although they only serve a demonstration."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from cvdmail.core.ids import Address
from cvdmail.embedded import EmbeddedServers, LocalUser
from cvdmail.errors import NotFound

USER = LocalUser(Address.parse("lab@lab.example"), "pass")


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[EmbeddedServers]:
    site = tmp_path / "web" / "vendor.example"
    (site / ".well-known").mkdir(parents=True)
    (site / ".well-known" / "security.txt").write_text("Contact: mailto:psirt@vendor.example\n# ü\n")
    (tmp_path / "web" / "beside.txt").write_text("not to be served")
    async with EmbeddedServers(tmp_path, [USER], web_root=tmp_path / "web", web_names=["vendor.example"]) as made:
        yield made


async def _get(servers: EmbeddedServers, host: str, path: str) -> tuple[int, str]:
    context = ssl.create_default_context(cafile=servers.ca_file)
    url = f"https://127.0.0.1:{servers.web_port}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, ssl=context, headers={"Host": host}, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text()


async def test_a_file_is_served_under_its_host(servers: EmbeddedServers) -> None:
    path = "/.well-known/security.txt"
    for host in ("vendor.example", "VENDOR.example:443"):
        assert await _get(servers, host, path) == (200, "Contact: mailto:psirt@vendor.example\n# ü\n")


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("other.example", "/.well-known/security.txt"),
        ("vendor.example", "/"),
        ("vendor.example", "/.well-known"),
        ("vendor.example", "/..%2fbeside.txt"),
        ("vendor.example", "/%2e%2e/%2e%2e/server.key"),
        ("vendor.example", "//etc/passwd"),
        ("..", "/server.key"),
        (".", "/beside.txt"),
        ("..", "/web/beside.txt"),
    ],
)
async def test_nothing_beside_it_is(servers: EmbeddedServers, host: str, path: str) -> None:
    assert (await _get(servers, host, path))[0] in {400, 404}


async def test_owners(servers: EmbeddedServers) -> None:
    assert servers.owner("LAB+token@lab.example") == USER.address
    assert servers.owner("lab@elsewhere.example") is None
    assert servers.owner("no address") is None
    with pytest.raises(NotFound):
        await servers.deliver(Address.parse("else@lab.example"), b"Subject: x\r\n\r\n")
