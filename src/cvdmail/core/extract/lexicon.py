"""The words of claims: what happens (events), and what is done with it (operators), all languages in one table.

Words are concepts, not labels: what a clause means is composed from its events and operators by
:mod:`cvdmail.core.extract.promises`.
"""

from __future__ import annotations

import re
from enum import Enum


class Cue(Enum):
    """What a word contributes to its clause."""

    __hash__ = object.__hash__  # that of Enum is a Python function, and sets of cues are all over

    FIX = "fix"  # the repair or the thing that carries it: fix, patch, update, version
    RELEASE = "release"  # making it available
    PUBLISH = "publish"  # "publish", of a fix or of an advisory: its object decides
    DISCLOSE = "disclose"  # making the vulnerability known: advisory, embargo, disclosure
    OTHER = "other"  # another event that has a date: reported, a meeting, an update of the mail thread
    MOVE = "move"  # delay, postpone: the date after it counts
    HOLD = "hold"  # wait, refrain, withhold
    FUTURE = "future"
    PAST = "past"
    DONE = "done"  # a participle: past, unless "be" stands before it
    HEDGE = "hedge"
    NEGATION = "negation"
    UNLIKELY = "unlikely"
    REQUEST = "request"
    AGREE = "agree"
    CONDITION = "condition"
    THEIRS = "theirs"  # your, you
    HEARSAY = "hearsay"  # somebody else says so


EVENTS = frozenset([Cue.FIX, Cue.RELEASE, Cue.PUBLISH, Cue.DISCLOSE, Cue.OTHER])

_TABLE: dict[Cue, str] = {
    Cue.FIX: """
        fix fixes fixed fixing fixe patch patches patched patching hotfix hotfixes bugfix update updates version
        versions build mitigation mitigations mitigate mitigated remediate remediated remediation resolve resolved
        resolution resolving address addressed addressing correct corrected correction corrections firmware
        workaround backport backported upgrade upgraded solve solved repaired cu sp behoben behebung beheben
        korrektur korrigiert gefixt sicherheitsupdate aktualisierung patchen fehlerbehebung correction correctif
        correctifs corrigé corrigée corriger corrigeons mise-à-jour parche parches actualización corregir corregido
        corregida corrección solución solucionado solucionada versión correzione corretto aggiornamento versione
        correção corrigido corrigida atualização versão opgelost oplossing исправление исправлено исправлена
        исправим обновление обновления исправлений патч версия версии poprawka naprawione aktualizacja
    """,
    Cue.RELEASE: """
        release releases released releasing ship ships shipped shipping available availability deploy deployed
        deployment deploying rollout land landed lands merged merge merging live launch launched ga delivered
        delivery out complete completed veröffentlicht veröffentlichen veröffentlichung erscheint erscheinen
        verfügbar bereit bereitgestellt ausgeliefert releasen freigegeben freigabe sortie déployé déployée déployer
        disponible livré livrée intégrée intégré lanzamiento saldrá disponible publicación lanzar liberar lanzaremos
        lanzará rilascio rilasciato rilasciata disponibile lançamento lançado lançada disponível uitgebracht
        beschikbaar выпуск выпущен выпущена выйдет релиз выпустим wydanie wydana dostępna
    """,
    Cue.PUBLISH: """
        publish publishes published publishing publier publié publiée publierons publicar publicado publicada
        publicaremos publicará publiceren gepubliceerd pubblicare pubblicato pubblicata опубликуем опубликовано
        опубликован post posted
    """,
    Cue.DISCLOSE: """
        advisory advisories disclose disclosed disclosure disclosing discloses publication embargo embargoed public
        publicly announcement announce announced bulletin bulletins write-up writeup blog details offenlegung
        offenlegen bekanntgabe sperrfrist embargos divulgation divulguer avis bulletin embargo divulgación divulgar
        aviso boletín divulgação divulgazione раскрытие публикация
    """,
    Cue.OTHER: """
        reported discovered received found submitted sent disclosed-by identified meeting call respond reply replied
        answer contact investigate investigating investigation review reviewing look looking test tests testing
        retest verify verification evaluate analyse analyze analysis triage triaged holiday holidays vacation away
        office closed expire expires deadline freeze introduced logged requested started start begin meet discuss
        know back work travelling traveling gemeldet erhalten urlaub büro rückmeldung melden besprechung prüfen
        prüfung test signalé reçu réunion réponse répondre congé reunión responder reportado vacaciones internally
        schedule hear
    """,
    Cue.MOVE: """
        delay delayed delaying postpone postponed postpones postponing push pushed move moved moves moving slip
        slipped slips reschedule rescheduled shift shifted extend extended extension verschoben verschieben
        verschiebt reporté reportée repoussé repoussée décalé aplazado aplazada pospuesto retrasado posticipato
        rinviato adiado uitgesteld перенесён перенесен przesunięty
    """,
    Cue.HOLD: """
        hold holding wait withhold refrain coordinate abwarten warten zurückhalten attendre patienter esperar
        aguardar подождать until
    """,
    Cue.FUTURE: """
        will shall would going plan plans planned planning schedule scheduled slated due intend intends intended
        expect expects expected expecting target targets targeted targeting aim aims aiming eta gonna upcoming
        scheduling track mapped promise promised promises wird werden soll geplant planen plane vorgesehen
        voraussichtlich erwarten werde sera seront serons prévu prévue prévus prévoyons allons va será estará saldrá
        previsto prevista prevemos planeado planeada programado programada publicaremos lanzaremos sarà prevista
        previsto prevediamo será prevista zal zullen gepland будет будут выйдет планируем запланирован планируется
        zostanie planujemy
    """,
    Cue.PAST: """
        was were has have had been did wurde wurden war hat haben ist été avons a fue fueron ha hemos sido foi стало
        был была было
    """,
    Cue.DONE: """
        fixed patched mitigated remediated resolved addressed corrected backported upgraded solved repaired released
        shipped deployed landed merged launched delivered published posted disclosed announced completed went live
        out available behoben korrigiert gefixt veröffentlicht freigegeben bereit bereitgestellt ausgeliefert
        verfügbar corrigé corrigée publié publiée déployé déployée disponible corregido corregida publicado
        publicada solucionado corretto pubblicato rilasciato corrigido publicado lançado opgelost uitgebracht
        исправлено исправлена выпущен выпущена
    """,
    Cue.HEDGE: """
        hope hopes hoping hopefully should might could tentative tentatively target targeting aim aims aiming
        estimate estimated estimates estimating estimation probably likely possibly possible perhaps maybe try
        trying believe think projected approximately roughly around proposed proposal propose suggest expected
        expect expectation preliminary provisional provisionally realistic best-effort rough considering intended
        looking voraussichtlich hoffentlich hoffen wahrscheinlich vermutlich könnte könnten sollte dürfte eventuell
        vielleicht etwa probablement devrait devrions espérons peut-être envisageons environ pourrait probablemente
        debería esperamos intentaremos quizás tentativa estimada podría probabilmente dovrebbe speriamo
        provavelmente deveria esperamos waarschijnlijk hopelijk вероятно возможно надеемся
    """,
    Cue.NEGATION: """
        not no never none without unable cannot neither nor nicht kein keine keinen keiner nie noch-nicht pas aucun
        aucune jamais non ningún ninguna nunca não nenhum niet geen не нет nie
    """,
    Cue.UNLIKELY: """
        unlikely impossible miss missed refuse refused decline declined wontfix
    """,
    Cue.REQUEST: """
        please kindly ask asks asked asking request requests requesting bitte bitten demandons prions pedimos
        solicitamos rogamos pregamo pedimos verzoeken просим prosimy
    """,
    Cue.AGREE: """
        agree agreed agrees ok okay fine good works accept accepted confirm confirmed confirms acceptable
        einverstanden passt ok d'accord convient acuerdo acordado conforme concordo d'accordo akkoord согласны
    """,
    Cue.CONDITION: """
        if unless provided assuming depending pending subject falls wenn sofern si sauf если jeśli
    """,
    Cue.THEIRS: """
        your you yours ihre ihr ihren ihrer votre vos su sus vuestro sua vostro uw ваш вашей
    """,
    Cue.HEARSAY: """
        supplier researcher reporter upstream apparently rumour rumor zulieferer fournisseur proveedor
    """,
}  # fmt: skip

