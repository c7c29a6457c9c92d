"""The kinds of things that happen: the vocabulary of the ledger.

A name here is written into hash chains for ever: kinds may be added, never renamed.
"""

from __future__ import annotations

from enum import Enum


class EventKind(Enum):
    """What an event of the ledger tells."""

    # the store
    STORE_CREATED = "store_created"
    STORE_REKEYED = "store_rekeyed"
    CHECKPOINT = "checkpoint"
    EXPORTED = "exported"
    # a case and its participants
    CASE_OPENED = "case_opened"
    CASE_IMPORTED = "case_imported"
    CASE_CLOSED = "case_closed"
    ERASURE_REQUESTED = "erasure_requested"
    CASE_ERASED = "case_erased"
    CASE_MERGED = "case_merged"
    CASE_UNMERGED = "case_unmerged"
    CASE_SPLIT = "case_split"
    PARTICIPANT_ADDED = "participant_added"
    PARTICIPANT_REMOVED = "participant_removed"
    CONTACT_CHOSEN = "contact_chosen"
    # contacts and keys
    CONTACT_PROPOSED = "contact_proposed"
    CONTACT_CONFIRMED = "contact_confirmed"
    CONTACT_DEMOTED = "contact_demoted"
    KEY_PINNED = "key_pinned"
    KEY_UNPINNED = "key_unpinned"
    CLEAR_PREFERENCE_SET = "clear_preference_set"
    # outbound
    DRAFT_WRITTEN = "draft_written"
    DRAFT_APPROVED = "draft_approved"
    CLEAR_MAIL_CONFIRMED = "clear_mail_confirmed"
    MAIL_QUEUED = "mail_queued"
    MAIL_FROZEN = "mail_frozen"
    MAIL_ATTEMPTED = "mail_attempted"
    MAIL_SENT = "mail_sent"
    MAIL_DEFERRED = "mail_deferred"
    MAIL_REFUSED = "mail_refused"
    MAIL_UNKNOWN = "mail_unknown"
    SENT_COPY_STORED = "sent_copy_stored"
    # by another way than mail, either way
    DELIVERY_RECORDED = "delivery_recorded"
    # inbound
    FOLDER_RESET = "folder_reset"
    MAIL_RECEIVED = "mail_received"
    MAIL_UNPARSED = "mail_unparsed"
    MAIL_HELD = "mail_held"
    MAIL_FILED = "mail_filed"
    MAIL_IMPORTED = "mail_imported"
    MAIL_DISCARDED = "mail_discarded"
    MAIL_COPY = "mail_copy"
    MAIL_FOUND_IN_SENT = "mail_found_in_sent"
    MAIL_RESTORED = "mail_restored"
    MAIL_MOVED = "mail_moved"
    MAIL_REPROCESSED = "mail_reprocessed"
    DELIVERY_FAILED = "delivery_failed"
    # facts
    FACT_PROPOSED = "fact_proposed"
    FACT_ACCEPTED = "fact_accepted"
    FACT_REJECTED = "fact_rejected"
    FACT_CORRECTED = "fact_corrected"
    PROMISE_MADE = "promise_made"
    PROMISE_SLIPPED = "promise_slipped"
    # the vendor's report management, and the fix (Vultron RM and CS)
    REPORT_RECEIVED = "report_received"
    REPORT_VALIDATED = "report_validated"
    REPORT_INVALIDATED = "report_invalidated"
    REPORT_ACCEPTED = "report_accepted"
    REPORT_DEFERRED = "report_deferred"
    REPORT_CLOSED = "report_closed"
    FIX_READY = "fix_ready"
    FIX_DEPLOYED = "fix_deployed"
    # the embargo and the world (Vultron EM and CS)
    EMBARGO_PROPOSED = "embargo_proposed"
    EMBARGO_ACCEPTED = "embargo_accepted"
    EMBARGO_REJECTED = "embargo_rejected"
    EMBARGO_TERMINATED = "embargo_terminated"
    BECAME_PUBLIC = "became_public"
    EXPLOIT_PUBLIC = "exploit_public"
    ATTACKS_OBSERVED = "attacks_observed"
