"""What the database looks like; SQLite and PostgreSQL from one schema.

Readable here are ids, enumerations, times, hashes, and the addresses and vendors that mail needs anyway.  Every text
of a report, reply, draft, title, quote or reason is a sealed value in ``blob``, addressed by the table, column and row
it belongs to.  Constraints carry the rules that must hold whatever the program does: one outbox row for a draft, one
filing of a mail with a participant, one sighting of a place in a mailbox, one event at a place in a chain.
"""

from __future__ import annotations

import sqlalchemy as sa

from cvdmail.core.candidates import Channel
from cvdmail.core.case import EM, RM, VFD, CaseLinkKind
from cvdmail.core.drafts import ClearExtent, DraftState, Letter
from cvdmail.core.events import EventKind
from cvdmail.core.extract.facts import FactKind, Grade
from cvdmail.core.extract.mailkind import MailKind
from cvdmail.core.gpgstatus import SignatureState
from cvdmail.core.matching import Evidence, TraceKind
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
from cvdmail.core.trust import Trust
from cvdmail.core.watching import TroubleKind
from cvdmail.store.columns import Instant, enum, kinds, ref, row_id

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


scope_key = sa.Table(
    "scope_key",
    metadata,
    row_id(),
    sa.Column("kind", enum(ScopeKind, "kind"), nullable=False),
    ref("case", "case", nullable=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("wrapped", sa.LargeBinary),  # store: OpenPGP message; else sealed under the store key; NULL: erased
    sa.Column("erased_at", Instant),
    sa.UniqueConstraint("kind", "case"),
    sa.CheckConstraint("(kind = 'case') = (\"case\" IS NOT NULL)", name="case_scope"),
    sa.CheckConstraint("(wrapped IS NULL) = (erased_at IS NOT NULL)", name="erased"),
    # UNIQUE does not see two NULL cases as the same: one store key and one pen are said by themselves.
    sa.Index(
        "uq_scope_key_one_of_a_kind",
        "kind",
        unique=True,
        sqlite_where=sa.text('"case" IS NULL'),
        postgresql_where=sa.text('"case" IS NULL'),
    ),
)

case = sa.Table(
    "case",
    metadata,
    row_id(),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("origin", enum(Origin, "origin"), nullable=False),
    sa.Column("severity", sa.String(200)),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("report_mac", sa.String(64), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("em", enum(EM, "em"), nullable=False),
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
    row_id(),
    sa.Column("vendor", sa.String(253), nullable=False, index=True),
    sa.Column("channel", enum(Channel, "channel"), nullable=False),
    sa.Column("value", sa.String(2048), nullable=False),
    sa.Column("state", enum(ContactState, "state"), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("vendor", "channel", "value"),
    sa.CheckConstraint("score >= 0 AND score <= 1", name="score"),
)

contact_evidence = sa.Table(
    "contact_evidence",
    metadata,
    row_id(),
    ref("contact", "contact", index=True),
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
    row_id(),
    ref("contact", "contact", index=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("pinned_at", Instant, nullable=False),
    sa.Column("pinned_by", sa.String(64), nullable=False),
    sa.Column("unpinned_at", Instant),
    sa.UniqueConstraint("contact", "fingerprint"),
    sa.Index(
        "uq_pinned_key_one_live",
        "contact",
        unique=True,
        sqlite_where=sa.text("unpinned_at IS NULL"),
        postgresql_where=sa.text("unpinned_at IS NULL"),
    ),
)

participant = sa.Table(
    "participant",
    metadata,
    row_id(),
    ref("case", "case", index=True),
    sa.Column("role", enum(Role, "role"), nullable=False),
    sa.Column("vendor", sa.String(253), nullable=False),
    ref("contact", "contact", nullable=True),
    sa.Column("rm", enum(RM, "rm"), nullable=False),
    sa.Column("vfd", enum(VFD, "vfd"), nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.UniqueConstraint("case", "vendor"),
)

reply_token = sa.Table(
    "reply_token",
    metadata,
    row_id(),
    ref("participant", "participant", index=True),
    sa.Column("token_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

message = sa.Table(
    "message",
    metadata,
    row_id(),
    sa.Column("direction", enum(Direction, "direction"), nullable=False),
    sa.Column("state", enum(MessageState, "state"), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("body_sha256", sa.String(64)),
    sa.Column("message_id", sa.String(512), index=True),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("kind", enum(MailKind, "kind")),
    sa.Column("trust", enum(Trust, "trust")),
    sa.Column("signature", enum(SignatureState, "signature")),
    sa.Column("signature_fingerprint", sa.String(64)),
    sa.Column("encrypted", sa.Boolean(create_constraint=True, name="encrypted")),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("why", sa.String(200)),
    sa.Column("signed_sha256", sa.String(64), index=True),
    sa.UniqueConstraint("direction", "sha256"),
    sa.CheckConstraint("(direction = 'outbound') = (state = 'outbound')", name="direction_state"),
)

sighting = sa.Table(
    "sighting",
    metadata,
    row_id(),
    ref("message", "message", index=True),
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
    row_id(),
    ref("message", "message"),
    ref("participant", "participant", index=True),
    sa.Column("certain", sa.Boolean(create_constraint=True, name="certain"), nullable=False),
    sa.Column("evidence", enum(Evidence, "evidence")),
    sa.Column("filed_at", Instant, nullable=False),
    sa.Column("filed_by", sa.String(64), nullable=False),
    sa.Column("ended_at", Instant),  # a person has moved the mail elsewhere; moving it back makes this NULL again
    sa.UniqueConstraint("message", "participant"),
)

verdict = sa.Table(
    "verdict",  # what was made of a mail before it was read again; its reading is sealed beside it
    metadata,
    row_id(),
    ref("message", "message", index=True),
    sa.Column("replaced_at", Instant, nullable=False),
    sa.Column("state", kinds(MessageState), nullable=False),
    sa.Column("kind", kinds(MailKind)),
    sa.Column("trust", kinds(Trust)),
    sa.Column("signature", kinds(SignatureState)),
    sa.Column("signature_fingerprint", sa.String(64)),
    sa.Column("encrypted", sa.Boolean(create_constraint=True, name="encrypted")),
    sa.Column("why", sa.String(200)),
)

guess = sa.Table(
    "guess",
    metadata,
    row_id(),
    ref("message", "message", index=True),
    ref("participant", "participant"),
    sa.Column("evidence", enum(Evidence, "evidence"), nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.UniqueConstraint("message", "participant", "evidence"),
)

fact = sa.Table(
    "fact",
    metadata,
    row_id(),
    ref("message", "message"),
    ref("participant", "participant", nullable=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", enum(FactKind, "kind"), nullable=False),
    sa.Column("grade", enum(Grade, "grade"), nullable=False),
    sa.Column("state", enum(FactState, "state"), nullable=False),
    ref("corrects", "fact", nullable=True),  # a person put this one in its place
    sa.UniqueConstraint("message", "participant", "position"),
    sa.Index(
        "uq_fact_one_correction",
        "corrects",
        unique=True,
        sqlite_where=sa.text("corrects IS NOT NULL"),
        postgresql_where=sa.text("corrects IS NOT NULL"),
    ),
)

promise = sa.Table(
    "promise",
    metadata,
    row_id(),
    ref("participant", "participant", index=True),
    ref("fact", "fact", unique=True),
    sa.Column("kind", enum(PromiseKind, "kind"), nullable=False),
    sa.Column("status", sa.String(40), nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("granularity", sa.String(40)),
    sa.Column("bound", sa.String(40)),
    sa.Column("offset_minutes", sa.Integer),
    sa.Column("made_at", Instant, nullable=False),
    ref("slips", "promise", nullable=True),
    sa.CheckConstraint("first <= last", name="range"),
    sa.CheckConstraint("offset_minutes BETWEEN -1440 AND 1440", name="offset"),
)

ticket = sa.Table(
    "ticket",
    metadata,
    row_id(),
    ref("participant", "participant"),
    sa.Column("number_mac", sa.String(64), nullable=False, index=True),
    sa.UniqueConstraint("participant", "number_mac"),
)

trace = sa.Table(
    "trace",  # keyed hashes of what later mail may be recognised by: an address that wrote, a subject
    metadata,
    row_id(),
    ref("participant", "participant"),
    sa.Column("kind", kinds(TraceKind), nullable=False),
    sa.Column("value_mac", sa.String(64), nullable=False, index=True),
    sa.UniqueConstraint("participant", "kind", "value_mac"),
)

case_link = sa.Table(
    "case_link",  # a case was merged into another one, or split off from it
    metadata,
    row_id(),
    ref("case", "case", index=True),
    sa.Column("kind", kinds(CaseLinkKind), nullable=False),
    ref("other", "case", index=True),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)

draft = sa.Table(
    "draft",
    metadata,
    row_id(),
    ref("participant", "participant", nullable=True, index=True),
    sa.Column("letter", enum(Letter, "letter"), nullable=False),
    sa.Column("state", enum(DraftState, "state"), nullable=False, index=True),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("digest", sa.String(64)),
    ref("answers", "message", nullable=True),
    sa.Column("clear", sa.Boolean(create_constraint=True, name="clear"), nullable=False),
    sa.Column("address", sa.String(254)),  # where a letter that belongs to no case goes
    sa.CheckConstraint("state IN ('open', 'void') OR digest IS NOT NULL", name="digest"),
    sa.CheckConstraint("(participant IS NULL) = (address IS NOT NULL)", name="whom"),
    sa.CheckConstraint("participant IS NOT NULL OR clear", name="no_case"),
    # Rule 1 in the schema: a letter with case text is never marked clear.
    sa.CheckConstraint("NOT clear OR letter NOT IN ('report', 'reply', 'handoff')", name="case_text"),
)

manifest = sa.Table(
    "manifest",
    metadata,
    row_id(),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
)

approval = sa.Table(
    "approval",
    metadata,
    row_id(),
    ref("draft", "draft"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("approved_at", Instant, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    ref("manifest", "manifest", nullable=True),
    sa.UniqueConstraint("draft", "fingerprint", "digest"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    row_id(),
    ref("draft", "draft", unique=True),
    ref("participant", "participant", nullable=True, index=True),
    sa.Column("state", enum(RecipientState, "state"), nullable=False, index=True),
    ref("message", "message", nullable=True, unique=True),
    sa.Column("urgency", sa.Integer, nullable=False),  # 0 goes first, 100 last
    sa.Column("waits", sa.String(200)),  # why it is held back although its time has come
    sa.Column("queued_at", Instant, nullable=False),
    sa.Column("frozen_at", Instant),
    sa.Column("next_attempt_at", Instant, nullable=False),
    sa.Column("sent_copy", enum(CopyState, "sent_copy"), nullable=False),
    sa.Column("stopped", sa.String(200)),
    sa.CheckConstraint("(message IS NULL) = (frozen_at IS NULL)", name="frozen"),
    sa.CheckConstraint("state IN ('queued', 'refused') OR message IS NOT NULL", name="bytes_before_sending"),
    sa.CheckConstraint("urgency BETWEEN 0 AND 100", name="urgency"),
)

recipient = sa.Table(
    "recipient",
    metadata,
    row_id(),
    ref("outbox", "outbox"),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("state", enum(RecipientState, "state"), nullable=False),
    sa.Column("stage", enum(Stage, "stage")),
    sa.Column("code", sa.Integer),
    sa.Column("at", Instant, nullable=False),
    sa.Column("resent", sa.Integer, nullable=False),
    sa.UniqueConstraint("outbox", "address"),
)

attempt = sa.Table(
    "attempt",
    metadata,
    row_id(),
    ref("outbox", "outbox"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.UniqueConstraint("outbox", "number"),
)

server_pause = sa.Table(
    "server_pause",
    metadata,
    sa.Column("host", sa.String(300), primary_key=True),
    sa.Column("until", Instant),
    sa.Column("stopped", sa.String(200)),
    sa.Column("login_mac", sa.String(64)),  # of the log-in that was refused: another one may be tried
    sa.Column("at", Instant, nullable=False),
)

clear_preference = sa.Table(
    "clear_preference",
    metadata,
    row_id(),
    ref("contact", "contact", index=True),
    sa.Column("extent", enum(ClearExtent, "extent"), nullable=False),
    ref("message", "message", nullable=True),
    sa.Column("approved_by", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

delivery = sa.Table(
    "delivery",
    metadata,
    row_id(),
    ref("participant", "participant", index=True),
    sa.Column("direction", enum(Direction, "direction"), nullable=False),
    sa.Column("channel", enum(Channel, "channel"), nullable=False),
    sa.Column("recorded_by", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)

event = sa.Table(
    "event",
    metadata,
    row_id(),
    sa.Column("chain", sa.String(40), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("kind", kinds(EventKind), nullable=False),
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
    row_id(),
    ref("scope", "scope_key", index=True),
    sa.Column("owner_table", sa.String(40), nullable=False),
    sa.Column("owner_column", sa.String(40), nullable=False),
    sa.Column("owner_row", sa.Integer, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary),
    sa.Column("sealed", sa.LargeBinary),
    sa.UniqueConstraint("owner_table", "owner_column", "owner_row"),
    sa.CheckConstraint("(wrapped_key IS NULL) = (sealed IS NULL)", name="erased"),
)

blob_key = sa.Table(
    "blob_key",  # the same data key wrapped once more, for a mail that is filed to several cases
    metadata,
    row_id(),
    ref("blob", "blob"),
    ref("scope", "scope_key", index=True),
    sa.Column("wrapped_key", sa.LargeBinary),
    sa.UniqueConstraint("blob", "scope"),
)

mailbox_cursor = sa.Table(
    "mailbox_cursor",
    metadata,
    sa.Column("account", sa.String(253), primary_key=True),
    sa.Column("folder", sa.String(500), primary_key=True),
    sa.Column("uidvalidity", sa.BigInteger, nullable=False),
    sa.Column("last_uid", sa.BigInteger, nullable=False),
    sa.Column("last_sync_at", Instant),
    sa.Column("refused_uid", sa.BigInteger),
    sa.Column("refused_times", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("last_uid >= 0", name="last_uid"),
)

folder_trouble = sa.Table(
    "folder_trouble",  # why a watched folder cannot be read; the next look that succeeds takes the row away
    metadata,
    sa.Column("account", sa.String(253), primary_key=True),
    sa.Column("folder", sa.String(500), primary_key=True),
    sa.Column("kind", kinds(TroubleKind), nullable=False),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("since", Instant, nullable=False),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("holder", sa.String(64), nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
