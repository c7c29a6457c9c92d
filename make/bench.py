"""``make bench``: how fast, as ratios to bare gpg in the same run on the same mails, keys and cores.

Every figure is the median of several rounds; the floor (bare gpg, two at a time) is measured in turn with ours, so that
whatever else the machine does hits both.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cvdmail import setup, wiring
from cvdmail.config import load
from cvdmail.core import compose
from cvdmail.core.compose import Headers
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.ids import Address, Fingerprint, MessageId
from cvdmail.core.outgoing import RecipientState
from cvdmail.core.records import MessageState
from cvdmail.edge import keyring
from cvdmail.edge.gpg import Gpg
from cvdmail.work import contacts, open_case, queue, review
from cvdmail.work.deliver import deliver_due
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.file_mail import process_stored
from cvdmail.work.receive import BATCH, ingest

MAILBOX = Address.parse("outbound@lab.example")
AUTHSERV = "mx.lab.example"
VENDOR = Address.parse("psirt@vendor.example")
GPG = ["gpg", "--batch", "--no-tty", "--no-random-seed-file", "--trust-model", "always", "--no-auto-check-trustdb"]
REPORT = b"""---
title: Overflow number %d in the frame parser
product: Examplelib
vendor: vendor.example
affected: 1.0 to 2.4.1
impact: code execution
origin: automated
---

## Reproduction

"""


class Sink:
    """A submission server in a process of its own (``make/sink.py``), with a certificate made for it."""

    def __init__(self, folder: Path) -> None:
        self.certificate, key = folder / "sink.pem", folder / "sink.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
             self.certificate], check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        command = [sys.executable, Path(__file__).with_name("sink.py"), self.certificate, key]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def settings(self) -> str:
        """Return the section of the configuration that leads to it."""
        return f'\n[smtp]\nhost = "localhost"\nport = {self.port}\nca_file = "{self.certificate}"\nconnections = 8\n'

    def close(self) -> None:
        """Stop it."""
        self.process.kill()
        self.process.wait()


async def main() -> None:
    """Measure and print a table, or JSON with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=200, help="mails a round")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--batch", type=int, default=1000, help="reports for send --batch")
    options = arguments.parse_args()
    results: dict[str, object] = {}
    for algorithm in ("ed25519", "rsa3072"):
        folder = Path(tempfile.mkdtemp(prefix="cvdb-"))
        sink = Sink(folder)
        try:
            results |= await measure(folder, algorithm, options, sink)
        finally:
            sink.close()
            for home in (folder / "lab" / "state" / "gnupg", folder / "vendor"):
                subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
            shutil.rmtree(folder, ignore_errors=True)
    results |= idle()
    results |= start_up(options.rounds)
    results["peak memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:56} {value}")


async def measure(folder: Path, algorithm: str, options: argparse.Namespace, sink: Sink) -> dict[str, object]:
    """Ingest and send with one kind of mailbox key."""
    count, rounds = options.count, options.rounds
    vendor_home = folder / "vendor"
    vendor_home.mkdir(mode=0o700)
    vendor = await keyring.generate(vendor_home, "Vendor", VENDOR, None)
    secret = make_key(folder, algorithm)
    await setup.found(folder / "lab", MAILBOX, "Lab", setup.FirstPerson("Ada", MAILBOX), secret)
    file, policy = folder / "lab" / "config" / "cvdmail.toml", folder / "lab" / "config" / "policy.toml"
    words = file.read_text().replace('authserv_id = ""', f'authserv_id = "{AUTHSERV}"')
    file.write_text(words + sink.settings())
    policy.write_text(policy.read_text().replace("new_per_day = 20", "new_per_day = 0").replace("= 200", "= 0"))
    config = load(file)
    home = config.openpgp.home
    await keyring.import_public(vendor_home, await keyring.export_public(home, config.openpgp.mailbox_key))
    await keyring.import_public(home, await keyring.export_public(vendor_home, vendor))
    results: dict[str, object] = {}
    async with wiring.daemon_desk(config, worker=True) as desk:
        actor = Actor(config.people[0], desk.openpgp)
        key = await keyring.export_public(vendor_home, vendor)
        await contacts.pin(desk, actor, key, VENDOR, None, False)
        texts = [REPORT % number + body() for number in range(count)]
        sent = await measure_sending(desk, actor, vendor, texts, rounds)
        results[f"send {algorithm}: reports/s"], results[f"send {algorithm}: ratio to gpg --sign --encrypt"] = sent
        replies = await make_replies(desk, vendor_home, vendor, count * rounds)
        got = await measure_ingest(desk, home, replies, rounds)
        results[f"ingest-pgp {algorithm}: mails/s"], results[f"ingest-pgp {algorithm}: ratio to gpg --decrypt"] = got
        if algorithm == "ed25519":
            results["ingest-plain: mails/s"] = await measure_plain(desk, count * 2)
    if algorithm == "ed25519":
        results |= measure_batch(folder, options.batch)
    return results


