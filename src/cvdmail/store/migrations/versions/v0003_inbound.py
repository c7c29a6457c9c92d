"""Inbound: filings that end, mails filed to several cases, earlier verdicts, and what later mail is recognised by."""

import sqlalchemy as sa
from alembic import op

from cvdmail.store.migrations.rebuilding import enum, rebuild, row_id

revision = "0003"
down_revision = "0002"

_EVIDENCE = ("reply_token", "message_id", "ticket", "case_id", "similarity")

_FACT_KINDS = (
    *("acknowledgement", "receipt", "triage", "fix_date", "publication_date", "fixed_version", "cve", "ticket"),
    *("redirect", "key_offered", "encryption_stop_requested", "credit", "absence", "bounce"),
)


def upgrade() -> None:
    """Bring a store of version 0002 to 0003."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_tables()
    else:
        op.add_column("filing", sa.Column("ended_at", sa.String(length=27), nullable=True))
        op.drop_constraint(op.f("uq_fact_message_position"), "fact", type_="unique")
        op.create_unique_constraint(
            op.f("uq_fact_message_participant_position"), "fact", ["message", "participant", "position"]
        )
    _new_tables()


def _rebuild_tables() -> None:
    rebuild(
        "filing",
        row_id(),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("certain", sa.Boolean(create_constraint=True, name=op.f("ck_filing_certain")), nullable=False),
        sa.Column("evidence", enum("filing_evidence", _EVIDENCE), nullable=True),
        sa.Column("filed_at", sa.String(length=27), nullable=False),
        sa.Column("filed_by", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_filing_message")),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_filing_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("message", "participant", name=op.f("uq_filing_message_participant")),
        added={"ended_at": "NULL"},
    )
    op.create_index(op.f("ix_filing_participant"), "filing", ["participant"], unique=False)
    rebuild(
        "fact",
        row_id(),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", enum("fact_kind", _FACT_KINDS), nullable=False),
        sa.Column("grade", enum("fact_grade", ("sure", "likely", "unsure")), nullable=False),
        sa.Column("state", enum("fact_state", ("proposed", "accepted", "rejected")), nullable=False),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_fact_message")),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_fact_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("message", "participant", "position", name=op.f("uq_fact_message_participant_position")),
        added={},
    )
    op.create_index(op.f("ix_fact_participant"), "fact", ["participant"], unique=False)


def _new_tables() -> None:
    op.create_table(
        "verdict",
        row_id(),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.String(length=27), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("trust", sa.String(length=40), nullable=True),
        sa.Column("signature", sa.String(length=40), nullable=True),
        sa.Column("signature_fingerprint", sa.String(length=64), nullable=True),
        sa.Column("encrypted", sa.Boolean(create_constraint=True, name=op.f("ck_verdict_encrypted")), nullable=True),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_verdict_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_message"), "verdict", ["message"], unique=False)
    op.create_table(
        "trace",
        row_id(),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value_mac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_trace_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trace")),
        sa.UniqueConstraint("participant", "kind", "value_mac", name=op.f("uq_trace_participant_kind_value_mac")),
    )
    op.create_index(op.f("ix_trace_value_mac"), "trace", ["value_mac"], unique=False)
    op.create_table(
        "case_link",
        row_id(),
        sa.Column("case", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("ended_at", sa.String(length=27), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_case_link_case")),
        sa.ForeignKeyConstraint(["other"], ["case.id"], name=op.f("fk_case_link_other")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
    )
    op.create_index(op.f("ix_case_link_case"), "case_link", ["case"], unique=False)
    op.create_index(op.f("ix_case_link_other"), "case_link", ["other"], unique=False)
    op.create_table(
        "blob_key",
        row_id(),
        sa.Column("blob", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["blob"], ["blob.id"], name=op.f("fk_blob_key_blob")),
        sa.ForeignKeyConstraint(["scope"], ["scope_key.id"], name=op.f("fk_blob_key_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob_key")),
        sa.UniqueConstraint("blob", "scope", name=op.f("uq_blob_key_blob_scope")),
    )
    op.create_index(op.f("ix_blob_key_scope"), "blob_key", ["scope"], unique=False)
    op.create_table(
        "folder_trouble",
        sa.Column("account", sa.String(length=253), nullable=False),
        sa.Column("folder", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("since", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name=op.f("pk_folder_trouble")),
    )
