"""gpg behind a worker process: the same answers as without one, the same refusals, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ids import Fingerprint
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.gpg_worker import GpgWorker
from cvdmail.errors import CryptoRefused, CryptoUnavailable, ParseLimit, Refused
from gpghome import GpgHome, gpg_home

TEXT = "a report: grüße\r\n".encode() * 500
WORKER = """
import asyncio, socket, sys
from pathlib import Path
from cvdmail.edge.gpg import Gpg
from cvdmail.edge.gpg_worker import serve
asyncio.run(serve(Gpg(Path(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))))
"""


@pytest.fixture(scope="module")
def own() -> Iterator[GpgHome]:
    with gpg_home() as home:
        yield home


@pytest.fixture(scope="module")
def key(own: GpgHome) -> Fingerprint:
    return own.key("Lab <lab@lab.example>")


@pytest.fixture
async def worker(own: GpgHome) -> AsyncIterator[GpgWorker]:
    made = GpgWorker([sys.executable, "-c", WORKER, str(own.path)])
    yield made
    await made.close()


async def test_every_operation_gives_what_it_gives_without_a_worker(
    worker: GpgWorker, own: GpgHome, key: Fingerprint
) -> None:
    plain = Gpg(own.path)
    for one, other in ((worker, plain), (plain, worker)):
        message = await one.sign_encrypt(TEXT, key, [key])
        decryption, text = await other.decrypt(message)
        assert decryption.ok
        assert text == TEXT
        assert [(found.state, found.fingerprint) for found in decryption.signatures] == [
            (SignatureState.GOOD, str(key))
        ]
        assert (await other.decrypt(message))[0] == (await one.decrypt(message))[0]
        decryption, text = await other.decrypt(await one.encrypt(b"", [key]))
        assert (decryption.ok, text, decryption.signatures) == (True, b"", ())
        signature = await one.sign_detached(TEXT, key)
        assert await other.verify_detached(TEXT, signature) == await one.verify_detached(TEXT, signature)
        (bad,) = await other.verify_detached(TEXT + b".", signature)
        assert bad.state is SignatureState.BAD
        block = own.gpg("--digest-algo", "SHA512", "--clearsign", data=b"- words \n\nmore\n")
        signatures, words = await one.verify_clear(block)
        assert [(found.state, found.fingerprint) for found in signatures] == [(SignatureState.GOOD, str(key))]
        assert (signatures, words) == await other.verify_clear(block)
        assert words == b"- words\n\nmore\n"
        ((bad,), _) = await one.verify_clear(block.replace(b"more", b"less"))
        assert bad.state is SignatureState.BAD
        for odd in (message, signature, b"words\n", block + block):
            assert SignatureState.GOOD not in {found.state for found in (await one.verify_clear(odd))[0]}


async def test_refusals_come_through_as_what_they_are(worker: GpgWorker, own: GpgHome, key: Fingerprint) -> None:
    nobody = Fingerprint("A" * 40)
    with pytest.raises(CryptoRefused):
        await worker.sign_encrypt(TEXT, key, [nobody])
    with pytest.raises(Refused, match="no recipient"):
        await worker.encrypt(TEXT, [])
    with pytest.raises(ParseLimit):
        await worker.verify_detached(TEXT, b"x" * 40_000)
    with pytest.raises(CryptoUnavailable, match="a file is missing"):
        await worker.encrypt(TEXT, [key], [Path("/nowhere/ring")])
    message = await worker.sign_encrypt(TEXT, key, [key])
    with pytest.raises(ParseLimit):
        await worker.decrypt(message, (), 100)
    decryption, text = await worker.decrypt(b"-----BEGIN PGP MESSAGE-----\n\nnonsense\n-----END PGP MESSAGE-----\n")
    assert (decryption.ok, text) == (False, b"")


async def test_many_operations_at_a_time_do_not_mix(worker: GpgWorker, key: Fingerprint) -> None:
    texts = [b"%d " % number * 1000 for number in range(12)]
    messages = await asyncio.gather(*(worker.sign_encrypt(text, key, [key]) for text in texts))
    opened = await asyncio.gather(*(worker.decrypt(message) for message in messages))
    assert [text for _, text in opened] == texts


async def test_a_worker_that_dies_is_temporary_and_started_anew(worker: GpgWorker, key: Fingerprint) -> None:
    await worker.encrypt(TEXT, [key])
    under_way = asyncio.create_task(worker.sign_encrypt(os.urandom(20_000_000), key, [key]))
    await asyncio.sleep(0.05)
    process = worker._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(CryptoUnavailable, match="it has ended"):
        await under_way
    assert (await worker.decrypt(await worker.encrypt(TEXT, [key])))[1] == TEXT


async def test_a_worker_that_cannot_start_or_speaks_nonsense_is_unavailable() -> None:
    for command in (["/nowhere/python"], [sys.executable, "-c", "pass"], [sys.executable, "-c", _NONSENSE]):
        worker = GpgWorker(command)
        with pytest.raises(CryptoUnavailable):
            await worker.encrypt(TEXT, [Fingerprint("A" * 40)])
        await worker.close()


_NONSENSE = "import os, sys; os.write(int(sys.argv[1]), b'\\0\\0\\0\\5hello' * 10)"


async def test_closing_ends_the_worker_and_what_it_runs(own: GpgHome, key: Fingerprint) -> None:
    worker = GpgWorker([sys.executable, "-c", WORKER, str(own.path)])
    await worker.encrypt(TEXT, [key])
    process = worker._process
    assert process is not None
    await worker.close()
    assert process.returncode is not None
    await worker.close()
