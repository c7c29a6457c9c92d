"""Whoever can write the database, or makes the archive, cannot change what happened without its being seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from cli.lab import CASE, FINDING, Lab
from cvdmail.core import archive
from cvdmail.core import ledger as chains
from cvdmail.core.events import EventKind
from cvdmail.core.ledger import Entry, Event
from cvdmail.core.report import read
from cvdmail.errors import StoreUnavailable
from cvdmail.verify import verify_archive
from cvdmail.work.audit import audit
from cvdmail.work.export import export
from cvdmail.work.open_case import open_case
from cvdmail.work.upkeep import Erasure, checkpoint, erase_case
from work.hostile import Shifted, World, entity, head, signed, world

F = "f" * 40


async def full(w: World) -> None:
    """Let an answer of the vendor be filed, and a checkpoint cover it all."""
    token, _ = await w.sent()
    part = entity("We have received your report.\n")
    await w.take(signed(head("answer", token), part, w.sign(part)))
    assert await checkpoint(replace(w.desk, clock=Shifted(timedelta(days=2))))


def chained_anew(w: World) -> None:
    """Make all hashes right again, as somebody does who knows how they are made."""
    connection = sqlite3.connect(w.lab.database, timeout=20)
    for (chain,) in connection.execute("SELECT DISTINCT chain FROM event").fetchall():
        last: Entry | None = None
        query = "SELECT id, kind, at, actor, participant, body, signature FROM event WHERE chain = ? ORDER BY seq"
        for row, kind, at, actor, participant, body, signature in connection.execute(query, (chain,)).fetchall():
            event = Event(
                chain, EventKind(kind), chains.read_instant(at), actor, json.loads(body), participant, signature
            )
            last = chains.append(event, last)
            values = (last.previous, last.hash, row)
            connection.execute("UPDATE event SET previous = ?, hash = ? WHERE id = ?", values)
    connection.commit()
    connection.close()


async def test_a_store_that_nobody_touched_is_whole(queued_lab: Lab) -> None:
    """The control of what follows; making every hash anew from the same events changes nothing either."""
    async with world(queued_lab) as w:
        await full(w)
        assert (await audit(w.desk))["problems"] == []
        chained_anew(w)
        assert (await audit(w.desk))["problems"] == []


CHANGES = [
    ("UPDATE event SET signature = NULL WHERE signature IS NOT NULL", True, "without the signature"),
    ("UPDATE event SET signature = NULL WHERE kind = 'draft_approved'", True, "without the signature"),
    ("UPDATE event SET signature = NULL WHERE kind = 'checkpoint'", True, "without the signature"),
    (f"UPDATE event SET actor = '{F.upper()}' WHERE kind = 'draft_approved'", True, "not under [[people]]"),
    ("UPDATE event SET at = '2026-01-01T00:00:00.000000Z' WHERE kind = 'mail_queued'", True, "is not good"),
    ("UPDATE event SET at = '2026-01-01T00:00:00.000000Z' WHERE kind = 'mail_sent'", True, "does not fit chain"),
    ("UPDATE event SET body = replace(body, '250', '251') WHERE kind = 'mail_sent'", True, "does not fit chain"),
    ("UPDATE event SET at = '2026-01-01T00:00:00.000000Z' WHERE kind = 'mail_sent'", False, "content was changed"),
    ("DELETE FROM event WHERE kind = 'mail_frozen'", False, "missing or doubled"),
    (f"UPDATE approval SET digest = '{F}{F[:24]}'", False, "does not tell of an approval"),
    (f"UPDATE approval SET fingerprint = '{F.upper()}'", False, "does not tell of an approval"),
    (f"UPDATE pinned_key SET fingerprint = '{F.upper()}'", False, "does not tell of the key pinned"),
    (f"UPDATE message SET sha256 = '{F}{F[:24]}' WHERE state = 'outbound'", False, "tells of these bytes"),
    (f"UPDATE message SET sha256 = '{F}{F[:24]}' WHERE state = 'filed'", False, "tells of these bytes"),
    ("UPDATE participant SET rm = 'ACCEPTED'", False, "does not follow from its events"),
]


async def test_what_was_changed_in_the_database_is_found(queued_lab: Lab) -> None:
    """Signatures and checkpoints hold where hashes can be made anew; the rows must say what the ledger says."""
    async with world(queued_lab) as w:
        await full(w)
        with closing(sqlite3.connect(":memory:")) as kept, closing(sqlite3.connect(w.lab.database)) as file:
            file.backup(kept)
            for statement, anew, words in CHANGES:
                w.change(statement)
                if anew:
                    chained_anew(w)
                found = await audit(w.desk)
                assert not found["ok"]
                assert any(words in problem for problem in found["problems"]), (statement, found["problems"])
                kept.backup(file)
            assert (await audit(w.desk))["ok"]


@dataclass(frozen=True)
class Exported:
    """An archive by Ben, and its files in the hands of somebody who can sign as he does."""

    world: World
    files: dict[str, bytes]

    async def verified(self, data: bytes | None = None) -> dict[str, Any]:
        place = self.world.lab.place / "archive.tar"
        place.write_bytes(archive.write_tar(self.files) if data is None else data)
        return await verify_archive(place, str(self.world.ben.fingerprint))

    async def signed_anew(self) -> None:
        """Make the manifest fit whatever the files are now, under the signer's true signature."""
        rest = {name: data for name, data in self.files.items() if name not in (archive.MANIFEST, archive.SIGNATURE)}
        manifest = archive.manifest(rest)
        signature = await self.world.ben.openpgp.sign_detached(manifest, self.world.ben.fingerprint)
        self.files.update({archive.MANIFEST: manifest, archive.SIGNATURE: signature})

    def change_event(self, which: Callable[[dict[str, Any]], bool], change: Callable[[dict[str, Any]], object]) -> None:
        """Change the first event line that fits, and make the hashes of all right again."""
        lines = [json.loads(line) for line in self.files[archive.EVENTS].splitlines()]
        change(next(line for line in lines if which(line)))
        last: Entry | None = None
        for line in lines:
            last = chains.append(archive.read_event(line).event, last)
            line.update(hash=last.hash.hex(), previous=last.previous.hex())
        self.files[archive.EVENTS] = "".join(json.dumps(line) + "\n" for line in lines).encode()


