"""What the database looks like; SQLite and PostgreSQL from one schema.

Readable here are ids, enumerations, times, hashes, and the addresses and vendors that mail needs anyway.  Every text
of a report, reply, draft, title, quote or reason is a sealed value in ``blob``, addressed by the table, column and row
it belongs to.  Constraints carry the rules that must hold whatever the program does: one outbox row for a draft, one
filing of a mail with a participant, one sighting of a place in a mailbox, one event at a place in a chain.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from cvdmail.core.candidates import Channel
from cvdmail.core.case import EM, RM, VFD
from cvdmail.core.drafts import DraftState, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import FactKind, Grade
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.ledger import instant, read_instant
from cvdmail.core.matching import Evidence, Trust
from cvdmail.core.outgoing import RecipientState, Stage
from cvdmail.core.promises import PromiseKind
from cvdmail.core.records import (
    ContactState,
    CopyState,
    Direction,
    FactState,
    MessageState,
    Role,
    ScopeKind,
)
from cvdmail.core.report import Origin


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware instant, kept as RFC 3339 text in UTC: readable, and sorted as time."""

    impl = sa.String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:
        """Write the one form of :func:`cvdmail.core.ledger.instant`."""
        return None if value is None else instant(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:
        """Read it back."""
        return None if value is None else read_instant(value)


def _enum(of: type[Enum], name: str) -> sa.Enum:
    return sa.Enum(
        of,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def _kinds(of: type[Enum]) -> sa.Enum:
    """An enumeration that will grow, without a constraint: the ledger's table is never rebuilt."""
    return sa.Enum(
        of, native_enum=False, create_constraint=False, length=40, values_callable=lambda all_: [m.value for m in all_]
    )


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)


def _ref(name: str, table: str, nullable: bool = False, index: bool = False, unique: bool = False) -> sa.Column[int]:
    target = sa.ForeignKey(f"{table}.id")
    return sa.Column(name, sa.Integer, target, nullable=nullable, index=index or None, unique=unique or None)


scope_key = sa.Table(
    "scope_key",
    metadata,
    _id(),
    sa.Column("kind", _enum(ScopeKind, "kind"), nullable=False),
    _ref("case", "case", nullable=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("wrapped", sa.LargeBinary),  # store: OpenPGP message; else sealed under the store key; NULL: erased
    sa.Column("erased_at", Instant),
    sa.UniqueConstraint("kind", "case"),
    sa.CheckConstraint("(kind = 'case') = (\"case\" IS NOT NULL)", name="case_scope"),
    sa.CheckConstraint("(wrapped IS NULL) = (erased_at IS NOT NULL)", name="erased"),
)

case = sa.Table(
    "case",
    metadata,
    _id(),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("origin", _enum(Origin, "origin"), nullable=False),
    sa.Column("severity", sa.String(200)),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("report_mac", sa.String(64), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("em", _enum(EM, "em"), nullable=False),
    sa.Column("pxa", sa.String(3), nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("erased_at", Instant),
    sa.UniqueConstraint("year", "number"),
    sa.CheckConstraint("number > 0", name="number"),
    sa.CheckConstraint("lower(pxa) = 'pxa'", name="pxa"),
)

contact = sa.Table(
    "contact",
    metadata,
    _id(),
    sa.Column("vendor", sa.String(253), nullable=False, index=True),
    sa.Column("channel", _enum(Channel, "channel"), nullable=False),
    sa.Column("value", sa.String(2048), nullable=False),
    sa.Column("state", _enum(ContactState, "state"), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("vendor", "channel", "value"),
    sa.CheckConstraint("score >= 0 AND score <= 1", name="score"),
)

contact_evidence = sa.Table(
    "contact_evidence",
    metadata,
    _id(),
    _ref("contact", "contact", index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("url", sa.String(2048)),
    sa.Column("fetched_at", Instant),
    sa.Column("sha256", sa.String(64)),
    sa.Column("expires", Instant),
    sa.Column("noted_at", Instant, nullable=False),
)

pinned_key = sa.Table(
    "pinned_key",
    metadata,
    _id(),
    _ref("contact", "contact", index=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("pinned_at", Instant, nullable=False),
    sa.Column("pinned_by", sa.String(64), nullable=False),
    sa.Column("unpinned_at", Instant),
    sa.UniqueConstraint("contact", "fingerprint"),
)

participant = sa.Table(
    "participant",
    metadata,
    _id(),
    _ref("case", "case", index=True),
    sa.Column("role", _enum(Role, "role"), nullable=False),
    sa.Column("vendor", sa.String(253), nullable=False),
    _ref("contact", "contact", nullable=True),
    sa.Column("rm", _enum(RM, "rm"), nullable=False),
    sa.Column("vfd", _enum(VFD, "vfd"), nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.UniqueConstraint("case", "vendor"),
)

reply_token = sa.Table(
    "reply_token",
    metadata,
    _id(),
    _ref("participant", "participant", index=True),
    sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

message = sa.Table(
    "message",
    metadata,
    _id(),
    sa.Column("direction", _enum(Direction, "direction"), nullable=False),
    sa.Column("state", _enum(MessageState, "state"), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("body_sha256", sa.String(64)),
    sa.Column("message_id", sa.String(512), index=True),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("kind", _enum(MailKind, "kind")),
    sa.Column("trust", _enum(Trust, "trust")),
    sa.Column("signature", _enum(SignatureState, "signature")),
    sa.Column("signature_fingerprint", sa.String(64)),
    sa.Column("encrypted", sa.Boolean(create_constraint=True, name="encrypted")),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("why", sa.String(200)),
    sa.UniqueConstraint("direction", "sha256"),
    sa.CheckConstraint("(direction = 'outbound') = (state = 'outbound')", name="direction_state"),
)

sighting = sa.Table(
    "sighting",
    metadata,
    _id(),
    _ref("message", "message", index=True),
    sa.Column("account", sa.String(253), nullable=False),
    sa.Column("folder", sa.String(500), nullable=False),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.UniqueConstraint("account", "folder", "uidvalidity", "uid"),
)

filing = sa.Table(
    "filing",
    metadata,
    _id(),
    _ref("message", "message"),
    _ref("participant", "participant", index=True),
    sa.Column("certain", sa.Boolean(create_constraint=True, name="certain"), nullable=False),
    sa.Column("evidence", _enum(Evidence, "evidence")),
    sa.Column("filed_at", Instant, nullable=False),
    sa.Column("filed_by", sa.String(64), nullable=False),
    sa.UniqueConstraint("message", "participant"),
)

guess = sa.Table(
    "guess",
    metadata,
    _id(),
    _ref("message", "message", index=True),
    _ref("participant", "participant"),
    sa.Column("evidence", _enum(Evidence, "evidence"), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.UniqueConstraint("message", "participant", "evidence"),
)

fact = sa.Table(
    "fact",
    metadata,
    _id(),
    _ref("message", "message"),
    _ref("participant", "participant", nullable=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", _enum(FactKind, "kind"), nullable=False),
    sa.Column("grade", _enum(Grade, "grade"), nullable=False),
    sa.Column("state", _enum(FactState, "state"), nullable=False),
    sa.UniqueConstraint("message", "position"),
)

promise = sa.Table(
    "promise",
    metadata,
    _id(),
    _ref("participant", "participant", index=True),
    _ref("fact", "fact", unique=True),
    sa.Column("kind", _enum(PromiseKind, "kind"), nullable=False),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("granularity", sa.String(40)),
    sa.Column("bound", sa.String(40)),
    sa.Column("offset_minutes", sa.Integer),
    sa.Column("made_at", Instant, nullable=False),
    _ref("slips", "promise", nullable=True),
    sa.CheckConstraint("first <= last", name="range"),
    sa.CheckConstraint("offset_minutes BETWEEN -1440 AND 1440", name="offset"),
)

ticket = sa.Table(
    "ticket",
    metadata,
    _id(),
    _ref("participant", "participant"),
    sa.Column("number_mac", sa.String(64), nullable=False, index=True),
    sa.UniqueConstraint("participant", "number_mac"),
)

draft = sa.Table(
    "draft",
    metadata,
    _id(),
    _ref("participant", "participant", index=True),
    sa.Column("letter", _enum(Letter, "letter"), nullable=False),
    sa.Column("state", _enum(DraftState, "state"), nullable=False, index=True),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("digest", sa.String(64)),
    _ref("answers", "message", nullable=True),
    sa.CheckConstraint("state IN ('open', 'void') OR digest IS NOT NULL", name="digest"),
)

approval = sa.Table(
    "approval",
    metadata,
    _id(),
    _ref("draft", "draft"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("approved_at", Instant, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.UniqueConstraint("draft", "fingerprint", "digest"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    _ref("draft", "draft", unique=True),
    _ref("participant", "participant", index=True),
    sa.Column("state", _enum(RecipientState, "state"), nullable=False, index=True),
    _ref("message", "message", nullable=True, unique=True),
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("frozen_at", Instant),
    sa.Column("next_attempt_at", Instant, nullable=False),
    sa.Column("sent_copy", _enum(CopyState, "sent_copy"), nullable=False),
    sa.Column("stopped", sa.String(200)),
    sa.CheckConstraint("(message IS NULL) = (frozen_at IS NULL)", name="frozen"),
    sa.CheckConstraint("state = 'queued' OR message IS NOT NULL", name="bytes_before_sending"),
)

recipient = sa.Table(
    "recipient",
    metadata,
    _id(),
    _ref("outbox", "outbox"),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("state", _enum(RecipientState, "state"), nullable=False),
    sa.Column("stage", _enum(Stage, "stage")),
    sa.Column("code", sa.Integer),
    sa.Column("at", Instant, nullable=False),
    sa.Column("resent", sa.Integer, nullable=False),
    sa.UniqueConstraint("outbox", "address"),
)

attempt = sa.Table(
    "attempt",
    metadata,
    _id(),
    _ref("outbox", "outbox"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("outbox", "number"),
)

event = sa.Table(
    "event",
    metadata,
    _id(),
    sa.Column("chain", sa.String(40), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("kind", _kinds(EventKind), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("participant", sa.Integer),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("signature", sa.Text),
    sa.Column("previous", sa.LargeBinary(32), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.UniqueConstraint("chain", "seq"),
    sa.CheckConstraint("seq > 0", name="seq"),
)

blob = sa.Table(
    "blob",
    metadata,
    _id(),
    _ref("scope", "scope_key", index=True),
    sa.Column("owner_table", sa.String(40), nullable=False),
    sa.Column("owner_column", sa.String(40), nullable=False),
    sa.Column("owner_row", sa.Integer, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary),
    sa.Column("sealed", sa.LargeBinary),
    sa.UniqueConstraint("owner_table", "owner_column", "owner_row"),
    sa.CheckConstraint("(wrapped_key IS NULL) = (sealed IS NULL)", name="erased"),
)

mailbox_cursor = sa.Table(
    "mailbox_cursor",
    metadata,
    sa.Column("account", sa.String(253), primary_key=True),
    sa.Column("folder", sa.String(500), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
    sa.Column("last_sync_at", Instant),
    sa.CheckConstraint("last_uid >= 0", name="last_uid"),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
