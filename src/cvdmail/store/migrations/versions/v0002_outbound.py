"""Outbound at scale: clear letters, batch approvals, urgency and waiting in the outbox, pauses, other channels.

SQLite cannot change a constraint in place, so the three tables that change are written anew and take over the rows;
the caller has switched foreign keys off for the connection and checks them at the end.
"""

import sqlalchemy as sa
from alembic import op

from cvdmail.store.migrations.rebuilding import enum, rebuild, row_id

revision = "0002"
down_revision = "0001"

_LETTERS = (
    *("report", "reply", "follow_up", "thanks", "extension", "heads_up", "handoff", "first_contact", "policy_answer"),
)
_DRAFT_STATES = ("open", "approved", "queued", "void")
_RECIPIENT_STATES = ("queued", "sending", "sent", "deferred", "refused", "unknown")
_CHANNELS = ("email", "portal", "private_advisory", "phone", "other")


def upgrade() -> None:
    """Bring a store of version 0001 to 0002."""
    if op.get_bind().dialect.name == "sqlite":
        _manifest()
        _rebuild_tables()
    else:
        _manifest()
        _alter_tables()
    _new_tables()


def _manifest() -> None:
    op.create_table(
        "manifest",
        row_id(),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("sha256", name=op.f("uq_manifest_sha256")),
    )


def _rebuild_tables() -> None:
    rebuild(
        "draft",
        row_id(),
        sa.Column("participant", sa.Integer(), nullable=True),
        sa.Column("letter", enum("draft_letter", _LETTERS), nullable=False),
        sa.Column("state", enum("draft_state", _DRAFT_STATES), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("written_at", sa.String(length=27), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("clear", sa.Boolean(create_constraint=True, name=op.f("ck_draft_clear")), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.CheckConstraint("state IN ('open', 'void') OR digest IS NOT NULL", name=op.f("ck_draft_digest")),
        sa.CheckConstraint("(participant IS NULL) = (address IS NOT NULL)", name=op.f("ck_draft_whom")),
        sa.CheckConstraint("participant IS NOT NULL OR clear", name=op.f("ck_draft_no_case")),
        sa.CheckConstraint(
            "NOT clear OR letter NOT IN ('report', 'reply', 'handoff')", name=op.f("ck_draft_case_text")
        ),
        sa.ForeignKeyConstraint(["answers"], ["message.id"], name=op.f("fk_draft_answers")),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_draft_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        added={"clear": "0", "address": "NULL"},
    )
    op.create_index(op.f("ix_draft_participant"), "draft", ["participant"], unique=False)
    op.create_index(op.f("ix_draft_state"), "draft", ["state"], unique=False)
    rebuild(
        "approval",
        row_id(),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.String(length=27), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_approval_draft")),
        sa.ForeignKeyConstraint(["manifest"], ["manifest.id"], name=op.f("fk_approval_manifest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("draft", "fingerprint", "digest", name=op.f("uq_approval_draft_fingerprint_digest")),
        added={"manifest": "NULL"},
    )
    rebuild(
        "outbox",
        row_id(),
        sa.Column("draft", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=True),
        sa.Column("state", enum("outbox_state", _RECIPIENT_STATES), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("waits", sa.String(length=200), nullable=True),
        sa.Column("queued_at", sa.String(length=27), nullable=False),
        sa.Column("frozen_at", sa.String(length=27), nullable=True),
        sa.Column("next_attempt_at", sa.String(length=27), nullable=False),
        sa.Column("sent_copy", enum("outbox_sent_copy", ("pending", "stored")), nullable=False),
        sa.Column("stopped", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'refused') OR message IS NOT NULL", name=op.f("ck_outbox_bytes_before_sending")
        ),
        sa.CheckConstraint("(message IS NULL) = (frozen_at IS NULL)", name=op.f("ck_outbox_frozen")),
        sa.CheckConstraint("urgency BETWEEN 0 AND 100", name=op.f("ck_outbox_urgency")),
        sa.ForeignKeyConstraint(["draft"], ["draft.id"], name=op.f("fk_outbox_draft")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_outbox_message")),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_outbox_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("draft", name=op.f("uq_outbox_draft")),
        sa.UniqueConstraint("message", name=op.f("uq_outbox_message")),
        added={"urgency": "45", "waits": "NULL"},
    )
    op.create_index(op.f("ix_outbox_participant"), "outbox", ["participant"], unique=False)
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"], unique=False)


def _alter_tables() -> None:
    op.drop_constraint(op.f("ck_draft_letter"), "draft", type_="check")
    words = ", ".join(f"'{word}'" for word in _LETTERS)
    op.create_check_constraint(op.f("ck_draft_letter"), "draft", f"letter IN ({words})")
    op.alter_column("draft", "participant", nullable=True)
    op.add_column("draft", sa.Column("clear", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("draft", "clear", server_default=None)
    op.add_column("draft", sa.Column("address", sa.String(length=254), nullable=True))
    op.create_check_constraint(op.f("ck_draft_whom"), "draft", "(participant IS NULL) = (address IS NOT NULL)")
    op.create_check_constraint(op.f("ck_draft_no_case"), "draft", "participant IS NOT NULL OR clear")
    op.create_check_constraint(
        op.f("ck_draft_case_text"), "draft", "NOT clear OR letter NOT IN ('report', 'reply', 'handoff')"
    )
    op.add_column("approval", sa.Column("manifest", sa.Integer(), sa.ForeignKey("manifest.id"), nullable=True))
    op.alter_column("outbox", "participant", nullable=True)
    op.add_column("outbox", sa.Column("urgency", sa.Integer(), nullable=False, server_default="45"))
    op.alter_column("outbox", "urgency", server_default=None)
    op.create_check_constraint(op.f("ck_outbox_urgency"), "outbox", "urgency BETWEEN 0 AND 100")
    op.add_column("outbox", sa.Column("waits", sa.String(length=200), nullable=True))


def _new_tables() -> None:
    op.create_table(
        "server_pause",
        sa.Column("host", sa.String(length=300), nullable=False),
        sa.Column("until", sa.String(length=27), nullable=True),
        sa.Column("stopped", sa.String(length=200), nullable=True),
        sa.Column("login_mac", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_server_pause")),
    )
    op.create_table(
        "clear_preference",
        row_id(),
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("extent", enum("clear_preference_extent", ("never", "status", "everything")), nullable=False),
        sa.Column("message", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.id"], name=op.f("fk_clear_preference_contact")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_clear_preference_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clear_preference")),
    )
    op.create_index(op.f("ix_clear_preference_contact"), "clear_preference", ["contact"], unique=False)
    op.create_table(
        "delivery",
        row_id(),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("direction", enum("delivery_direction", ("inbound", "outbound")), nullable=False),
        sa.Column("channel", enum("delivery_channel", _CHANNELS), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("recorded_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_delivery_participant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_participant"), "delivery", ["participant"], unique=False)
