"""Facts that a person put in the place of what was misread."""

import sqlalchemy as sa
from alembic import op

from cvdmail.store.migrations.rebuilding import enum, rebuild, row_id

revision = "0004"
down_revision = "0003"

_KINDS = (
    *("acknowledgement", "receipt", "triage", "fix_date", "publication_date", "fixed_version", "cve", "ticket"),
    *("redirect", "key_offered", "encryption_stop_requested", "credit", "absence", "bounce"),
)
_STATES = ("proposed", "accepted", "rejected", "corrected")


def upgrade() -> None:
    """Bring a store of version 0003 to 0004."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_fact()
    else:
        op.drop_constraint(op.f("ck_fact_state"), "fact", type_="check")
        words = ", ".join(f"'{word}'" for word in _STATES)
        op.create_check_constraint(op.f("ck_fact_state"), "fact", f"state IN ({words})")
        op.add_column("fact", sa.Column("corrects", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f("fk_fact_corrects"), "fact", "fact", ["corrects"], ["id"])
    op.create_index(
        "uq_fact_one_correction",
        "fact",
        ["corrects"],
        unique=True,
        sqlite_where=sa.text("corrects IS NOT NULL"),
        postgresql_where=sa.text("corrects IS NOT NULL"),
    )


def _rebuild_fact() -> None:
    rebuild(
        "fact",
        row_id(),
        sa.Column("message", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", enum("fact_kind", _KINDS), nullable=False),
        sa.Column("grade", enum("fact_grade", ("sure", "likely", "unsure")), nullable=False),
        sa.Column("state", enum("fact_state", _STATES), nullable=False),
        sa.Column("corrects", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_fact_message")),
        sa.ForeignKeyConstraint(["participant"], ["participant.id"], name=op.f("fk_fact_participant")),
        sa.ForeignKeyConstraint(["corrects"], ["fact.id"], name=op.f("fk_fact_corrects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        sa.UniqueConstraint("message", "participant", "position", name=op.f("uq_fact_message_participant_position")),
        added={"corrects": "NULL"},
    )
    op.create_index(op.f("ix_fact_participant"), "fact", ["participant"], unique=False)
