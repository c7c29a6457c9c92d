"""Verdicts, requests and offers that carry no date: read from whole sentences.

Each kind is a short list of phrases, told apart by the operators around them: a question never decides a verdict, a
negation turns "a duplicate" and "can reproduce" around, a condition ("if you can reproduce ...") weakens.  Only a plain
statement of the first person or the passive is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cvdmail.core.extract.facts import (
    Acknowledgement,
    By,
    Fact,
    FactKind,
    Grade,
    KeyOffered,
    Nothing,
    Redirect,
    Triage,
    Value,
    Verdict,
    Where,
)
from cvdmail.core.extract.identifiers import Span, SpanKind
from cvdmail.core.extract.sentences import Sentence

_THING = r"(?:vulnerabilit|issue|bug|problem|finding|report|behaviou?r|defect|flaw|weakness|exploit|crash|poc)"
_NOT = r"(?:not|n't|no|never|unable|cannot|without|hardly|nicht|kein\w*|pas|ne|aucun\w*|ningun\w*|não|нет|не)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A phrase of a kind; ``request`` tells that a question is no obstacle, ``negatable`` that a"
    " "not" before turns it."""

    kind: FactKind
    value: Value
    name: str
    grade: Grade
    pattern: re.Pattern[str]
    request: bool = False
    negatable: bool = True


def _rule(
    kind: FactKind, value: Value, name: str, grade: Grade, *phrases: str, request: bool = False, negatable: bool = True
) -> _Rule:
    return _Rule(kind, value, name, grade, re.compile("|".join(phrases)), request, negatable)


def _verdict(verdict: Verdict, grade: Grade, *phrases: str, request: bool = False, negatable: bool = True) -> _Rule:
    name = f"triage.{verdict.value}"
    return _rule(FactKind.TRIAGE, Triage(verdict), name, grade, *phrases, request=request, negatable=negatable)


