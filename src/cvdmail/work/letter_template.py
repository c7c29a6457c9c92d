"""Finding the template of a letter and filling it in: ``templates/[LANGUAGE/][clear/]LETTER.txt`` by the configuration.

A letter in clear has a template of its own and never falls back to the one that is meant to be encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cvdmail.core import letters
from cvdmail.core.drafts import Content, Letter
from cvdmail.core.language import Language
from cvdmail.errors import Refused
from cvdmail.work.desk import Desk

MAX_TEMPLATE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was found; ``name`` is its place below ``templates/``."""

    name: str
    text: str = field(repr=False)


def find(desk: Desk, letter: Letter, clear: bool = False, language: Language | None = None) -> Template:
    """Return the template of a letter: in ``language``, else in the language without its region, else the plain one.

    Raise ``Refused`` when there is none that can be read.
    """
    file = f"clear/{letter.value}.txt" if clear else f"{letter.value}.txt"
    names = [*(f"{tag}/{file}" for tag in (language.lookup() if language is not None else ())), file]
    for name in names:
        path = desk.config.templates / name
        try:
            raw = path.read_bytes()
            if len(raw) > MAX_TEMPLATE:
                raise Refused(str(path), f"the template is larger than {MAX_TEMPLATE // 1024} KB", "shorten it")
            return Template(name, raw.decode("utf-8"))
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            raise Refused(str(path), "the letter template cannot be read", "restore it from 'cvdmail init'") from None
    place = desk.config.templates / file
    raise Refused(str(place), "there is no such letter template", "restore it from 'cvdmail init'")


def fill_in(desk: Desk, template: Template, values: Mapping[str, object]) -> Content:
    """Render a letter, with what every letter knows of us; raise ``Refused`` if the template does not fit."""
    mailbox = desk.config.mailbox
    ours = {
        "team": mailbox.name or str(mailbox.address),
        "mailbox": str(mailbox.address),
        "fingerprint": str(desk.config.openpgp.mailbox_key),
        "policy_url": mailbox.policy_url,
    }
    subject, text = letters.render(template.text, template.name, {**ours, **values})
    return Content(subject, text, desk.entropy.bytes(16).hex())