async def exported(w: World) -> Exported:
    files, _ = await export(w.desk, w.ben, w.case)
    made = Exported(w, files)
    good = await made.verified()
    assert (good["ok"], good["signature"]["trusted"]) == (True, True)
    return made


async def test_bytes_after_the_end_of_the_tar_are_found(queued_lab: Lab) -> None:
    """What no file owns could be a second archive that another reader sees; zero bytes are a tar's own padding."""
    async with world(queued_lab) as w:
        made = await exported(w)
        tar = archive.write_tar(made.files)
        assert (await made.verified(tar + b"\0" * 512))["ok"]
        for more in (
            b"more",
            b"\0" * 512 + b"more",
            archive.write_tar({"messages/0009-inbound.eml": b"From: x@y.example\r\n"}),
        ):
            found = await made.verified(tar + more)
            assert [one["path"] for one in found["problems"]] == ["archive"]
            assert not found["ok"]


async def test_a_hostile_exporter_cannot_change_what_others_decided(queued_lab: Lab) -> None:
    """The manifest is signed by who exports; decisions and commitments hold against that very person too."""
    async with world(queued_lab) as w:
        untouched = await exported(w)

        def new(line: dict[str, Any]) -> None:
            line["opening"]["value"] = "YW5vdGhlciB0aXRsZQ=="

        def by_ben(line: dict[str, Any]) -> None:
            line["record"]["actor"] = str(w.ben.fingerprint)

        def approved(line: dict[str, Any]) -> bool:
            return bool(line["record"]["kind"] == "draft_approved")

        def opened(line: dict[str, Any]) -> bool:
            return bool(line["record"]["kind"] == "case_opened")

        other = json.loads(untouched.files[archive.EVENTS].splitlines()[0])["signature"]
        for which, change, words in (
            (lambda line: bool(line["opening"]), new, "its opening is not what the event commits to"),
            (lambda line: bool(line["opening"]), lambda line: line["opening"].pop("salt"), "opening cannot be read"),
            (approved, lambda line: line.update(signature=other), "not signed by who decided it"),
            (approved, lambda line: line.update(signature=None), "not signed by who decided it"),
            (approved, lambda line: line["record"]["body"].update(draft=9), "not signed by who decided it"),
            (opened, by_ben, "not signed by who decided it"),
        ):
            made = replace(untouched, files=dict(untouched.files))
            made.change_event(which, change)
            await made.signed_anew()
            found = await made.verified()
            assert found["signature"] == {"state": "good", "fingerprint": str(w.ben.fingerprint), "trusted": True}
            assert any(words in one["what"] for one in found["problems"]), (words, found["problems"])

        made = replace(untouched, files=dict(untouched.files))
        del made.files[f"keys/{w.ada.fingerprint}.asc"]
        await made.signed_anew()
        assert {one["path"] for one in (await made.verified())["problems"]} == {archive.EVENTS}


