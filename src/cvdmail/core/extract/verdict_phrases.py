"""The phrases of verdicts, requests and offers, and the words without which none of them can stand.

Each kind is a short list of phrases.  A phrase names its *needs*: groups of words, parted by ``+``.  Of each group one
word must stand in the sentence, as far as its first four letters tell; the phrase is not tried otherwise.  A phrase
with letters beyond Latin-1 needs nothing but such letters.  Needs only save work: a phrase finds the same with and
without them, and the tests hold every phrase against its needs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cvdmail.core.extract.facts import Acknowledgement, By, FactKind, Grade, Nothing, Triage, Value, Verdict
from cvdmail.core.extract.page import Bag

_THING = r"(?:vulnerabilit|issue|bug|problem|finding|report|behaviou?r|defect|flaw|weakness|exploit|crash|poc)"
WIDE = ""
"""The needs of a phrase that is written with letters beyond Latin-1."""


class Phrase:
    """A pattern, compiled when it is first tried, and what it needs."""

    def __init__(self, needs: str, source: str) -> None:
        self.source = source
        groups = needs.split("+") if needs else []
        self.needs = tuple(frozenset(word[:4].encode("latin-1") for word in group.split()) for group in groups)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern; it is written for text in lower case."""
        return re.compile(self.source)

    def may_stand(self, bag: Bag) -> bool:
        """Say whether a sentence with these words may hold the phrase."""
        return all(not group.isdisjoint(bag.heads) for group in self.needs) if self.needs else bag.wide


@dataclass(frozen=True, eq=False, slots=True)
class Rule:
    """The phrases of a kind; the leftmost one that matches is told, of two at one place the first.

    ``request`` tells that a question is no obstacle, ``negatable`` that a "not" before it turns it.
    """

    kind: FactKind
    value: Value
    name: str
    grade: Grade
    phrases: tuple[Phrase, ...] = field(repr=False)
    request: bool = False
    negatable: bool = True


def _rule(
    kind: FactKind,
    value: Value,
    name: str,
    grade: Grade,
    *phrases: tuple[str, str],
    request: bool = False,
    negatable: bool = True,
) -> Rule:
    made = tuple(Phrase(needs, source) for needs, source in phrases)
    return Rule(kind, value, name, grade, made, request, negatable)


def _verdict(
    verdict: Verdict, grade: Grade, *phrases: tuple[str, str], request: bool = False, negatable: bool = True
) -> Rule:
    name = f"triage.{verdict.value}"
    return _rule(FactKind.TRIAGE, Triage(verdict), name, grade, *phrases, request=request, negatable=negatable)


