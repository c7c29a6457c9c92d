"""Everything this program refuses or fails at, as one small tree.

Each error carries the three things a person needs on one line: what was refused, why, and what to do next
(the rule "refuse clearly").  None of them may carry a secret, a subject, a body or a quote: they are printed
and logged as they are.
"""

from __future__ import annotations


class CvdmailError(Exception):
    """Root of all expected failures; printed as one line, exit status 1.

    ``what`` names the thing refused, ``why`` the fact that decided, ``remedy`` the next step.  All three are ours,
    never text from outside.
    """

    def __init__(self, what: str, why: str, remedy: str = "") -> None:
        self.what = what
        self.why = why
        self.remedy = remedy
        super().__init__(self.line())

    def line(self) -> str:
        """Return the one line a person reads."""
        tail = f"; {self.remedy}" if self.remedy else ""
        return f"{self.what}: {self.why}{tail}"


class Refused(CvdmailError):
    """A rule forbids what was asked, or an input is not acceptable; nothing was changed."""


class ConfigError(CvdmailError):
    """The configuration cannot be used; ``problems`` holds every fault found, each with file, key and remedy."""

    def __init__(self, file: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__(file, "; ".join(problems), "")

    def line(self) -> str:
        """One line a fault: a configuration is mended in one go."""
        return "\n".join(f"{self.what}: {problem}" for problem in self.problems)


class NotFound(CvdmailError):
    """A case, draft, message, vendor or other thing named by a person does not exist."""


class GuardRefusal(CvdmailError):
    """The socket guard stopped a mail that was not provably encrypted to exactly the intended set (rule 1)."""


class CryptoUnavailable(CvdmailError):
    """gpg or its agent could not be run to an end in time: temporary, the work stays where it is."""


class CryptoRefused(CvdmailError):
    """gpg ran and the result is not acceptable: a bad key, a bad signature, a failed decryption."""


class SealBroken(CvdmailError):
    """A sealed value does not open: wrong key, wrong place, erased, or changed on disk."""


class StoreUnavailable(CvdmailError):
    """The database is locked, full, missing, of another version, or otherwise not usable now."""


class ServerUnavailable(CvdmailError):
    """An IMAP, SMTP or web server could not be reached, or broke off; temporary."""


class ServerRefused(CvdmailError):
    """A server answered, and said no (log-in, TLS name, folder): a person must mend something."""


class ParseLimit(CvdmailError):
    """Bytes from outside went over a limit of size, depth, count or time; they are kept, not read."""