def make_key(folder: Path, algorithm: str) -> bytes:
    """Make a mailbox key of the kind asked for and return it armoured, secret part included."""
    home = folder / "made"
    home.mkdir(mode=0o700)
    base = [*GPG, "--homedir", str(home), "--passphrase", "", "--pinentry-mode", "loopback"]
    kinds = ("ed25519", "cv25519") if algorithm == "ed25519" else ("rsa3072", "rsa3072")
    subprocess.run([*base, "--quick-gen-key", f"Lab <{MAILBOX}>", kinds[0], "sign,cert", "0"], check=True, stderr=-3)
    listing = subprocess.run([*base, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True).stdout
    fingerprint = next(line.split(":")[9] for line in listing.split("\n") if line.startswith("fpr"))
    subprocess.run([*base, "--quick-add-key", fingerprint, kinds[1], "encr", "0"], check=True, stderr=-3)
    secret = subprocess.run([*base, "--armor", "--export-secret-keys"], check=True, capture_output=True).stdout
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
    return secret


def body() -> bytes:
    """Return 4 KB that hardly compress, in lines as people write them."""
    return b"\n".join(os.urandom(36).hex().encode() for _ in range(55)) + b"\n"


def floor(command: Sequence[str], inputs: Sequence[bytes]) -> float:
    """Run bare gpg on every input, two at a time; return operations a second."""
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        for done in pool.map(lambda data: subprocess.run(command, input=data, capture_output=True), inputs):
            if done.returncode != 0:
                raise SystemExit("bare gpg failed: " + done.stderr.decode()[:200])
    return len(inputs) / (time.perf_counter() - began)


async def timed(work: Callable[[], Awaitable[int]]) -> float:
    """Return how many a second ``work`` does."""
    began = time.perf_counter()
    return await work() / (time.perf_counter() - began)


async def measure_sending(
    desk: Desk, actor: Actor, vendor: Fingerprint, texts: list[bytes], rounds: int
) -> tuple[str, str]:
    """Queue and deliver approved reports over SMTP; the floor signs and encrypts the same texts to the same keys."""
    home, mailbox_key = desk.config.openpgp.home, str(desk.config.openpgp.mailbox_key)
    command = [*GPG, "--homedir", str(home), "-u", mailbox_key, "-r", str(vendor), "-r", mailbox_key]
    ours, bare = [], []
    async with desk.store.write() as tx:
        now = desk.clock.now()
        lease = await tx.leases.take("daemon", "bench", now, now + timedelta(hours=1))
    assert lease is not None
    postman = wiring.smtp_postman(desk.config)
    assert postman is not None
    for number in range(rounds):
        drafts = []
        for text in texts:
            raw = text + f"round {number}\n".encode()
            drafts += (await open_case.open_case(desk, actor, open_case.read_report(raw), raw, (), ())).drafts
        for start in range(0, len(drafts), review.AT_ONCE):
            await review.approve_many(desk, actor, drafts[start : start + review.AT_ONCE])

        async def send(drafts: list[int] = drafts) -> int:
            for start in range(0, len(drafts), review.AT_ONCE):
                async with desk.store.write() as tx:
                    await queue.queue_drafts(desk, tx, actor, drafts[start : start + review.AT_ONCE])
            done = await deliver_due(desk, postman, lease.fence)
            return sum(state is RecipientState.SENT for state in done.states.values())

        bare.append(await asyncio.to_thread(floor, [*command, "--armor", "--sign", "--encrypt"], texts))
        ours.append(await timed(send))
    await postman.close()
    async with desk.store.write() as tx:
        await tx.leases.take("daemon", "bench", now, now)  # given back, for 'watch --once'
    return f"{statistics.median(ours):.0f}", ratio(ours, bare)


def measure_batch(folder: Path, count: int) -> dict[str, object]:
    """Open, approve and queue a folder of reports, then deliver them, each by the command a person would type."""
    reports = folder / "reports"
    reports.mkdir()
    for number in range(count):
        text = REPORT % (1_000_000 + number) + body()
        (reports / f"{number:05d}.md").write_bytes(text)
    program = [sys.executable, "-m", "cvdmail", "--config", str(folder / "lab" / "config" / "cvdmail.toml")]
    began = time.perf_counter()
    subprocess.run([*program, "send", "--batch", reports, "--approve"], check=True, stdout=subprocess.DEVNULL)
    queued = time.perf_counter()
    done = subprocess.run([*program, "watch", "--once", "--json"], check=False, stdout=subprocess.PIPE)
    sent = time.perf_counter()
    left = Counter(json.loads(done.stdout)["outbox"].values())
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {
        f"send --batch, {count} reports: opened, approved, queued, s": f"{queued - began:.1f}",
        f"watch --once, {left['sent']} of {count} reports sent, s": f"{sent - queued:.1f}",
        "the same: peak memory, MB": peak,
    }


async def make_replies(desk: Desk, vendor_home: Path, vendor: Fingerprint, count: int) -> list[tuple[bytes, bytes]]:
    """Make signed and encrypted 4 KB replies to mails that were sent; return (mail, ciphertext)."""
    async with desk.store.read() as tx:
        sent = [one for one in await tx.inbox.select(states=(MessageState.OUTBOUND,)) if one.kind is MailKind.REPLY]
    gpg = Gpg(vendor_home)
    replies = []
    for number in range(count):
        asked = sent[number % len(sent)].message_id
        assert asked is not None
        text = f"Hello,\n\nthank you for your report. We plan to release the fix on 15 January. ({number})\n\n"
        text += "The affected component is under review by the team that owns it.\n" * 50
        headers = Headers(
            VENDOR, "Vendor PSIRT", (MAILBOX,), (), VENDOR, datetime.now(UTC).replace(microsecond=0),
            MessageId(f"r{number}@vendor.example"), "...", f"Re: report {number}", (asked,),
        )  # fmt: skip
        entity = compose.inner(headers, text, (), f"{number:020d}")
        cipher = await gpg.sign_encrypt(entity, vendor, [desk.config.openpgp.mailbox_key])
        replies.append((compose.outer(headers, cipher, f"{number:021d}"), cipher))
    return replies


async def arrive(desk: Desk, mails: Sequence[bytes]) -> Counter[MessageState]:
    """Let mails arrive as in the daemon: stored in the batches of a fetch, and settled beside it."""
    stored = asyncio.Event()
    became: Counter[MessageState] = Counter()

    async def fetch() -> None:
        for start in range(0, len(mails), BATCH):
            await ingest(desk, list(mails[start : start + BATCH]))
            stored.set()

    fetching = asyncio.create_task(fetch())
    while became.total() < len(mails):
        await stored.wait()
        stored.clear()
        while settled := await process_stored(desk):
            became.update(one.state for one in settled)
    await fetching
    return became


async def measure_ingest(desk: Desk, home: Path, replies: list[tuple[bytes, bytes]], rounds: int) -> tuple[str, str]:
    """Decrypt, verify, thread, extract, seal and store; the floor only decrypts and verifies."""
    ours, bare = [], []
    size = len(replies) // rounds
    for number in range(rounds):
        batch = replies[number * size : (number + 1) * size]

        async def take(batch: list[tuple[bytes, bytes]] = batch) -> int:
            return (await arrive(desk, [raw for raw, _ in batch]))[MessageState.FILED]

        command = [*GPG, "--homedir", str(home), "--decrypt"]
        bare.append(await asyncio.to_thread(floor, command, [cipher for _, cipher in batch]))
        ours.append(await timed(take))
    return f"{statistics.median(ours):.0f}", ratio(ours, bare)


def plain_mails(asked: Sequence[MessageId], count: int) -> list[bytes]:
    """Make what comes in clear: answers to mails of ours, further words in their threads, a list, robots."""
    mails = []
    for number in range(count):
        ours = asked[number % len(asked)]
        thread = (f"<{ours}>", f"<p{number - 1}@vendor.example> <{ours}>", "", "")[number % 4]
        head = [
            "Received: from mail.vendor.example by mx.lab.example; Mon, 12 Oct 2026 10:00:00 +0000",
            f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=vendor.example",
            f"From: Vendor PSIRT <{VENDOR}>",
            f"To: {MAILBOX}",
            f"Subject: Re: report {number}" if thread else f"[list] patch {number} for the frame parser",
            f"Message-ID: <p{number}@vendor.example>",
            "Date: Mon, 12 Oct 2026 10:00:00 +0000",
        ]
        head += [f"In-Reply-To: {thread.split()[0]}", f"References: {thread}"] if thread else []
        head += ["Auto-Submitted: auto-replied"] if number % 4 == 3 else []
        text = f"Hello,\n\nthank you for report {number}. We plan to release the fix on 15 January.\n\n"
        text += "The affected component is under review by the team that owns it.\n" * 20
        text += "\nOn Sun, 11 Oct 2026, Lab wrote:\n" + "> The length field is trusted before it is checked.\n" * 20
        mails.append(("\r\n".join(head) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode())
    return mails


async def measure_plain(desk: Desk, count: int) -> str:
    """Take plain mails in, everything on: threading, extraction, believing, sealing, ledger."""
    async with desk.store.read() as tx:
        sent = [one for one in await tx.inbox.select(states=(MessageState.OUTBOUND,)) if one.kind is MailKind.REPLY]
    mails = plain_mails([one.message_id for one in sent if one.message_id is not None], count)

    async def take() -> int:
        return sum((await arrive(desk, mails)).values())

    return f"{await timed(take):.0f}"


def ratio(ours: list[float], bare: list[float]) -> str:
    """Return the median of the ratios, and their range."""
    each = [one / other for one, other in zip(ours, bare, strict=True)]
    return f"{statistics.median(each):.2f} ({min(each):.2f} to {max(each):.2f}; floor {statistics.median(bare):.0f}/s)"


def idle() -> dict[str, object]:
    """Measure, in a process of its own, how long a mail takes from the server's notice to its facts."""
    command = [sys.executable, Path(__file__).with_name("bench_idle.py"), "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def start_up(rounds: int) -> dict[str, object]:
    """Measure how long the quickest command takes to answer."""
    seconds = []
    for _ in range(rounds * 3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "cvdmail", "--help"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    return {"cvdmail --help, seconds": f"{statistics.median(seconds):.2f}"}


if __name__ == "__main__":
    asyncio.run(main())