def case_key(w: World) -> bytes:
    ((wrapped,),) = w.lab.rows("SELECT wrapped FROM scope_key WHERE kind = 'case'")
    assert isinstance(wrapped, bytes)
    return wrapped


def files_with(w: World, secret: bytes) -> list[str]:
    """Which files of the state folder hold these bytes."""
    state = w.lab.root / "state"
    return [one.name for one in sorted(state.glob("cvdmail.db*")) if secret in one.read_bytes()]


async def test_after_an_erasure_no_file_holds_the_case_key(queued_lab: Lab) -> None:
    """Not the database, not its write-ahead log: whoever keeps a copy of the store key opens nothing any more."""
    async with world(queued_lab) as w:
        secret = case_key(w)
        token, _ = await w.sent()
        await w.take(signed(head("answer", token), entity("received\n"), w.sign(entity("received\n"))))
        assert files_with(w, secret) == ["cvdmail.db"]
        assert await erase_case(w.desk, w.ada, w.case, b"the vendor asks for it") is Erasure.REQUESTED
        assert await erase_case(w.desk, w.ada, w.case, b"the vendor asks for it") is Erasure.REQUESTED
        assert await erase_case(w.desk, w.ben, w.case, b"the vendor asks for it") is Erasure.ERASED
        assert files_with(w, secret) == []


async def test_an_erasure_held_up_by_a_reader_says_so(queued_lab: Lab) -> None:
    """While somebody reads, the log keeps old bytes: the answer is no, and yes once the reader has gone."""
    async with world(queued_lab, busy_seconds=0.1) as w:
        secret = case_key(w)
        reader = sqlite3.connect(w.lab.database, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchall()
        async with w.desk.store.write() as tx:
            await tx.scopes.erase_case((await tx.cases.get(w.case)).row, w.desk.clock.now())
        assert not await w.desk.store.scrub(0.2)
        reader.close()
        assert await w.desk.store.scrub()
        assert files_with(w, secret) == []


async def test_who_still_holds_the_old_store_key_makes_no_case(queued_lab: Lab) -> None:
    """A key wrapped by a store key that is gone could never be opened again: better no case than a lost one."""
    report = FINDING.replace("frame", "chunk").encode()
    async with world(queued_lab) as w:
        await w.sent()
        async with w.desk.store.write() as tx:  # as a process that has worked for a while: the pen's key is in memory
            await tx.sealed.mac("report", "something")
        (await w.command(None, "store", "rekey", "--yes")).good()
        before = w.lab.rows("SELECT count(*) FROM event")
        with pytest.raises(StoreUnavailable):
            await open_case(w.desk, w.ada, read(report), report, (), ())
        assert w.lab.rows("SELECT count(*) FROM event") == before
        w.lab.write("second.md", report)
        (await w.command("ada", "case", "new", "second.md")).good()
        listed = (await w.command("ada", "case", "list", "--json")).good()
        assert [one["case"] for one in listed.lines] == [CASE, CASE.replace("0001", "0002")]