_RULES = (
    _verdict(
        Verdict.CONFIRMED, Grade.SURE,
        rf"\b(?:we|i|team|engineers?|developers?)\b.{{0,30}}\b(?:confirm(?:ed|s)?|reproduced?|validated?"
        rf"|verified)\b.{{0,30}}\b{_THING}",
        rf"\b{_THING}\w* (?:is|was|has been|have been|are) (?:now )?(?:confirmed|reproduced|validated|verified"
        rf"|valid|acknowledged)\b",
        r"\b(?:this|it|that|which) is (?:indeed )?(?:a|an) (?:valid|genuine|real"
        r"|legitimate) \w+",
        r"\bagrees? with your (?:assessment|analysis)\b",
        r"\bconfirm(?:s|ed)? that (?:it|this) is (?:indeed )?a\b",
        rf"\bfinding is valid\b|\backnowledges? (?:the |these )?{_THING}",
        r"\b(?:we|wir) (?:haben|können|konnten) .{0,60}\b(?:bestätig\w+|nachvollz\w+|reproduzier\w+)",
        r"\bbestätigen (?:wir )?(?:die|das) (?:schwachstelle|lücke|problem)",
        r"\bconfirmons (?:la|cette) (?:vulnérabilité|faille)"
        r"|\b(?:avons|pu) (?:pu )?(?:reproduire|confirm\w+|reproduit)",
        r"\bconfirmamos (?:la|el|esta)|\bhemos (?:podido )?(?:confirmad|reproduci|verificad)\w*",
        r"再現(?:を|が)?(?:確認|でき)|脆弱性(?:を|であることを)確認|(?:问题|漏洞)已(?:经)?确认|确认(?:存在|该"
        r"|此)?(?:漏洞|问题)|已确认|已复现",
    ),
    _verdict(
        Verdict.REJECTED, Grade.SURE,
        r"\b(?:is|are|be|constitute|consider\w*|view|treat|represent)\b.{0,12}\b(?:not|n't"
        r"|no) (?:\w+ ){0,4}(?:(?:security )?(?:vulnerabilit\w+|issue|bug|risk|concern|problem))\b",
        r"\b(?:do|does|did)(?: not|n't) (?:\w+ )?(?:consider|constitute|regard|view|treat|see|classify|represent"
        r"|qualify)\b.{0,60}\b(?:vulnerabilit|issue|bug|risk|security)",
        r"\b(?:do|does)(?: not|n't) (?:meet|satisfy|fulfil)\b.{0,60}\b(?:bar|definition|criteria|threshold"
        r"|requirements?)\b",
        r"\b(?:is|are|works?|working|behaving) (?:by design|as (?:designed|intended"
        r"|expected))\b",
        r"\b(?:intended|expected|documented) behaviou?r\b",
        r"\bout of (?:the )?scope\b|\bnot in scope\b",
        r"\bwon't[- ]?fix\b|\bclosed? (?:this |it )?as (?:invalid"
            r"|not applicable|informative|wontfix)\b",
        r"\b(?:is|are) not (?:affected|vulnerable|exploitable)\b",
        r"\brather than a (?:security )?(?:vulnerability|issue|bug|flaw)\b",
        r"\b(?:thread|case|report|ticket) (?:is being|has been|was|is|will be) closed\b|\b(?:beyond|reached"
        r"|past) (?:its |the )?end of (?:life|support)\b|\bno longer (?:supported|maintained)\b",
        r"\bno (?:security )?(?:impact|risk)\b|\bnicht mehr unterstützt\b",
        r"\bkeine? (?:sicherheits)?(?:lücke|schwachstelle|sicherheitsproblem|sicherheitsrisiko)"
        r"|\bnicht als (?:sicherheits)?(?:lücke|schwachstelle)",
        r"\bn'est pas (?:une |un )?(?:vulnérabilité|faille|problème de sécurité)|\bcomportement (?:attendu"
        r"|normal|voulu)",
        r"\bno (?:es|constituye|se considera|lo consideramos) (?:una )?vulnerabilidad|\bfuera de(?:l)? alcance",
        r"脆弱性(?:では|には|に該当し)(?:ない|ありません|ません|当たら)|仕様(?:です|となり|どおり)"
        r"|不是(?:安全)?漏洞|不属于(?:安全)?漏洞|不构成|设计如此|预期行为|не является уязвимостью",
        negatable=False,
    ),
    _verdict(
        Verdict.DUPLICATE, Grade.SURE,
        r"\bduplicate (?:of|report|issue|ticket|submission)s?\b|\bas (?:a )?duplicates?\b"
        r"|\bis a (?:known )?duplicate\b",
        r"\b(?:already|previously|independently) (?:been )?(?:reported|known|discovered|tracked|identified|aware)\b",
        r"\b(?:already|were|are|we're) aware of (?:this|it|the|these)\b|\bis a known (?:issue|bug|problem)\b"
        r"|\bseveral known problems\b",
        r"\bbereits (?:bekannt|gemeldet)\b|\bduplikat\b|\bdéjà (?:connue?|signalée?|rapportée?)|\bdoublon\b"
        r"|\bya (?:conoc|reportad|fue reportad)\w*|\bduplicad[oa]\b",
        r"既知の|重複(?:して|する|報告)|(?:报告)?重复|已知(?:问题|漏洞)|дубликат",
    ),
    _verdict(
        Verdict.NEEDS_INFO, Grade.LIKELY,
        r"\b(?:could|can|would|please|kindly|may)\b.{0,20}\b(?:provide|share|send|give|supply|clarify|elaborate"
        r"|explain|specify|tell)\b.{0,60}"
        r"\b(?:details?|information|info|steps?|poc|proof|version|logs?|reproduc\w+|sample|dump|trace|how"
        r"|whether|which|example)\b",
        r"\b(?:need|require|want|like|hope you could)\b.{0,30}\b(?:more|further|additional|detailed"
        r"|provide)\b.{0,20}\b(?:info\w*|details?|steps?|evidence|clarification|explanation)\b",
        r"\b(?:cannot|can't|could not|couldn't|unable to|not able to|failed to"
        r"|did not manage to) reproduce\b",
        r"\bwill need an explanation\b",
        r"\b(?:which|what) (?:version|release|build|configuration)\b.{0,60}\?|\bhow (?:do|did"
        r"|can) you\b.{0,200}\?|\bhave you (?:run|tried|tested|checked)\b",
        r"\bcan you (?:reproduce|confirm|check|test|verify|retest)\b|\bplease (?:re-?test|verify|test"
        r"|confirm whether)\b|\bwere they found\b",
        r"\bbenötigen (?:wir )?(?:noch )?(?:weitere|mehr|zusätzliche)"
        r"|\bkönn(?:t)?en sie (?:uns )?(?:bitte )?.{0,60}(?:mitteilen|senden|schicken|zusenden|nennen)",
        r"\bpourriez-vous .{0,40}(?:préciser|fournir|envoyer|indiquer)|\bbesoin de (?:plus|précisions|détails)"
        r"|\b(?:podría|puede|podrían)n? .{0,30}(?:enviar|proporcionar|indicar)",
        r"(?:詳細|手順|情報|バージョン)(?:を|について).{0,12}(?:ご提供|お知らせ|ご教示|お送り)|请(?:您)?(?:提供"
        r"|补充|告知)|需要(?:更多|进一步)",
        request=True,
        negatable=False,
    ),
    _verdict(
        Verdict.DEFERRED, Grade.LIKELY,
        r"\b(?:defer(?:red|ring)?|deprioriti[sz]ed?|backlog|low(?:er)? priority|on hold|put aside)\b",
        r"\b(?:may|might|could|will consider|consider)\b.{0,40}\b(?:address|fix"
        r"|improv)\w*.{0,30}\bfuture (?:release|version|update)s?\b",
        r"\bbar for immediate servicing\b|\bzurückgestellt\b|\bniedrige priorität\b|見送|暂不(?:修复|处理)",
    ),
    _rule(
        FactKind.ACKNOWLEDGEMENT, Acknowledgement(By.PERSON), "acknowledgement.words", Grade.SURE,
        r"\b(?:thanks?|thank you|many thanks|thx)\b.{0,40}\b(?:report|submi|reach|contact|notif|bring|disclos"
        r"|letting|find|noticing|heads|inform|mail|filing|detail|suggest|message|email)\w*",
        r"\b(?:we|i) (?:have |'ve )?(?:\w+ )?(?:received|got) (?:your|the|this)\b|\b(?:acknowledg"
        r"|confirm)\w* (?:the )?(?:receipt|reception) of\b|\b(?:we|i) acknowledge (?:receipt|your)\b",
        r"\bappreciate (?:your|the|you)\b|\byour (?:report|submission|findings?) (?:has|have) been (?:received"
        r"|forwarded|passed)\b",
        r"\b(?:vielen )?dank für (?:ihre|die|deine|den)\b|\b(?:haben|bestätigen) .{0,40}\b(?:erhalten|eingang"
        r"|empfang)\b|\bdanke (?:für|dafür)\b",
        r"\b(?:accusons|accuse) (?:bonne )?réception\b|\bmerci (?:de|pour|beaucoup pour) (?:votre|le|ce|nous"
        r"|avoir)\b|\bbien reçu\b",
        r"\bgracias por (?:su|el|la|tu|informar|reportar|contactar|avisar)|\bhemos recibido\b|\bobrigad[oa] por"
        r"|\bgrazie per|\bbedankt voor|\bspasibo|спасибо за|получили ваш",
        r"ご(?:報告|連絡)(?:いただき|頂き|を)?.{0,6}ありがとう|(?:受領|受信|拝受)(?:いたし|し)ました|感谢(?:您"
        r"|你)?(?:对|的|提交|报告|反馈|关注)|已(?:经)?收到|收到(?:您|你)?的|제보.{0,10}감사",
    ),
    _rule(
        FactKind.ENCRYPTION_STOP_REQUESTED, Nothing(), "encryption_stop.words", Grade.SURE,
        r"\b(?:please|kindly|could you|can you|would you)\b.{0,40}\b(?:do(?: not|n't)|stop|without|avoid"
        r"|refrain from|disable)\b.{0,20}\b(?:encrypt\w*|pgp|gpg)\b",
        r"\b(?:please|kindly|could you|can you|would you)\b.{0,40}\b(?:re-?send|send|write|resubmit|forward"
        r"|reply|use|provide)\b.{0,40}"
        r"\b(?:unencrypted|plain ?text|in the clear|without (?:pgp |gpg )?encryption|in clear text|cleartext)\b",
        r"\b(?:bitte|könn\w+)\b.{0,60}\b(?:unverschlüsselt|nicht verschlüssel\w*|ohne (?:pgp|verschlüsselung)"
        r"|im klartext)\b",
        r"\b(?:merci de|veuillez|pourriez-vous|pouvez-vous)\b.{0,60}\b(?:en clair|sans chiffrement"
        r"|non chiffré\w*|ne (?:pas|plus) chiffrer)\b",
        r"\b(?:por favor|podría|puede)\w*\b.{0,60}\b(?:sin cifrar|sin cifrado|en texto plano|texto claro|no cifr\w+)\b",
        r"(?:暗号化(?:せず|しない|なし)|平文)(?:で|に).{0,12}(?:ください|願い|送)|(?:不要|请勿|无需)加密|以明文",
        request=True,
        negatable=False,
    ),
    _rule(
        FactKind.ENCRYPTION_STOP_REQUESTED, Nothing(), "encryption_stop.unreadable", Grade.LIKELY,
        r"\b(?:cannot|can't|could not|couldn't|unable to|not able to)\b.{0,20}\b(?:decrypt|open"
        r"|read)\b.{0,40}\b(?:encrypted|pgp|gpg|e?-?mail|message|attachment)\b",
        r"\b(?:können|konnten)\b.{0,40}\bverschlüsselte\w*\b.{0,30}\bnicht (?:öffnen|lesen|entschlüsseln)\b"
        r"|復号(?:化)?でき(?:ない|ません)|无法解密",
        negatable=False,
    ),
    _rule(
        FactKind.CREDIT, Nothing(), "credit.words", Grade.LIKELY,
        r"\b(?:credit(?:ed|s)?|hall of fame|acknowledg(?:e|ed|ement|ment)s? (?:section|page|you (?:in|publicly"
        r"|as)))\b|\bhow (?:\w+ ){0,4}like to be (?:credited|named|acknowledged)\b",
        r"\b(?:danksagung|namentlich (?:nennen|erwähn\w+)|credits? (?:au|dans)|remerciements|agradecimientos"
        r"|crédito)\b|謝辞|クレジット|致谢|鸣谢",
        request=True,
    ),
)  # fmt: skip
_BEFORE_NOT = re.compile(rf"(?:\b|(?<=\w)(?=n't)){_NOT}\b(?:\W+\w+){{0,3}}\W*$", re.IGNORECASE)
_INSIDE_NOT = re.compile(
    r"\b(?:not|cannot|unable|didn't|haven't|hasn't|couldn't|can't|never|nicht|pas|ne)\b|ません|没有|未(?!来)",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"\b(?:receipt|reception|received?|receiving|erhalt|eingang|empfang|réception|recepción)\b", re.IGNORECASE
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|once|when|before|should you|wenn|falls|ob|sobald|si|lorsque|quand|cuando)\b|場合|如果",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|'ll|going to|try(?:ing)? to|would|(?<!able )to (?:confirm|reproduce|verify)|werden|allons)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:did(?: not|n't)|have(?: not|n't)|never) (?:\w+ )?(?:receive|received|get|got)\b|\bnothing (?:yet"
    r"|received|so far)\b|\bstill nothing\b"
    r"|\bnicht erhalten\b|\bpas (?:encore )?reçu\b|\bno (?:hemos|he) recibido\b|受け取っていません|没有收到|未收到",
    re.IGNORECASE,
)
_SEND = re.compile(
    r"\b(?:e-?mail|mail|write|send|sent|contact|report|reports|submit|forward|resend|reach|use|file|open"
    r"|address(?:ed)?|direct(?:ed)?|redirect(?:ed)?|go to|visit"
    r"|wenden|senden|schicken|melden|richten|nutzen|kontaktieren|envoyer|envoyez|écrire|contacter|contactez"
    r"|adresser|utiliser|adressez"
    r"|enviar|envíe|escriba|contacte|contactar|reporte|utilice|inviare|scrivere|envie|напишите|отправьте|пишите)\b"
    r"|送信|お送り|ご連絡|报告|ご報告|发邮件|发送|提交|联系|邮件到",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\b(?:please|kindly|you can|you may|can you|could you|you should|should be|must be|need to|asked me|bitte"
    r"|veuillez|merci de|vous pouvez|por favor|puede|per favore|пожалуйста)\b"
    r"|^(?:e-?mail|mail|send|contact|report|submit|use|write)\b|請|请|ください|お願い",
    re.IGNORECASE,
)
_LEAVING = re.compile(
    r"\b(?:questions?|feel free|further information|more information|learn more|details can be found|see (?:also )?)\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\b(?:our|my|the attached|attached(?: is| you(?:'ll| will) find)?(?: our| my| the)?|unser\w*|meine?n?|notre"
    r"|nuestra|following) (?:\w+ ){0,3}?(?:pgp|gpg|openpgp|public|öffentliche[rn]?|publique"
    r"|pública)[- ]?(?:\w+ )?(?:key|schlüssel|clé|clef|clave)\b"
    r"|\b(?:pgp|gpg|openpgp)(?: public)?[- ]?(?:key|schlüssel|fingerprint)\b.{0,12}(?::|is\b|attached|below"
    r"|ist\b|\ue000)|(?:公開鍵|公钥)(?:を|は|：|:)",
    re.IGNORECASE,
)


def read(text: str, masked: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    """Yield what one sentence says without dates; ``spans`` are the identifiers inside the sentence."""
    words = masked[sentence.start : sentence.end].replace("’", "'").replace("\n", " ").replace("\ue000", "x")
    lowered = words.lower() if len(words.lower()) == len(words) else words
    redirects = list(_redirects(text, words, sentence, spans))
    yield from redirects
    for rule in _RULES:
        if redirects and rule.value == Triage(Verdict.NEEDS_INFO):
            continue  # "send the details to ..." asks for another way, not for more
        match = rule.pattern.search(lowered)
        if match is None or (sentence.question and not rule.request):
            continue
        grade = _graded(rule, words, match)
        if grade is not None:
            yield _fact(text, sentence, rule.kind, rule.value, grade, rule.name)
    yield from _keys(text, masked, sentence, spans)


def denies_receipt(text: str) -> bool:
    """Say whether the writer states that nothing arrived."""
    return _DENIAL.search(text.replace("’", "'")) is not None


def _graded(rule: _Rule, words: str, match: re.Match[str]) -> Grade | None:
    """Return the grade of a match with its operators, or None when they turn it into something else."""
    before, inside = words[: match.start()], match[0]
    if rule.negatable and (_BEFORE_NOT.search(before[-40:]) or _INSIDE_NOT.search(inside)):
        return None
    confirmed = rule.name == "triage.confirmed"
    if confirmed and (_RECEIPT.search(words) or _FUTURE.search(words[: match.end()]) or "fix" in inside):
        return None
    grade = rule.grade
    if _CONDITION.search(before):
        return None if confirmed else Grade.UNSURE
    return grade


def _fact(text: str, sentence: Sentence, kind: FactKind, value: Value, grade: Grade, rule: str) -> Fact:
    quote = text[sentence.start : sentence.end]
    return Fact(kind, quote, Where.TEXT, sentence.start, sentence.end, grade, rule, value)


def _redirects(text: str, words: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    """A target with a verb of sending before it, asked for."""
    for span in spans:
        if span.kind not in {SpanKind.URL, SpanKind.ADDRESS}:
            continue
        at = span.start - sentence.start
        verb = _SEND.search(words[:at]) or (_SEND.search(words) if any(char > "\u3000" for char in words) else None)
        asked = _ASKING.search(words)
        if verb is None or asked is None or re.search(r"\b(?:do not|don't|no need|not be)\b", words, re.IGNORECASE):
            continue
        grade = Grade.SURE if span.kind is SpanKind.ADDRESS else Grade.LIKELY
        if _CONDITION.search(words) or _LEAVING.search(words) or sentence.question:
            grade = Grade.UNSURE
        yield _fact(text, sentence, FactKind.REDIRECT, Redirect(span.value), grade, "redirect.asked")
        return


def _keys(text: str, masked: str, sentence: Sentence, spans: tuple[Span, ...]) -> Iterator[Fact]:
    fingerprint = next((span.value for span in spans if span.kind is SpanKind.FINGERPRINT), None)
    if _KEY.search(masked[sentence.start : sentence.end]) and not sentence.question:
        grade = Grade.SURE if fingerprint else Grade.LIKELY
        yield _fact(text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), grade, "key_offered.words")
    elif fingerprint is not None:
        yield _fact(
            text, sentence, FactKind.KEY_OFFERED, KeyOffered(fingerprint), Grade.UNSURE, "key_offered.fingerprint"
        )
