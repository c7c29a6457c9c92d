"""Public trackers are known by where and what they are; private ways to report pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvdmail.core.candidates import Channel, Claim, Source, SourceKind, assemble
from cvdmail.core.trackers import PUBLIC, check_form, is_public_tracker
from cvdmail.errors import Refused

PUBLIC_ONES = [
    "https://github.com/o/r/issues",
    "https://github.com/o/r/issues/new/choose",
    "https://GitHub.com./O/R/Issues/7",
    "https://www.github.com/o//r/./issues/new?labels=security",
    "https://github.com/o/r/%69ssues",
    "https://github.com:443/o/r/discussions",
    "https://github.com/o/r/pulls",
    "https://gitlab.com/group/sub/project/-/issues/new",
    "https://gitlab.gnome.org/GNOME/glib/-/issues",
    "https://gitlab.com/o/r/issues",
    "https://git.vendor.example/o/r/issues/12",
    "https://codeberg.org/o/r/issues",
    "https://bitbucket.org/o/r/issues?status=new",
    "https://todo.sr.ht/~o/r/issues",
    "https://bugzilla.mozilla.org/enter_bug.cgi?product=Core",
    "https://bugzilla.redhat.com/",
    "https://vendor.example/bugzilla/show_bug.cgi?id=1",
    "https://bugs.debian.org/",
    "https://bugs.launchpad.net/ubuntu/+filebug",
    "https://launchpad.net/ubuntu/+bug/1",
    "https://issues.apache.org/jira/browse/HTTPD-1",
    "https://issuetracker.google.com/issues/new",
    "https://jira.vendor.example/",
    "https://vendor.atlassian.net/browse/ABC-12",
    "https://vendor.example/jira/secure/CreateIssue.jspa",
    "https://sourceforge.net/p/project/bugs/",
    "https://savannah.gnu.org/bugs/?group=bash",
    "https://trac.ffmpeg.org/newticket",
    "https://vendor.example/trac/ticket/12",
    "https://vendor.example/redmine/projects/x/issues/new",
    "https://mantis.vendor.example/",
    "https://vendor.example/bug_report_page.php",
    "https://phabricator.wikimedia.org/maniphest/task/edit/form/1/",
]
PRIVATE_ONES = [
    "https://github.com/o/r/security/advisories/new",
    "https://github.com/o/issues/security/advisories/new",
    "https://hackerone.com/vendor/reports/new",
    "https://bugcrowd.com/vendor/report",
    "https://msrc.microsoft.com/report/vulnerability/new",
    "https://app.intigriti.com/programs/vendor/vendor/submit",
    "https://yeswehack.com/programs/vendor/create-report",
    "https://huntr.com/bounties/disclose",
    "https://bughunters.google.com/report",
    "https://vendor.example/security/report",
    "https://vendor.example/support/security/issues/new",
    "https://vendor.example/psirt?form=issues",
    "https://vendor.atlassian.net/servicedesk/customer/portal/3",
    "https://jira.vendor.example/servicedesk/customer/portal/3/group/7",
    "https://security.vendor.example/",
    "https://debugs.example/",
]


@pytest.mark.parametrize("url", PUBLIC_ONES)
def test_a_public_tracker_is_known_and_refused(url: str) -> None:
    assert is_public_tracker(url)
    with pytest.raises(Refused, match="public tracker"):
        check_form(url)


@pytest.mark.parametrize("url", PRIVATE_ONES)
def test_a_private_way_to_report_passes(url: str) -> None:
    assert not is_public_tracker(url)
    assert check_form(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "vendor.example", "http://vendor.example/report", "https://", "https://u:p@vendor.example/", "https://[::1",
     "javascript:alert(1)", "https://vendor.example/\n", "https://vendor.example/a b", "https://vendor.example/\u202e"],
)  # fmt: skip
def test_what_is_no_form_on_the_web_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="not the address of a form"):
        check_form(url)


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    assert is_public_tracker(text) in (True, False)
    assert is_public_tracker(f"https://{text}") in (True, False)


def test_a_tracker_that_a_source_names_is_no_candidate() -> None:
    source = Source(SourceKind.SECURITY_TXT, "vendor.example")
    claims = [Claim(Channel.PORTAL, url, source) for url in (PUBLIC_ONES[0], PRIVATE_ONES[0])]
    found = assemble("vendor.example", claims, [])
    assert [one.value for one in found.candidates] == [PRIVATE_ONES[0]]
    assert [(one.value, one.why) for one in found.refused] == [(PUBLIC_ONES[0], PUBLIC)]