WORDS: dict[str, tuple[Cue, ...]] = {}
for _cue, _words in _TABLE.items():
    for _word in _words.split():
        if _cue not in WORDS.get(_word, ()):
            WORDS[_word] = (*WORDS.get(_word, ()), _cue)

_CJK_TABLE: tuple[tuple[str, tuple[Cue, ...]], ...] = (
    (
        "修复|修復|修正版|修正|补丁|補丁|パッチ|アップデート|更新|升级|対策|패치|수정|新版本|新版|バージョン"
        "|版本|解决|処理|处理",
        (Cue.FIX,),
    ),
    ("リリース|发布|發布|上线|提供|配布|릴리스|배포|発売|推出|发版", (Cue.RELEASE,)),
    ("公表|公開日|披露|アドバイザリ|公告|공개", (Cue.DISCLOSE,)),
    ("公開|公开", (Cue.PUBLISH,)),
    ("報告|报告|受領|収到|收到|ご連絡|回复|返信|会議|会议|休暇|凍結|关闭", (Cue.OTHER,)),
    ("予定|计划|計画|将于|将在|将会|将|會|会在|예정|予定して", (Cue.FUTURE,)),
    ("可能性|可能|应该|見込|目標|争取|预计|預計|かもしれ|目途|暂定|暫定", (Cue.HEDGE,)),
    ("しました|済み|済|されました|已经|已於|已于|已在|已|了。|했습니다|됐습니다|完了|ました", (Cue.DONE, Cue.PAST)),
    ("ません|ない|できません|不会|不能|无法|不予|没有|尚未|未能|未定|않", (Cue.NEGATION,)),
    ("お控え|控えて|お待ち|请勿|請勿|暂缓|等待", (Cue.HOLD, Cue.REQUEST)),
    ("ください|いただきたく|请|請|お願い", (Cue.REQUEST,)),
    ("延期|推迟|推遲|연기", (Cue.MOVE,)),
    ("場合|如果|若", (Cue.CONDITION,)),
)
_CJK = re.compile("|".join(f"({words})" for words, _ in _CJK_TABLE))


def cjk_cues(masked: str, start: int, end: int) -> list[tuple[int, tuple[Cue, ...]]]:
    """Return (place, cues) of the Chinese, Japanese and Korean words in a stretch."""
    found = _CJK.finditer(masked, start, end)
    return [(match.start(), _CJK_TABLE[(match.lastindex or 1) - 1][1]) for match in found]
