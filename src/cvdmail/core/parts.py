"""The tree of a mail: each part a slice of the raw bytes that knows where it stands.

What a part says counts by where it stands.  :class:`Inside` keeps that beside the byte range, from the shape of the
mail alone: the words of a forwarded mail are somebody else's, the frame that a mailing list puts around a posting is
the list's, and *inside a signature* says what a signature would cover, never that it is good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.message import Message
from enum import Flag, auto

from cvdmail.core.decode import decode_charset, decode_words
from cvdmail.core.display import header_safe


class Inside(Flag):
    """What stands around a part; several may."""

    SIGNATURE = auto()
    """The first part of a ``multipart/signed`` (RFC 3156 section 5), or under the signature inside an encryption."""
    ENCRYPTION = auto()
    """Below a ``multipart/encrypted``, or what came out of the root's own encryption."""
    FORWARDED = auto()
    """Inside a ``message/rfc822``: somebody else's words."""
    FRAME = auto()
    """What a mailing list put around the posting: its header or footer (:mod:`cvdmail.core.listframe`)."""


NOWHERE = Inside(0)


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: lower-case name and the unfolded bytes of its value."""

    name: str
    raw: bytes

    @property
    def text(self) -> str:
        """The value with RFC 2047 words decoded and everything that acts taken out (one line, trimmed)."""
        return header_safe(decode_words(self.raw))


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity as a slice of the raw mail: headers from ``start``, body from ``body`` up to ``end``."""

    headers: tuple[Header, ...]
    media_type: str
    parameters: Mapping[str, str]
    start: int
    body: int
    end: int
    children: tuple[Part, ...] = ()
    inside: Inside = NOWHERE

    def first(self, name: str) -> str | None:
        """Return the decoded value of the first header called ``name`` (lower case), or None."""
        return next((header.text for header in self.headers if header.name == name), None)

    def values(self, name: str) -> tuple[str, ...]:
        """Return the decoded values of every header called ``name`` (lower case)."""
        return tuple(header.text for header in self.headers if header.name == name)

    @property
    def transfer_encoding(self) -> str:
        """The Content-Transfer-Encoding in lower case (RFC 2045 section 6), empty if there is none."""
        return (self.first("content-transfer-encoding") or "").strip().lower()

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline`` or empty (RFC 2183)."""
        return (self.first("content-disposition") or "").partition(";")[0].strip().lower()

    @property
    def filename(self) -> str:
        """The name the sender gave the part, cleaned for looking at; never a path to write to."""
        named = parameter(self.first("content-disposition") or "", "filename")
        named = named or decode_words(self.parameters.get("name", "").encode("utf-8", "replace"))
        return header_safe(named)[:255]

    @property
    def leaf(self) -> bool:
        """Whether this is content: no multipart, and a forwarded mail as one piece."""
        return not self.children or self.media_type.startswith("message/")

    def walk(self) -> Iterator[Part]:
        """Yield this part and everything below it, in the order of the mail."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))

    def own(self) -> Iterator[Part]:
        """Yield the leaves that are the sender's own: not attached, not in anything attached, forwarded or framed."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            if part.disposition == "attachment" or part.inside & (Inside.FRAME | Inside.FORWARDED):
                continue
            if part.leaf:
                yield part
            else:
                waiting.extend(reversed(part.children))

    def placed(self, inside: Inside) -> Part:
        """Return the same part with everything below it standing in ``inside`` as well."""
        return replace(
            self, inside=self.inside | inside, children=tuple(child.placed(inside) for child in self.children)
        )


def parameter(value: str, name: str) -> str:
    """Return one MIME parameter (RFC 2045, RFC 2231), or an empty string when it is missing or unreadable."""
    holder: Message[str, str] = Message()
    holder["content-type"] = "x/x;" + value.partition(";")[2]
    try:
        found = holder.get_param(name)
        if isinstance(found, tuple):
            return decode_charset(found[2].encode("latin-1", "replace"), (found[0] or "utf-8").lower())
        return found or ""
    except (LookupError, ValueError, MessageError, AttributeError, TypeError):
        return ""
