"""How long after the server's own notice of a mail are its facts in the database?

A real Dovecot, the daemon in IDLE as ``cvdmail watch`` runs it, and a second connection in IDLE that belongs to nobody
and does nothing but note when the server says EXISTS.  Mails are laid into the mailbox one after the other; each is
timed from that EXISTS to the moment its judgement is committed.  Whatever the server itself waits before it says
anything (Dovecot gathers news for up to half a second) is in neither figure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)]

import bench  # noqa: E402

from cvdmail import setup, wiring  # noqa: E402
from cvdmail.config import load  # noqa: E402
from cvdmail.core.ids import Address  # noqa: E402
from cvdmail.core.records import MessageState  # noqa: E402
from cvdmail.daemon import Daemon, Servers  # noqa: E402
from cvdmail.edge import keyring  # noqa: E402
from cvdmail.edge.imap import ImapMailboxes, ImapSettings  # noqa: E402
from cvdmail.edge.memory import MemoryMailboxes, MemoryPostman  # noqa: E402
from cvdmail.work import contacts, open_case, queue, review  # noqa: E402
from cvdmail.work.desk import Actor, Desk  # noqa: E402
from servers.certificates import short_folder  # noqa: E402
from servers.dovecot import Dovecot  # noqa: E402

USER, PASSWORD = "lab", "a password"
PATIENCE = 60.0


async def measure_idle(desk: Desk, mails: Sequence[bytes]) -> dict[str, object]:
    """Deliver ``mails`` one after the other to a daemon in IDLE; return median and worst of the seconds each took."""
    settled: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    noticed: asyncio.Queue[float] = asyncio.Queue()

    def tell(line: str) -> None:
        if line.startswith("message "):
            settled.put_nowait((time.monotonic(), line.rpartition(" ")[2]))

    async def password() -> str:
        return PASSWORD

    with short_folder() as folder:
        async with Dovecot(folder, {USER: PASSWORD}) as server:
            settings = ImapSettings(server.host, server.port, server.ca_file, USER, password)
            servers = Servers(None, ImapMailboxes(settings), ("INBOX",), "Sent")
            with noticing(server, lambda at: loop.call_soon_threadsafe(noticed.put_nowait, at)):
                daemon = Daemon(desk, servers, "bench", lambda _: False, tell)
                running = asyncio.ensure_future(daemon.run())
                took, states = [], []
                await asyncio.sleep(3.0)  # until copies for the Sent folder are stored, and seen there
                for number, raw in enumerate(mails):
                    await asyncio.sleep(1.0)  # until everybody is in IDLE again
                    while not settled.empty():
                        settled.get_nowait()
                    server.put(USER, {f"{1_700_000_000 + number}.M1P1.lab": raw})
                    async with asyncio.timeout(PATIENCE):
                        began = await noticed.get()
                        ended, state = await settled.get()
                    took.append(ended - began)
                    states.append(state)
                daemon.stop()
                await running
    return {
        "mail in IDLE to facts stored, median, s": f"{statistics.median(took):.3f}",
        "the same: worst, s": f"{max(took):.3f}",
        "the same: filed, of": f"{states.count(MessageState.FILED.value)} of {len(mails)}",
    }


@contextmanager
def noticing(server: Dovecot, notice: Callable[[float], None]) -> Iterator[None]:
    """A connection of its own in IDLE, in a thread of its own; ``notice`` is told when the server said EXISTS."""
    context = ssl.create_default_context(cafile=server.ca_file)
    plain = socket.create_connection((server.host, server.port))
    with context.wrap_socket(plain, server_hostname=server.host) as wire:
        lines = wire.makefile("rb")
        for tag, command in ((b"a", f'LOGIN {USER} "{PASSWORD}"'), (b"b", "EXAMINE INBOX")):
            wire.sendall(tag + b" " + command.encode() + b"\r\n")
            while not (line := lines.readline()).startswith(tag + b" "):
                assert line
            assert line.startswith(tag + b" OK"), line
        wire.sendall(b"c IDLE\r\n")

        def listen() -> None:
            with suppress(OSError, ValueError):
                while line := lines.readline():
                    if re.match(rb"\* [1-9][0-9]* EXISTS", line):
                        notice(time.monotonic())

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield
        wire.sendall(b"DONE\r\nd LOGOUT\r\n")
        thread.join(10)


async def prepared(folder: Path, count: int) -> dict[str, object]:
    """Found a laboratory, send one report, and let its vendor answer ``count`` times, signed and encrypted."""
    vendor_home = folder / "vendor"
    vendor_home.mkdir(mode=0o700)
    vendor = await keyring.generate(vendor_home, "Vendor", bench.VENDOR, None)
    secret = bench.make_key(folder, "ed25519")
    await setup.found(folder / "lab", bench.MAILBOX, "Lab", setup.FirstPerson("Ada", bench.MAILBOX), secret)
    config = load(folder / "lab" / "config" / "cvdmail.toml")
    home = config.openpgp.home
    await keyring.import_public(vendor_home, await keyring.export_public(home, config.openpgp.mailbox_key))
    await keyring.import_public(home, await keyring.export_public(vendor_home, vendor))
    async with wiring.daemon_desk(config, worker=True) as desk:
        actor = Actor(config.people[0], desk.openpgp)
        await contacts.pin(desk, actor, await keyring.export_public(vendor_home, vendor), bench.VENDOR, None, False)
        raw = bench.REPORT % 1 + bench.body()
        drafts = (await open_case.open_case(desk, actor, open_case.read_report(raw), raw, (), ())).drafts
        await review.approve_many(desk, actor, drafts)
        async with desk.store.write() as tx:
            await queue.queue_drafts(desk, tx, actor, drafts)
        people: dict[Address, MemoryMailboxes] = {one: MemoryMailboxes() for one in (bench.VENDOR, bench.MAILBOX)}
        await Daemon(desk, Servers(MemoryPostman(people), None, (), ""), "bench", lambda _: False).once()
        replies = await bench.make_replies(desk, vendor_home, vendor, count)
        return await measure_idle(desk, [raw for raw, _ in replies])


async def main() -> None:
    """Measure and print a table, or JSON with --json."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=30, help="mails")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cvdb-"))
    try:
        results = await prepared(folder, options.count)
    finally:
        for home in (folder / "lab" / "state" / "gnupg", folder / "vendor"):
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        print(f"{name:56} {value}")


if __name__ == "__main__":
    asyncio.run(main())
