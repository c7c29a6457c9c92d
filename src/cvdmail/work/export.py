"""Making the archive of a case, signed by who exports it."""

from __future__ import annotations

import hashlib
import json

from cvdmail.config import PersonRole
from cvdmail.core import archive, statements
from cvdmail.core.deliveries import DeliveryRecord
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import to_json
from cvdmail.core.ids import CaseId
from cvdmail.core.ledger import MAIN, Event, Value, heads_statement, instant
from cvdmail.errors import NotFound, Refused, SealBroken
from cvdmail.work.desk import Actor, Desk
from cvdmail.work.open_case import read_attachments
from cvdmail.work.show import WholeCase, whole_case


async def export(desk: Desk, actor: Actor, case_id: CaseId) -> tuple[dict[str, bytes], Event]:
    """Return the files of a case's archive, manifest and signature included, and the event that tells of it.

    The event is for :func:`note_export`, once the archive is really written.
    """
    actor.require(PersonRole.AUDITOR, "export")
    now = desk.clock.now()
    found = await whole_case(desk, case_id)
    if found.case.erased_at is not None:
        raise Refused(str(case_id), "the case is erased", "only its events remain: 'cvdmail ledger verify'")
    files: dict[str, bytes] = {"README.txt": archive.README.encode()}
    await _messages(desk, found, files)
    await _report(desk, found, files)
    files |= {_kept(one): one.text for one in found.deliveries if one.text is not None}
    files["case.json"] = _pretty(_case(found))
    async with desk.store.read() as tx:
        openings = await tx.ledger.openings(str(case_id))
        heads = await tx.ledger.heads()
    lines = [json.dumps(archive.event_line(entry, openings.get(entry.seq)), sort_keys=True) for entry in found.events]
    files[archive.EVENTS] = "".join(line + "\n" for line in lines).encode()
    files["checkpoint.json"] = heads_statement(heads, found.events[-1].event.at) + b"\n"
    signer = await desk.keys.team(actor.person.address, actor.fingerprint)
    files[archive.SIGNER_KEY] = signer.armored
    await _people(desk, found, files)
    manifest = archive.manifest(files)
    signature = await actor.openpgp.sign_detached(manifest, actor.fingerprint)
    body: dict[str, Value] = {"case": str(case_id), "manifest": hashlib.sha256(manifest).hexdigest()}
    event = await actor.decide(Event(MAIN, EventKind.EXPORTED, now, str(actor.fingerprint), body))
    return {**files, archive.MANIFEST: manifest, archive.SIGNATURE: signature}, event


async def note_export(desk: Desk, event: Event) -> None:
    """Tell the ledger that an archive was written."""
    async with desk.store.write() as tx:
        await tx.ledger.append(event)


async def _people(desk: Desk, found: WholeCase, files: dict[str, bytes]) -> None:
    """Put the keys of everybody who decided something beside the ledger, so that each decision can be checked."""
    for person in desk.config.people:
        if any(entry.event.actor == str(person.fingerprint) for entry in found.events):
            key = await desk.keys.team(person.address, person.fingerprint)
            files[f"keys/{person.fingerprint}.asc"] = key.armored


async def _messages(desk: Desk, found: WholeCase, files: dict[str, bytes]) -> None:
    for number, one in enumerate(found.messages, start=1):
        stem = f"messages/{number:04d}-{one.record.direction.value}"
        async with desk.store.read() as tx:
            files[f"{stem}.eml"] = await tx.inbox.raw(one.record.row)
            inner = await tx.inbox.inner(one.record.row)
        if inner is not None:
            files[f"{stem}.decrypted.mime"] = inner
        head = "".join(f"{name}: {one.reading.get(name) or ''}\n" for name in ("from", "date", "subject"))
        files[f"{stem}.txt"] = f"{head}\n{one.reading.get('text') or ''}\n".encode()


async def _report(desk: Desk, found: WholeCase, files: dict[str, bytes]) -> None:
    names = {}
    async with desk.store.read() as tx:
        try:
            files["report/report.md"] = await tx.cases.report(found.case.row)
            for attachment in (await read_attachments(tx, [found.case.row])).get(found.case.row, ()):
                # A name from outside is never a path: the file is named by its hash, the name stands in a table.
                name = f"report/{hashlib.sha256(attachment.content).hexdigest()}.bin"
                files[name] = attachment.content
                names[name] = {"name": attachment.name, "media_type": attachment.media_type}
        except (NotFound, SealBroken):
            return  # a case without a report of ours has none to show
    files["report/attachments.json"] = _pretty(names)


def _case(found: WholeCase) -> dict[str, object]:
    return {
        "case": str(found.case.id),
        "title": found.case.title,
        "severity": found.case.severity,
        "origin": found.case.origin.value,
        "opened_at": instant(found.case.opened_at),
        "embargo": found.case.state.em.value,
        "participants": [one.to_json() | {"silent_days": None, "next": None} for one in found.people],
        "messages": [
            {
                "file": f"messages/{number:04d}-{one.record.direction.value}.eml",
                "sha256": one.record.sha256,
                "message_id": str(one.record.message_id) if one.record.message_id else None,
                "received_at": instant(one.record.received_at),
                "trust": one.record.trust.value if one.record.trust else None,
                "signature": one.record.signature.value if one.record.signature else None,
                "signature_fingerprint": one.record.signature_fingerprint,
            }
            for number, one in enumerate(found.messages, start=1)
        ],
        "facts": [
            {
                **to_json(one.fact),
                "fact": one.row,
                "message": one.message,
                "state": one.state.value,
                "corrects": one.corrects,
                "corrected_by": one.corrected_by,
            }
            for one in found.facts
        ],
        "promises": [statements.to_json(one) for one in found.stated if one.step.statement.believed],
        "stated": [statements.to_json(one) for one in found.stated],
        "deliveries": [
            {
                "outbox": one.row,
                "recipients": [
                    {
                        "address": str(person.address),
                        "state": person.state.value,
                        "code": person.code,
                        "at": instant(person.at),
                    }
                    for person in one.recipients
                ],
            }
            for one in found.outbox
        ],
        "deliveries_elsewhere": [_elsewhere(one) for one in found.deliveries],
    }


def _elsewhere(one: DeliveryRecord) -> dict[str, object]:
    return {
        "delivery": one.row,
        "participant": one.participant,
        "direction": one.direction.value,
        "channel": one.channel.value,
        "ref": one.reference,
        "file": _kept(one) if one.text is not None else None,
        "by": one.recorded_by,
        "at": instant(one.at),
        "recorded_at": instant(one.recorded_at),
    }


def _kept(one: DeliveryRecord) -> str:
    return f"deliveries/{one.row:04d}-{one.direction.value}.bin"


def _pretty(value: object) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