RULES = (
    _verdict(
        Verdict.CONFIRMED, Grade.SURE,
        ("confirm reproduce validate verified",
         rf"\b(?:we|i|team|engineers?|developers?)\b.{{0,30}}\b(?:confirm(?:ed|s)?|reproduced?|validated?"
         rf"|verified)\b.{{0,30}}\b{_THING}"),
        ("confirmed reproduced valid verified acknowledged",
         rf"\b{_THING}\w* (?:is|was|has been|have been|are) (?:now )?(?:confirmed|reproduced|validated|verified"
         rf"|valid|acknowledged)\b"),
        ("valid genuine real legitimate + is",
         r"\b(?:this|it|that|which) is (?:indeed )?(?:a|an) (?:valid|genuine|real|legitimate) \w+"),
        ("agree + with", r"\bagrees? with your (?:assessment|analysis)\b"),
        ("confirm + that", r"\bconfirm(?:s|ed)? that (?:it|this) is (?:indeed )?a\b"),
        ("finding + valid", r"\bfinding is valid\b"),
        ("acknowledge", rf"\backnowledges? (?:the |these )?{_THING}"),
        ("haben können konnten",
         r"\b(?:we|wir) (?:haben|können|konnten) .{0,60}\b(?:bestätig\w+|nachvollz\w+|reproduzier\w+)"),
        ("bestätigen + die das", r"\bbestätigen (?:wir )?(?:die|das) (?:schwachstelle|lücke|problem)"),
        ("confirmons + la cette", r"\bconfirmons (?:la|cette) (?:vulnérabilité|faille)"),
        ("avons pu", r"\b(?:avons|pu) (?:pu )?(?:reproduire|confirm\w+|reproduit)"),
        ("confirmamos", r"\bconfirmamos (?:la|el|esta)"),
        ("hemos", r"\bhemos (?:podido )?(?:confirmad|reproduci|verificad)\w*"),
        (WIDE,
         r"再現(?:を|が)?(?:確認|でき)|脆弱性(?:を|であることを)確認|(?:问题|漏洞)已(?:经)?确认|确认(?:存在|该"
         r"|此)?(?:漏洞|问题)|已确认|已复现"),
    ),
    _verdict(
        Verdict.REJECTED, Grade.SURE,
        ("not no n + vulnerability security issue bug risk concern problem",
         r"\b(?:is|are|be|constitute|consider\w*|view|treat|represent)\b.{0,12}\b(?:not|n't"
         r"|no) (?:\w+ ){0,4}(?:(?:security )?(?:vulnerabilit\w+|issue|bug|risk|concern|problem))\b"),
        ("do does did don didn + consider constitute regard view treat see classify represent qualify",
         r"\b(?:do|does|did)(?: not|n't) (?:\w+ )?(?:consider|constitute|regard|view|treat|see|classify|represent"
         r"|qualify)\b.{0,60}\b(?:vulnerabilit|issue|bug|risk|security)"),
        ("meet satisfy fulfil + do does don",
         r"\b(?:do|does)(?: not|n't) (?:meet|satisfy|fulfil)\b.{0,60}\b(?:bar|definition|criteria|threshold"
         r"|requirements?)\b"),
        ("design intended expected + by as",
         r"\b(?:is|are|works?|working|behaving) (?:by design|as (?:designed|intended|expected))\b"),
        ("intended expected documented + behavior", r"\b(?:intended|expected|documented) behaviou?r\b"),
        ("scope", r"\bout of (?:the )?scope\b|\bnot in scope\b"),
        ("won", r"\bwon't[- ]?fix\b"),
        ("close + as", r"\bclosed? (?:this |it )?as (?:invalid|not applicable|informative|wontfix)\b"),
        ("affected vulnerable exploitable + not", r"\b(?:is|are) not (?:affected|vulnerable|exploitable)\b"),
        ("rather", r"\brather than a (?:security )?(?:vulnerability|issue|bug|flaw)\b"),
        ("closed", r"\b(?:thread|case|report|ticket) (?:is being|has been|was|is|will be) closed\b"),
        ("end + life support", r"\b(?:beyond|reached|past) (?:its |the )?end of (?:life|support)\b"),
        ("longer", r"\bno longer (?:supported|maintained)\b"),
        ("no + impact risk", r"\bno (?:security )?(?:impact|risk)\b"),
        ("unterstützt + nicht", r"\bnicht mehr unterstützt\b"),
        ("kein nicht",
         r"\bkeine? (?:sicherheits)?(?:lücke|schwachstelle|sicherheitsproblem|sicherheitsrisiko)"
         r"|\bnicht als (?:sicherheits)?(?:lücke|schwachstelle)"),
        ("est + pas", r"\bn'est pas (?:une |un )?(?:vulnérabilité|faille|problème de sécurité)"),
        ("comportement", r"\bcomportement (?:attendu|normal|voulu)"),
        ("vulnerabilidad + no", r"\bno (?:es|constituye|se considera|lo consideramos) (?:una )?vulnerabilidad"),
        ("fuera", r"\bfuera de(?:l)? alcance"),
        (WIDE,
         r"脆弱性(?:では|には|に該当し)(?:ない|ありません|ません|当たら)|仕様(?:です|となり|どおり)"
         r"|不是(?:安全)?漏洞|不属于(?:安全)?漏洞|不构成|设计如此|预期行为|не является уязвимостью"),
        negatable=False,
    ),
    _verdict(
        Verdict.DUPLICATE, Grade.SURE,
        ("duplicate",
         r"\bduplicate (?:of|report|issue|ticket|submission)s?\b|\bas (?:a )?duplicates?\b"
         r"|\bis a (?:known )?duplicate\b"),
        ("already previously independently",
         r"\b(?:already|previously|independently) (?:been )?(?:reported|known|discovered|tracked|identified|aware)\b"),
        ("aware + of", r"\b(?:already|were|are|we're) aware of (?:this|it|the|these)\b"),
        ("known", r"\bis a known (?:issue|bug|problem)\b|\bseveral known problems\b"),
        ("bereits duplikat déjà doublon ya",
         r"\bbereits (?:bekannt|gemeldet)\b|\bduplikat\b|\bdéjà (?:connue?|signalée?|rapportée?)|\bdoublon\b"
         r"|\bya (?:conoc|reportad|fue reportad)\w*|\bduplicad[oa]\b"),
        (WIDE, r"既知の|重複(?:して|する|報告)|(?:报告)?重复|已知(?:问题|漏洞)|дубликат"),
    ),
    _verdict(
        Verdict.NEEDS_INFO, Grade.LIKELY,
        ("provide share send give supply clarify elaborate explain specify tell + could can would please kindly may"
         " + details information step poc proof version log reproduce sample dump trace how whether which example logs",
         r"\b(?:could|can|would|please|kindly|may)\b.{0,20}\b(?:provide|share|send|give|supply|clarify|elaborate"
         r"|explain|specify|tell)\b.{0,60}"
         r"\b(?:details?|information|info|steps?|poc|proof|version|logs?|reproduc\w+|sample|dump|trace|how"
         r"|whether|which|example)\b"),
        ("need require want like hope + more further additional detailed provide"
         " + information details step evidence clarification explanation",
         r"\b(?:need|require|want|like|hope you could)\b.{0,30}\b(?:more|further|additional|detailed"
         r"|provide)\b.{0,20}\b(?:info\w*|details?|steps?|evidence|clarification|explanation)\b"),
        ("reproduce + cannot can could unable able failed manage",
         r"\b(?:cannot|can't|could not|couldn't|unable to|not able to|failed to|did not manage to) reproduce\b"),
        ("explanation + need", r"\bwill need an explanation\b"),
        ("which what + version release build configuration",
         r"\b(?:which|what) (?:version|release|build|configuration)\b.{0,60}\?"),
        ("how + you", r"\bhow (?:do|did|can) you\b.{0,200}\?"),
        ("run tried tested checked + have + you", r"\bhave you (?:run|tried|tested|checked)\b"),
        ("reproduce confirm check test verify retest + can + you",
         r"\bcan you (?:reproduce|confirm|check|test|verify|retest)\b"),
        ("please + re retest verify test confirm", r"\bplease (?:re-?test|verify|test|confirm whether)\b"),
        ("found + were", r"\bwere they found\b"),
        ("benötigen können",
         r"\bbenötigen (?:wir )?(?:noch )?(?:weitere|mehr|zusätzliche)"
         r"|\bkönn(?:t)?en sie (?:uns )?(?:bitte )?.{0,60}(?:mitteilen|senden|schicken|zusenden|nennen)"),
        ("pourriez besoin podría puede",
         r"\bpourriez-vous .{0,40}(?:préciser|fournir|envoyer|indiquer)|\bbesoin de (?:plus|précisions|détails)"
         r"|\b(?:podría|puede|podrían)n? .{0,30}(?:enviar|proporcionar|indicar)"),
        (WIDE,
         r"(?:詳細|手順|情報|バージョン)(?:を|について).{0,12}(?:ご提供|お知らせ|ご教示|お送り)|请(?:您)?(?:提供"
         r"|补充|告知)|需要(?:更多|进一步)"),
        request=True,
        negatable=False,
    ),
    _verdict(
        Verdict.DEFERRED, Grade.LIKELY,
        ("defer deprioritise backlog priority hold aside",
         r"\b(?:defer(?:red|ring)?|deprioriti[sz]ed?|backlog|low(?:er)? priority|on hold|put aside)\b"),
        ("future + may might could consider",
         r"\b(?:may|might|could|will consider|consider)\b.{0,40}\b(?:address|fix"
         r"|improv)\w*.{0,30}\bfuture (?:release|version|update)s?\b"),
        ("immediate zurückgestellt niedrige",
         r"\bbar for immediate servicing\b|\bzurückgestellt\b|\bniedrige priorität\b"),
        (WIDE, r"見送|暂不(?:修复|处理)"),
    ),
    _rule(
        FactKind.ACKNOWLEDGEMENT, Acknowledgement(By.PERSON), "acknowledgement.words", Grade.SURE,
        ("thanks thx + report submission reach contact notify bring disclose letting find noticing heads inform mail"
         " filing detail suggest message email",
         r"\b(?:thanks?|thank you|many thanks|thx)\b.{0,40}\b(?:report|submi|reach|contact|notif|bring|disclos"
         r"|letting|find|noticing|heads|inform|mail|filing|detail|suggest|message|email)\w*"),
        ("received got + we i + your the this",
         r"\b(?:we|i) (?:have |'ve )?(?:\w+ )?(?:received|got) (?:your|the|this)\b"),
        ("receipt", r"\b(?:acknowledg|confirm)\w* (?:the )?(?:receipt|reception) of\b"),
        ("acknowledge", r"\b(?:we|i) acknowledge (?:receipt|your)\b"),
        ("appreciate", r"\bappreciate (?:your|the|you)\b"),
        ("received forwarded passed + your",
         r"\byour (?:report|submission|findings?) (?:has|have) been (?:received|forwarded|passed)\b"),
        ("dank danke", r"\b(?:vielen )?dank für (?:ihre|die|deine|den)\b"),
        ("erhalten eingang empfang + haben bestätigen",
         r"\b(?:haben|bestätigen) .{0,40}\b(?:erhalten|eingang|empfang)\b"),
        ("danke", r"\bdanke (?:für|dafür)\b"),
        ("accuse merci bien",
         r"\b(?:accusons|accuse) (?:bonne )?réception\b|\bmerci (?:de|pour|beaucoup pour) (?:votre|le|ce|nous"
         r"|avoir)\b|\bbien reçu\b"),
        ("gracias hemos obrigado grazie bedankt spasibo",
         r"\bgracias por (?:su|el|la|tu|informar|reportar|contactar|avisar)|\bhemos recibido\b|\bobrigad[oa] por"
         r"|\bgrazie per|\bbedankt voor|\bspasibo"),
        (WIDE,
         r"спасибо за|получили ваш|ご(?:報告|連絡)(?:いただき|頂き|を)?.{0,6}ありがとう|(?:受領|受信|拝受)(?:いたし"
         r"|し)ました|感谢(?:您|你)?(?:对|的|提交|报告|反馈|关注)|已(?:经)?收到|收到(?:您|你)?的|제보.{0,10}감사"),
    ),
    _rule(
        FactKind.ENCRYPTION_STOP_REQUESTED, Nothing(), "encryption_stop.words", Grade.SURE,
        ("encrypt pgp gpg + please kindly could can would",
         r"\b(?:please|kindly|could you|can you|would you)\b.{0,40}\b(?:do(?: not|n't)|stop|without|avoid"
         r"|refrain from|disable)\b.{0,20}\b(?:encrypt\w*|pgp|gpg)\b"),
        ("unencrypted plain clear encryption + please kindly could can would",
         r"\b(?:please|kindly|could you|can you|would you)\b.{0,40}\b(?:re-?send|send|write|resubmit|forward"
         r"|reply|use|provide)\b.{0,40}"
         r"\b(?:unencrypted|plain ?text|in the clear|without (?:pgp |gpg )?encryption|in clear text|cleartext)\b"),
        ("bitte können",
         r"\b(?:bitte|könn\w+)\b.{0,60}\b(?:unverschlüsselt|nicht verschlüssel\w*|ohne (?:pgp|verschlüsselung)"
         r"|im klartext)\b"),
        ("merci veuillez pourriez pouvez",
         r"\b(?:merci de|veuillez|pourriez-vous|pouvez-vous)\b.{0,60}\b(?:en clair|sans chiffrement"
         r"|non chiffré\w*|ne (?:pas|plus) chiffrer)\b"),
        ("favor podría puede",
         r"\b(?:por favor|podría|puede)\w*\b.{0,60}\b(?:sin cifrar|sin cifrado|en texto plano|texto claro"
         r"|no cifr\w+)\b"),
        (WIDE,
         r"(?:暗号化(?:せず|しない|なし)|平文)(?:で|に).{0,12}(?:ください|願い|送)|(?:不要|请勿|无需)加密|以明文"),
        request=True,
        negatable=False,
    ),
    _rule(
        FactKind.ENCRYPTION_STOP_REQUESTED, Nothing(), "encryption_stop.unreadable", Grade.LIKELY,
        ("decrypt open read + cannot can could unable able + encrypted pgp gpg e email mail message attachment",
         r"\b(?:cannot|can't|could not|couldn't|unable to|not able to)\b.{0,20}\b(?:decrypt|open"
         r"|read)\b.{0,40}\b(?:encrypted|pgp|gpg|e?-?mail|message|attachment)\b"),
        ("verschlüsselte + können konnten",
         r"\b(?:können|konnten)\b.{0,40}\bverschlüsselte\w*\b.{0,30}\bnicht (?:öffnen|lesen|entschlüsseln)\b"),
        (WIDE, r"復号(?:化)?でき(?:ない|ません)|无法解密"),
        negatable=False,
    ),
    _rule(
        FactKind.CREDIT, Nothing(), "credit.words", Grade.LIKELY,
        ("credit fame acknowledge",
         r"\b(?:credit(?:ed|s)?|hall of fame|acknowledg(?:e|ed|ement|ment)s? (?:section|page|you (?:in|publicly"
         r"|as)))\b"),
        ("credited named acknowledged + like",
         r"\bhow (?:\w+ ){0,4}like to be (?:credited|named|acknowledged)\b"),
        ("danksagung namentlich credits remerciements agradecimientos crédito",
         r"\b(?:danksagung|namentlich (?:nennen|erwähn\w+)|credits? (?:au|dans)|remerciements|agradecimientos"
         r"|crédito)\b"),
        (WIDE, r"謝辞|クレジット|致谢|鸣谢"),
        request=True,
    ),
)  # fmt: skip


_NUMBERED = [(rule, phrase) for rule in RULES for phrase in rule.phrases]
_WIDE_NUMBERS = tuple(number for number, (_, phrase) in enumerate(_NUMBERED) if not phrase.needs)
_NUMBERS_OF: dict[bytes, tuple[int, ...]] = {}
for _number, (_, _phrase) in enumerate(_NUMBERED):
    for _head in _phrase.needs[0] if _phrase.needs else ():
        _NUMBERS_OF[_head] = (*_NUMBERS_OF.get(_head, ()), _number)
_HEADS = frozenset(_NUMBERS_OF)


def possible(bag: Bag | None) -> Sequence[tuple[Rule, Phrase]]:
    """Return the phrases that may stand in a sentence with these words, in the order of the table; all for None."""
    if bag is None:
        return _NUMBERED
    numbers = {number for head in _HEADS & bag.heads for number in _NUMBERS_OF[head]}
    if bag.wide:
        numbers.update(_WIDE_NUMBERS)
    return [_NUMBERED[number] for number in sorted(numbers) if _NUMBERED[number][1].may_stand(bag)]
