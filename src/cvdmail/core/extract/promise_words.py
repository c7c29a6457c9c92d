"""The phrases of promises, and the words without which none of those without a date can stand.

All patterns are written for a clause in lower case with single blanks and plain apostrophes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cvdmail.core.extract.clause import FUTURE_ENDINGS
from cvdmail.core.extract.letters import latin
from cvdmail.core.extract.lexicon import WORDS, Cue
from cvdmail.core.extract.page import Bag
from cvdmail.core.extract.zone_words import wordset

NO_DATE = re.compile(
    r"\b(?:can ?not|can't|could not|unable to|not able to|no|not|don't|do not|doesn't|does not|didn't|did not"
    r"|won't|isn't|hasn't)\b"
    r".{0,50}\b(?:promise|commit|guarant\w+|provide|share|give|have|fixed|confirmed|firm|been planned|planned"
    r"|set|estimate)\b.{0,40}"
    r"\b(?:date|eta|timelines?|time ?frame|schedule|yet|timing)\b|\bno (?:eta|timeline|date|schedule|time ?frame)\b"
    r"|\bkeine?n? (?:konkreten? |genauen? |festen? )?(?:termin|zeitplan|datum)|\b(?:termin"
    r"|datum)\b.{0,60}\bnicht (?:nennen|zusagen|versprechen)"
    r"|\b(?:aucune date|pas (?:encore )?de date)|\b(?:no (?:tenemos|hay|podemos).{0,30}fecha)|\bданных о сроках нет"
    r"|(?:時期|日程|日期|时间).{0,10}(?:未定|お答えできません|无法|不能)"
)
WILL_NOT = re.compile(
    r"\b(?:will not|won't|not going to|no plans? to|not plan\w* to|do not (?:intend|plan|think that we want) to"
    r"|not be able to"
    r"|can ?not|can't)\b.{0,30}\b(?:fix(?:ed)?|patch(?:ed|es)?|releas\w+|backport\w*|address(?:ed)?|remediat\w+"
    r"|correct\w*)\b"
    r"|\bwontfix\b|\bwird nicht (?:mehr )?(?:behoben|korrigiert|gefixt)|\bne sera pas (?:corrigée?|publiée?)"
    r"|\bno (?:será|se) (?:corregid[oa]|corregirá)|修正(?:の)?予定はありません|不会修复|不予修复"
)
LATER = re.compile(
    r"\b(?:soon(?:ish)?|shortly|asap|as soon as possible|in due course|eventually|baldmöglichst"
    r"|so bald wie möglich|in kürze|demnächst"
    r"|bientôt|dès que possible|próximamente|lo antes posible|вскоре|next|upcoming|forthcoming|nächsten?|kommenden"
    r"|prochaine|próxima)\b|\b(?:once|when|after|as soon as) (?:the|we|it|this|i)\b|(?:尽快|尽早|下一?个?版本"
    r"|新版|次期|次回|近日|早急|順次)"
)
CARRIED = re.compile(r"\b(?:release|version|update|patch|build|tag|cycle|edition|rebuild|firmware)\b")
OURS = re.compile(
    r"\byour (?:\S+ ){0,3}(?:deadline|disclosure|publication|embargo|timeline|blog|advisory|report|date|policy|talk)\b"
    r"|\byou(?:'re| are)? (?:plan|intend|will|propose|going|would)\w*|\bihre[rn]? (?:\S+ ){0,2}(?:frist"
    r"|veröffentlichung|bericht|meldung)"
    r"|\bvotre (?:\S+ ){0,2}(?:publication|date|échéance)|\bsu (?:\S+ ){0,2}(?:fecha|publicación|plazo)|\bdead ?line\b"
)
SHARED = re.compile(r"\bwith you\b|\bcoordinat|\bcoordinamos\b|\bkoordin|調整")
SOFT = re.compile(
    r"\b(?:look(?:ing)? into|(?:not|n't|cannot) (?:be )?guaranteed|subject to|not yet (?:final|fixed|certain)"
    r"|may (?:still )?(?:change|slip|move)"
    r"|week or so|month or so|two possibilities|more realistic|ohne gewähr|unter vorbehalt|sous réserve|sujeto a)\b"
)
WOULD = re.compile(r"\b(?:would|earliest)\b")
GOAL = re.compile(r"\b(?:aim\w*|target\w*|eta|due|aiming|shooting|expect\w*|hope|probably|planned)\b")
YES = re.compile(r"\b(?:works for (?:us|me)|fine (?:with|by|for) (?:us|me)|(?:is|are|sounds) (?:good|fine|ok"
    r"|okay)|ok(?:ay)? (?:to|with)"
                  r"|agree|agreed|einverstanden|d'accord|de acuerdo|go ahead|no objections?|happy with)\b")  # fmt: skip


CARRIED_WORDS = latin(word for word, cues in WORDS.items() if Cue.FIX in cues or Cue.RELEASE in cues)
_AHEAD_WORDS = latin(word for word, cues in WORDS.items() if Cue.FUTURE in cues or Cue.HEDGE in cues) | latin(
    wordset("may ll won wouldn")
)
_AHEAD_ENDINGS = tuple(ending.encode("latin-1") for ending in FUTURE_ENDINGS)
_MOVE_WORDS = latin(word for word, cues in WORDS.items() if Cue.MOVE in cues)
_LATER_WORDS = latin(
    wordset("""
    soon soonish shortly asap due eventually baldmöglichst bald kürze demnächst bientôt dès próximamente antes next
    upcoming forthcoming nächste nächsten kommenden prochaine próxima once when after
""")
)
_REFUSING_WORDS = latin(
    wordset("""
    not no cannot can unable don doesn didn won isn hasn wontfix kein keine keinen keinn nicht aucune pas
""")
)
_REPAIR_HEADS = latin(wordset("fix fixe patc rele back addr reme corr wont beho korr gefi sera"))
_DATE_HEADS = latin(wordset("date eta time timi sche yet term zeit datu tene hay pode")).union(
    b"hay" + bytes([letter])
    for letter in range(0x61, 0x100)  # the one stem of three letters after which a word runs on
)


def _looks_ahead(bag: Bag) -> bool:
    """Say whether a word tells of the future or of doubt, by itself or by its ending."""
    return not bag.words.isdisjoint(_AHEAD_WORDS) or any(word.endswith(_AHEAD_ENDINGS) for word in bag.words)


class Undated(NamedTuple):
    """Which promises without a date a sentence may hold, as far as its words tell."""

    will_not: bool
    no_date: bool
    moved: bool
    later: bool

    @classmethod
    def of(cls, bag: Bag | None) -> Undated:
        """Return what a sentence with these words may hold; everything for None."""
        if bag is None or bag.wide:
            return cls(True, True, True, True)
        refuses = not bag.words.isdisjoint(_REFUSING_WORDS)
        carried = not bag.words.isdisjoint(CARRIED_WORDS)
        return cls(
            refuses and not bag.heads.isdisjoint(_REPAIR_HEADS),
            refuses and not bag.heads.isdisjoint(_DATE_HEADS),
            carried and not bag.words.isdisjoint(_MOVE_WORDS),
            carried and not bag.words.isdisjoint(_LATER_WORDS) and _looks_ahead(bag),
        )


NOTHING = Undated(False, False, False, False)
