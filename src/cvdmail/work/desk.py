"""What every job has on its desk: the store, the policy, and the doors to the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cvdmail.config import Config, Person, PersonRole
from cvdmail.core.ids import Address, Fingerprint, MessageId, ReplyToken
from cvdmail.core.ledger import Event, joint_statement, jointly_signed, statement
from cvdmail.core.policy import Policy
from cvdmail.errors import Refused
from cvdmail.ports import Clock, Entropy, OpenPgp, PublicKeys, Reader, SecondOpinion
from cvdmail.store.transaction import Store

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
DAEMON = "daemon"
"""The actor of events that no person decided."""
LEASE = "daemon"
"""The lease that only one daemon at a time holds."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools of a job.  ``openpgp`` works with the mailbox's key in the daemon, with the person's at the prompt."""

    config: Config
    policy: Policy
    store: Store
    clock: Clock
    entropy: Entropy
    keys: PublicKeys
    openpgp: OpenPgp
    reader: Reader | None = None
    """Where words are read for facts; None: here, in a thread."""
    own: frozenset[Address] = frozenset()
    """Addresses that are ours beside the mailbox's: those named to an import."""
    opinion: SecondOpinion | None = None
    """A second reader, whose word is only ever proposed; None: nobody is asked."""

    @property
    def submission_host(self) -> str:
        """Host and port of the submission server, by which a pause of it is known; empty where there is none."""
        server = self.config.smtp
        return "" if server is None else f"{server.host}:{server.port}"

    def word(self, count: int = 20) -> str:
        """Return an unguessable lower-case word worth ``count`` random bytes, in the letters of base32 (RFC 4648)."""
        return "".join([_BASE32[byte & 31] for byte in self.entropy.bytes((count * 8 + 4) // 5)])

    def token(self) -> ReplyToken:
        """Return a new reply token: 80 random bits."""
        return ReplyToken.parse(self.word(10))

    def message_id(self) -> MessageId:
        """Return an unguessable Message-ID of our own domain that tells nothing else."""
        return MessageId(f"{self.word(20)}@{self.config.mailbox.address.domain}")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at the prompt, with the key that proves it."""

    person: Person
    openpgp: OpenPgp

    @property
    def fingerprint(self) -> Fingerprint:
        """The person's key."""
        return self.person.fingerprint

    def require(self, role: PersonRole, what: str) -> None:
        """Raise ``Refused`` unless the person has a role."""
        if not self.person.may(role):
            raise Refused(what, f"{self.person.address} does not have the role {role.value}", "ask somebody who has it")

    async def decide(self, event: Event) -> Event:
        """Return ``event`` signed: who decided is proven by a signature, not by a name (rule 5)."""
        signature = await self.openpgp.sign_detached(statement(event), self.fingerprint)
        return replace(event, actor=str(self.fingerprint), signature=signature.decode())

    async def decide_all(self, events: Sequence[Event]) -> list[Event]:
        """Return several decisions taken together, signed by one signature that each of them carries."""
        if len(events) == 1:
            return [await self.decide(events[0])]
        if not events:
            return []
        joint = joint_statement(events)
        signature = (await self.openpgp.sign_detached(joint, self.fingerprint)).decode()
        return [jointly_signed(event, joint, signature) for event in events]
