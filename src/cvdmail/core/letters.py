"""Letters: templates rendered in a sandbox, every name strict.

A template begins with a line ``Subject: ...``, a blank line follows, then the text.  It is Jinja2 in an immutable
sandbox with strict undefined names: a missing value is an error, never an empty place in a letter to a vendor.
Values are inserted as they are; a value is never a template.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cvdmail.core.compose import check_line
from cvdmail.errors import Refused


def render(template: str, name: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Return (subject, text) of the letter ``name``; raise ``Refused`` when the template does not fit its values."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    try:
        written = environment.from_string(template).render(dict(values))
    except (TemplateError, ArithmeticError, RecursionError, ValueError, TypeError, LookupError) as error:
        raise Refused(f"template {name}", f"it cannot be filled in ({type(error).__name__})", "correct it") from None
    head, blank, text = written.partition("\n\n")
    if not head.startswith("Subject: ") or "\n" in head or not blank:
        raise Refused(f"template {name}", "it does not begin with one line 'Subject: ...' and a blank line", "add it")
    return check_line("subject", head.removeprefix("Subject: ").strip()), text
