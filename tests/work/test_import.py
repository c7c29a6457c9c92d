"""An existing mailbox with both sides in it: which mail goes to which case, and what is left to a person."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cli.lab import MAILBOX, Lab, Outcome, copied
from cvdmail import wiring
from cvdmail.cli import render
from cvdmail.config import load
from cvdmail.core.ids import Address
from cvdmail.work.desk import Desk
from cvdmail.work.import_mail import import_mails
from cvdmail.work.import_order import read_index
from cvdmail.work.show_mail import shown
from work.hostile import HOST, SAYS_YES

ADA = "ada@research.example"
LIST = "net-devel@vger.kernel.example"
PSIRT = "psirt@vendor.example"
BOB = "bob@vendor.example"


@dataclass(frozen=True)
class Written:
    """A mail in memory, as the files of an import are seen."""

    name: str
    raw: bytes = field(repr=False)

    def read(self) -> bytes:
        return self.raw

    def head(self, size: int) -> bytes:
        return self.raw[:size]


_minutes = itertools.count()


def mail(
    name: str, sender: str, subject: str, text: str = "hello", cites: str = "", *more: str, to: str = PSIRT
) -> Written:
    """A mail written a minute after the one before; ``cites`` are names of others, the last one is answered."""
    minute = next(_minutes)
    head = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: Tue, 3 Mar 2026 {minute // 60:02d}:{minute % 60:02d}:00 +0000",
        f"Message-ID: <{name if '@' in name else name + '@x.example'}>",
    ]
    if cites:
        ids = [f"<{one if '@' in one else one + '@x.example'}>" for one in cites.split()]
        head += [f"In-Reply-To: {ids[-1]}", f"References: {' '.join(ids)}"]
    return Written(name, ("\r\n".join([*head, *more]) + f"\r\n\r\n{text}\r\n").encode())


@dataclass
class Mailbox:
    """A store, and what 'import --json' says of every mail that went in, by name."""

    lab: Lab
    desk: Desk
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    async def take(self, *mails: Written, own: Sequence[str] = (ADA,)) -> None:
        addresses = frozenset(map(Address.parse, own))
        index = read_index(mails, addresses, self.desk.clock.now(), lambda: None)
        async for one in import_mails(self.desk, mails, index, addresses):
            seen = await shown(self.desk, one.row)
            parts = (seen.record, seen.reading, seen.filings, seen.facts, seen.guesses, one.place.name)
            self.found[one.place.name] = render.message_json(*parts, not one.is_new)
            self.order.append(one.place.name)

    async def command(self, *words: str) -> Outcome:
        """Run a command as Ada, beside the open desk."""
        return await asyncio.to_thread(lambda: self.lab.run("ada", *words))

    def case(self, name: str) -> str | None:
        """The case that a mail is certainly filed to."""
        cases = {one["case"] for one in self.found[name]["filings"] if one["certain"]}
        assert len(cases) < 2
        return next(iter(cases), None)

    def guess(self, name: str) -> str | None:
        guesses = self.found[name]["guesses"]
        return str(guesses[0]["case"]) if guesses else None

    def together(self, *names: str) -> str:
        """Insist that mails are filed certainly to one case; return it."""
        cases = {self.case(name) for name in names}
        assert len(cases) == 1 and None not in cases, {name: self.found[name] for name in names}
        return str(cases.pop())

    def held(self, *names: str) -> None:
        for name in names:
            assert self.found[name]["state"] == "held", self.found[name]
            assert self.found[name]["filings"] == []


@asynccontextmanager
async def mailbox(empty_lab: Lab, host: str = "") -> AsyncIterator[Mailbox]:
    with copied(empty_lab) as lab:
        lab.edit('authserv_id = ""', f'authserv_id = "{host}"')
        async with wiring.daemon_desk(load(lab.config)) as desk:
            yield Mailbox(lab, desk)


async def test_both_sides_are_threaded_whatever_the_order_of_the_files(empty_lab: Lab) -> None:
    """Two reports, answered crosswise within seconds; every reply finds its case, ours too, and nothing is doubled."""
    thread = [
        mail("one", ADA, "Overflow in frame_parse()", "frame_parse() reads too much"),
        mail("two", ADA, "Overflow in tile_decode()", "tile_decode() reads too much"),
        mail("one-a", PSIRT, "Re: Overflow in frame_parse()", "thanks, we look at it", "one"),
        mail("two-a", PSIRT, "Re: Overflow in tile_decode()", "thanks, we look at it", "two"),
        mail("one-b", ADA, "Re: Overflow in frame_parse()", "any news?", "one one-a"),
        mail("one-c", BOB, "Re: Overflow in frame_parse()", "fixed in 1.2", "one one-a one-b"),
        mail("two-b", ADA, "A new subject", "any news?", "two two-a"),
        mail("two-c", BOB, "Re: A new subject", "fixed in 1.2", "two-b"),
        mail("spam", "x@spam.example", "Buy now", "cheap"),
    ]
    shuffled = random.Random(3).sample(thread, len(thread))
    async with mailbox(empty_lab) as box:
        await box.take(*shuffled)
        assert box.order == [one.name for one in thread]
        first = box.together("one", "one-a", "one-b", "one-c")
        second = box.together("two", "two-a", "two-b", "two-c")
        assert first != second
        box.held("spam")
        assert [box.found[name]["direction"] for name in ("one", "one-a")] == ["outbound", "inbound"]
        assert box.found["one-b"]["filings"][0]["evidence"] == ["message_id"]
        counts = [box.lab.rows(f'SELECT count(*) FROM "{name}"') for name in ("message", "filing", "event", "case")]
        await box.take(*thread)
        assert {one["state"] for one in box.found.values()} == {"duplicate"}
        assert [
            box.lab.rows(f'SELECT count(*) FROM "{name}"') for name in ("message", "filing", "event", "case")
        ] == counts


async def test_our_mail_that_came_back_through_a_list_is_a_copy(empty_lab: Lab) -> None:
    report = mail("r", ADA, "Leak in frame_parse()", to=LIST)
    listed = Written("listed", b"Received: from l.example by x; Tue, 3 Mar 2026 23:00:00 +0000\r\n" + report.raw)
    footed = Written("footed", listed.raw + b"-- \r\na list\r\n")
    async with mailbox(empty_lab) as box:
        await box.take(report, listed, footed)
        assert [box.found[name]["state"] for name in ("r", "listed", "footed")] == ["outbound", "copy", "outbound"]
        box.together("r", "footed")
        assert box.lab.rows('SELECT count(*) FROM "case"') == [(1,)]


async def test_an_interrupted_import_goes_on_where_it_stopped(empty_lab: Lab) -> None:
    thread = [
        mail("r", ADA, "Leak in a_b_c()"),
        *(mail(f"r{n}", BOB, "Re: Leak in a_b_c()", str(n), "r") for n in range(4)),
    ]
    async with mailbox(empty_lab) as box:
        index = read_index(thread, {Address.parse(ADA)}, box.desk.clock.now(), lambda: None)
        stream = import_mails(box.desk, thread, index, frozenset({Address.parse(ADA)}))
        await anext(stream)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        await box.take(*thread)
        states = [box.found[one.name]["state"] for one in thread]
        assert states[0] == "duplicate"
        box.together(*(one.name for one in thread))


async def test_series_of_ours_without_references(empty_lab: Lab) -> None:
    """Parallel series are cases of their own; what says of itself that it is the same again joins, nothing else."""
    stem = "20260301120000.4711-{}-" + ADA
    words = "frame: check the length before the copy"
    mails = [
        mail(stem.format(1), ADA, f"[PATCH 6.1 0/1] {words}", "cover", to=LIST),
        mail(stem.format(2), ADA, "[PATCH 6.1 1/1] frame: other words", "frame_parse()", to=LIST),
        mail("p2", ADA, f"[PATCH 5.15 0/1] {words}", "cover", to=LIST),
        mail("p3", ADA, f"[PATCH v2 6.1 0/1] {words}", "cover", to=LIST),
        mail("p4", ADA, f"[PATCH RESEND 5.15 0/1] {words}", "cover", to=LIST),
        mail(
            "p5", ADA, "[PATCH v3] frame: said in another way", "Link to v2: https://l.example/r/p3@x.example/", to=LIST
        ),
        mail("p6", ADA, f"[PATCH v2 4.19] {words}", "for an old tree", to=LIST),
        mail("a2", "greg@k.example", f"Re: [PATCH 5.15 0/1] {words}", "queued", "p2"),
        mail("s1", "greg@k.example", f'Patch "{words}" has been added to the 6.1-stable tree', "frame_parse()", to=ADA),
        mail(
            "s2", "greg@k.example", f'Patch "{words}" has been added to the 5.15-stable tree', "frame_parse()", to=ADA
        ),
    ]
    async with mailbox(empty_lab) as box:
        await box.take(*mails)
        first = box.together(mails[0].name, mails[1].name, "p3", "p5")
        second = box.together("p2", "p4", "a2")
        assert box.case("p6") is None
        assert box.guess("p6") in (first, second)
        assert first != second
        box.held("s1", "s2")
        assert (box.guess("s1"), box.guess("s2")) == (first, second)
        assert "for the same version" in box.found["s1"]["guesses"][0]["why"]


async def test_an_unlinked_mail_of_ours_that_is_much_like_a_case_is_not_certain(empty_lab: Lab) -> None:
    """It opens a case, because nothing says that it is the same; and it says which case it may be."""
    async with mailbox(empty_lab) as box:
        await box.take(
            mail(
                "report",
                ADA,
                "Use after free in sip_expect_free()",
                "sip_expect_free() in sip_nat.c frees twice",
                to=LIST,
            ),
            mail(
                "patch",
                ADA,
                "[PATCH nf] sip: free once",
                "sip_expect_free() in sip_nat.c, see sip_expect_put()",
                to=LIST,
            ),
            mail("again", ADA, "[PATCH nf v2] sip: free only once", "sip_expect_free() in sip_nat.c", to=LIST),
            mail("other", ADA, "Overflow in tile_decode()", "tile_decode() in tile.c", to=LIST),
            mail("bare", ADA, "Re: Overflow in tile_decode()", "ping", to=LIST),
        )
        first = box.together("report")
        for name in ("patch", "again"):
            assert box.case(name) is None
            assert box.found[name]["state"] == "outbound"
            assert box.found[name]["filings"][0]["case"] != first
        assert box.guess("patch") == first
        assert "identifiers" in box.found["patch"]["guesses"][0]["why"]
        assert box.case("other") not in (None, first)
        (filing,) = box.found["bare"]["filings"]  # an answer by its own word: no case of its own, and not certain
        assert (filing["case"], filing["certain"], filing["evidence"]) == (box.case("other"), False, ["similarity"])


async def test_a_thread_without_its_beginning_opens_one_placeholder(empty_lab: Lab) -> None:
    """Everything that cites the missing mail joins; when it turns up, and is ours, it joins too."""
    subject = "[SECURITY] nft: wrong stride in eval"
    root = mail("root", ADA, subject, "the report itself")
    async with mailbox(empty_lab) as box:
        await box.take(
            mail("m1", BOB, f"Re: {subject}", "thanks", "root", to=ADA),
            mail("m2", "greg@k.example", f"Re: {subject}", "do you have a fix?", "root", to=ADA),
            mail("m3", BOB, f"Re: {subject}", "yes", "root m2", to=ADA),
            mail("m4", "eve@k.example", f"Re: {subject}", "trimmed", "m3", to=ADA),
            mail("x1", "zoe@z.example", "Re: quite another matter in zlib_deflate", "well", "other", to=ADA),
            own=(),
        )
        case = box.together("m1", "m2", "m3")
        assert box.case("x1") not in (None, case)
        box.held("m4")
        assert box.guess("m4") == case
        await box.take(root)
        assert box.together("root") == case
        listed = (await box.command("case", "list", "--json")).good().lines
        assert next(one["title"] for one in listed) == subject
        shown_case = (await box.command("case", "show", case, "--json")).good().json
        assert len(shown_case["messages"]) == 4
        (await box.command("case", "show", case)).good()
        assert "opened by an import" in (await box.command("case", "timeline", case)).good().out
        (await box.command("ledger", "verify")).good()
        on_disk = b"".join(path.read_bytes() for path in box.lab.database.parent.glob("cvdmail.db*"))
        assert b"wrong stride" not in on_disk


async def test_a_mail_that_left_its_thread_and_the_answers_to_it_are_not_certain(empty_lab: Lab) -> None:
    async with mailbox(empty_lab) as box:
        await box.take(
            mail("r", ADA, "Leak in frame_parse()"),
            mail("a", BOB, "Re: Leak in frame_parse()", "hm", "r"),
            mail("left", BOB, "What to do about warnings (was: Re: Leak in frame_parse())", "so", "r a"),
            mail("left2", "greg@k.example", "Re: What to do about warnings", "well", "r a left"),
            mail("left3", BOB, "Re: What to do about warnings", "well, well", "r a left left2"),
            mail("b", BOB, "Re: Leak in frame_parse()", "fixed", "r a"),
        )
        case = box.together("r", "a", "b")
        box.held("left", "left2", "left3")
        assert [box.guess(name) for name in ("left", "left2", "left3")] == [case] * 3
        assert "moved on" in box.found["left3"]["guesses"][0]["why"]


async def test_trackers_and_people_who_start_anew_are_guessed_with_reasons(empty_lab: Lab) -> None:
    async with mailbox(empty_lab) as box:
        await box.take(
            mail(
                "r1", ADA, "Use after free in frame_parse_header()", "frame_parse_header() in frame.c, CVE-2026-10001"
            ),
            mail("r2", ADA, "Integer overflow in tile_decode_row()", "tile_decode_row() in tile.c"),
            mail(
                "t1",
                "jira@tracker.example",
                "[JIRA] (SEC-17) Use after free in frame_parse_header()",
                "new",
                "j1 j2",
                to=ADA,
            ),
            mail(
                "t2",
                "support@help.example",
                "Case 0012345: Integer overflow in tile_decode_row() [ref:_00D:ref]",
                to=ADA,
            ),
            mail(
                "n1",
                BOB,
                "question about the crash",
                "where does frame_parse_header() get its length? see frame.c",
                to=ADA,
            ),
            mail("c1", "cna@cna.example", "Your request", "we reserved CVE-2026-10001 for you", to=ADA),
            mail("f2", "dev@k.example", "[PATCH] two", f"clamp\n\nReported-by: Ada <{ADA}>\n", to=LIST),
            mail("f1", "dev@k.example", "[PATCH] clamp it", "Link: https://l.example/all/r2@x.example/\n", to=LIST),
        )
        one, two = box.together("r1"), box.together("r2")
        box.held("t1", "t2", "n1", "c1", "f1", "f2")
        assert box.found["f2"]["guesses"][0]["why"] == "names who of us reported it"
        assert [box.guess(name) for name in ("t1", "t2", "n1", "c1", "f1")] == [one, two, one, one, two]
        assert all(box.found[name]["guesses"][0]["why"] for name in ("t1", "t2", "n1", "c1", "f1"))
        pen = (await box.command("pen", "list", "--json")).good().lines
        reasons = {one["message_id"]: one["guesses"][0]["why"] for one in pen}
        assert reasons["t1@x.example"].startswith("same subject")


async def test_our_answer_to_somebody_elses_mail_takes_it_along(empty_lab: Lab) -> None:
    async with mailbox(empty_lab) as box:
        await box.take(
            mail("q", "eve@asks.example", "How do you report?", to=ADA),
            mail("q2", "joe@asks.example", "Something else?", to=ADA),
            mail("qa", ADA, "Re: How do you report?", "like this", "q", to="eve@asks.example"),
            mail("qb", "eve@asks.example", "Re: How do you report?", "I see", "q qa", to=ADA),
        )
        box.held("q2")
        # what was printed of "q" before our answer came is of that moment; now it is filed
        await box.take(mail("qc", "eve@asks.example", "Re: How do you report?", "bye", "q qa qb", to=ADA))
        case = box.together("qa", "qb", "qc")
        query = (
            "SELECT count(*) FROM filing JOIN message ON message.id = filing.message WHERE message_id = 'q@x.example'"
        )
        assert box.lab.rows(query) == [(1,)]
        assert len((await box.command("case", "show", case, "--json")).good().json["messages"]) == 4


async def test_each_vendor_written_to_is_a_party_and_its_answer_goes_to_it(empty_lab: Lab) -> None:
    async with mailbox(empty_lab) as box:
        many = ", ".join(f"x@v{number}.example" for number in range(5))
        await box.take(
            mail("r", ADA, "Leak in frame_parse()", to=f"{PSIRT}, sec@other.example"),
            mail("a", "joe@other.example", "Re: Leak in frame_parse()", "hm", "r"),
            mail("b", BOB, "Re: Leak in frame_parse()", "hm!", "r"),
            mail("c", "cc@third.example", "Re: Leak in frame_parse()", "me too", "r"),
            mail("m", ADA, "Overflow in tile_decode()", to=f"{many}, {LIST}"),
            mail("ma", "joe@v3.example", "Re: Overflow in tile_decode()", "hm", "m"),
        )
        case, circular = box.together("r", "a", "b", "c"), box.together("m", "ma")
        names = {
            one["participant"]: one["vendor"]
            for line in (await box.command("case", "list", "--json")).good().lines
            for one in line["participants"]
        }
        assert case != circular
        parties = {name: [names[one["participant"]] for one in box.found[name]["filings"]] for name in "rabcm"}
        assert parties == {
            "r": ["vendor.example", "other.example"],
            "a": ["other.example"],
            "b": ["vendor.example"],
            "c": ["vendor.example"],
            "m": ["kernel.example"],
        }


async def test_who_only_says_that_it_is_us_opens_nothing(empty_lab: Lab) -> None:
    """A forged From, by our own host's word, and two senders in one mail: judged like everybody else's, and held."""
    async with mailbox(empty_lab, HOST) as box:
        failed = SAYS_YES.replace("pass", "fail").replace("vendor.example", "research.example")
        await box.take(
            mail("forged", ADA, "Pay me", "now", "", failed),
            mail("two", f"{ADA}\r\nFrom: {BOB}", "Pay me too", "now"),
            Written("bytes", bytes(range(256)) * 20),
            Written("empty", b""),
            Written("deep", f"From: {ADA}\r\n".encode() + b"X: y\r\n" * 2000 + b"\r\nx"),
        )
        assert {one["direction"] for one in box.found.values()} == {"inbound"}
        assert {one["state"] for one in box.found.values()} <= {"held", "unparsed"}
        assert box.lab.rows('SELECT count(*) FROM "case"') == [(0,)]


async def test_old_mail_to_our_key_is_opened_and_what_is_not_is_kept(empty_lab: Lab) -> None:
    async with mailbox(empty_lab) as box:
        home = box.lab.home("vendor")
        inside = b"Content-Type: text/plain\r\nSubject: Leak in frame_parse()\r\n\r\nframe_parse() leaks\r\n"
        sealed = {
            name: await asyncio.to_thread(home.message, inside, [box.lab.keys[key]], [])
            for name, key in (("ours", "daemon"), ("theirs", "vendor"))
        }
        bodies = {
            name: "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--b\r\n"
            f"Content-Type: application/octet-stream\r\n\r\n{data.decode()}\r\n--b--"
            for name, data in sealed.items()
        }
        kind = 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"'
        await box.take(
            *(mail(name, ADA, "...", body, "", kind) for name, body in bodies.items()),
            mail("answer", BOB, "Re: ...", "thanks", "theirs"),
            mail(
                "plain",
                "z@z.example",
                "frame_parse() again",
                "where is the leak in frame_parse()? Leak in frame_parse",
                to=ADA,
            ),
        )
        assert box.found["ours"]["text"].strip() == "frame_parse() leaks"
        assert box.found["theirs"]["text"] is None
        assert box.together("theirs", "answer") != box.together("ours")
        assert box.guess("plain") == box.case("ours")
        assert box.found["ours"]["filings"][0]["case"]
        assert MAILBOX not in str(box.found["plain"]["guesses"])
