"""Letters: templates rendered in a sandbox, every name strict.

A template begins with a line ``Subject: ...``, a blank line follows, then the text.  It is Jinja2 in an immutable
sandbox with strict undefined names: a missing value is an error, never an empty place in a letter to a vendor.
Values are inserted as they are; a value is never a template.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cvdmail.core.compose import check_line
from cvdmail.errors import Refused


@functools.lru_cache(maxsize=64)
def _compiled(template: str) -> Template:
    """Compile a template; a folder of reports uses the same one a thousand times."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    return environment.from_string(template)


def render(template: str, name: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Return (subject, text) of the letter ``name``; raise ``Refused`` when the template does not fit its values."""
    try:
        written = _compiled(template).render(dict(values))
    except (TemplateError, ArithmeticError, RecursionError, ValueError, TypeError, LookupError) as error:
        raise Refused(f"template {name}", f"it cannot be filled in ({type(error).__name__})", "correct it") from None
    head, blank, text = written.partition("\n\n")
    if not head.startswith("Subject: ") or "\n" in head or not blank:
        raise Refused(f"template {name}", "it does not begin with one line 'Subject: ...' and a blank line", "add it")
    return check_line("subject", head.removeprefix("Subject: ").strip()), text
