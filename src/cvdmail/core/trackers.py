"""Which web addresses are public issue trackers: a report written there would be published by writing it.

A tracker is known by where it runs (``bugs.vendor.example``), by its software's own paths (``enter_bug.cgi``,
``/-/issues``), or by the forge it is part of.  What the same houses offer for reports in private passes: a private
advisory on a forge, a bounty platform, a help desk's own portal, any other form of a vendor's.  A tracker with a check
box "security" is public until somebody ticks it, and stays refused: nobody should depend on that tick.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from cvdmail.errors import Refused

PUBLIC = "it is a public tracker: whatever is written there, everybody reads"
"""Why a tracker is refused."""

# The first label of a host that is nothing but a tracker.
_HOST = re.compile(
    r"(?:bugs?|bugzilla|bugtracker|bugreports?|issues?|issuetracker|tracker|trac|jira|redmine|mantis|youtrack"
    r"|phabricator)[0-9]*\."
)
# Paths of a forge, below owner and project.
_FORGES = ("github.com", "bitbucket.org", "codeberg.org", "gitee.com", "sr.ht", "gitlab.com")
_FORGE = re.compile(r"/[^/]+/[^/]+/(?:issues|discussions|pulls?|wiki|projects)(?:/|$)")
_ANY_FORGE = re.compile(r"/[^/]+/[^/]+/(?:issues|pulls)(?:/(?:new(?:/choose)?|[0-9]+))?$")
# Paths that only one software writes, wherever it runs.
_SOFTWARE = re.compile(
    r"/-/(?:issues|work_items|merge_requests|boards)(?:/|$)"  # GitLab
    r"|/(?:enter_bug|show_bug|buglist|post_bug)\.cgi$"  # Bugzilla
    r"|/(?:bug_report_page|view_all_bug_page|bug_change_status_page)\.php$"  # Mantis
    r"|/(?:newticket|tktnew|tktview)(?:/|$)|/ticket/[0-9]+$"  # Trac, Fossil
    r"|/maniphest(?:/|$)"  # Phabricator
    r"|/projects/[^/]+/issues(?:/|$)"  # Redmine
    r"|/browse/[a-z][a-z0-9_]+-[0-9]+$|/secure/createissue|/jira/(?!.*(?:servicedesk|security))"  # Jira
    r"|/\+(?:filebug|bugs?)(?:/|$)"  # Launchpad
    r"|^/p/[^/]+/(?:bugs|tickets|feature-requests|support-requests|discussion)(?:/|$)|^/tracker(?:/|$)"  # SourceForge
)
_SAVANNAH = ("savannah.gnu.org", "savannah.nongnu.org")
_HELP_DESK = re.compile(r"/servicedesk/(?:customer/)?portal")


def is_public_tracker(url: str) -> bool:
    """Say whether ``url`` belongs to a public issue tracker."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".").removeprefix("www.")
    except ValueError:
        return False  # no address at all: see check_form
    path = "/" + "/".join(piece for piece in unquote(parts.path).lower().split("/") if piece not in ("", "."))
    if _HELP_DESK.search(path) or (host == "github.com" and re.match(r"/[^/]+/[^/]+/security(?:/|$)", path)):
        return False
    if _HOST.match(host) or _SOFTWARE.search(path):
        return True
    if any(host == forge or host.endswith(f".{forge}") for forge in _FORGES):
        return _FORGE.match(path) is not None
    if host in _SAVANNAH:
        return path.startswith(("/bugs", "/support", "/task", "/patch"))
    return _ANY_FORGE.search(path) is not None and "security" not in path


def check_form(url: str) -> str:
    """Return the address of a form on the web if a report may be written there; raise ``Refused``."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        sound = False
    if not sound or len(url) > 2000 or not url.isascii() or not url.isprintable() or " " in url:
        raise Refused("contact", "it is not the address of a form, https://...", "copy it from the vendor's own page")
    if is_public_tracker(url):
        raise Refused("contact", PUBLIC, "find another: cvdmail contact find VENDOR")
    return url
