"""The words of the calendar in the languages vendors write in: one table a category, all languages together.

A word that is also an everyday word ("may", "march", "second", German "die" and "mit", Spanish "mar") is either left
out or listed in ``RISKY``: it counts only next to a number, and the short month forms always do.
"""

from __future__ import annotations

from cvdmail.core.extract.zone_words import entries, wordset


def _numbered(table: str) -> dict[str, int]:
    """Read rows "1: word word"; a word stands for the number of its row."""
    rows = (row.split(":") for row in entries(table))
    return {word: int(number) for number, words in rows for word in words.split()}


MONTHS = _numbered("""
 1: january januar jänner janvier enero gennaio janeiro januari январь января январе stycznia styczeń
 2: february februar feber février fevrier febrero febbraio fevereiro februari февраль февраля феврале luty lutego
 3: march märz maerz mars marzo março marco maart март марта марте marzec marca
 4: april avril abril aprile апрель апреля апреле kwiecień kwietnia
 5: may mai mayo maggio maio mei мая мае май maj maja
 6: june juni juin junio giugno junho июнь июня июне czerwiec czerwca
 7: july juli juillet julio luglio julho июль июля июле lipiec lipca
 8: august août aout agosto augustus август августа августе sierpień sierpnia
 9: september septembre septiembre setiembre settembre setembro сентябрь сентября сентябре wrzesień września
 10: october oktober octobre octubre ottobre outubro октябрь октября октябре październik października
 11: november novembre noviembre novembro ноябрь ноября ноябре listopad listopada
 12: december dezember décembre decembre diciembre dicembre dezembro декабрь декабря декабре grudzień grudnia
""")
SHORT_MONTHS = _numbered("""
 1: jan janv ene gen | 2: feb febr févr fév fev | 3: mar mär mrz mrt | 4: apr avr abr | 5: mai may mag
 6: jun giu | 7: jul juil lug | 8: aug ago aoû | 9: sep sept set | 10: oct okt ott out | 11: nov
 12: dec dez déc dic dec
""")
RISKY_MONTHS = wordset("may march mars marzo mai mei maj maja marca set out ago gen mag dic juin august listopada")
"""Full names that are also other words; they count as a month with a number, a part ("mid-May") or a preposition."""

WEEKDAYS = _numbered("""
 0: monday montag lundi lunes lunedì segunda-feira maandag понедельник понедельника poniedziałek
 1: tuesday dienstag mardi martes martedì terça-feira dinsdag вторник вторника wtorek
 2: wednesday mittwoch mercredi miércoles mercoledì quarta-feira woensdag среду среда środa środę
 3: thursday donnerstag jeudi jueves giovedì quinta-feira donderdag четверг четверга czwartek
 4: friday freitag vendredi viernes venerdì sexta-feira vrijdag пятница пятницу пятницы piątek
 5: saturday samstag sonnabend samedi sábado sabato zaterdag суббота субботу sobota sobotę
 6: sunday sonntag dimanche domingo domenica zondag воскресенье niedziela niedzielę
""")
SHORT_WEEKDAYS = wordset("mon tue tues wed thu thur thurs fri sat sun mo di mi do fr sa so lun mar mer jeu ven")

UNITS = {
    word: unit
    for unit, words in (
        ("day", "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen день дня дней dni dzień"),
        ("week", "week weeks woche wochen semaine semaines semana semanas settimana settimane weken неделя"
            " недели неделе"
                 " неделю недель tydzień tygodnie tygodni tygodniu"),
        ("month", "month months monat monats monate monaten mois mes meses mese mesi mês maand maanden месяц"
            " месяца месяце"
                  " месяцев miesiąc miesiąca miesiące miesięcy"),
        ("quarter", "quarter quarters quartal quartals quartale trimestre trimestres kwartaal kwartał квартал"
            " квартала квартале"),
        ("year", "year years jahr jahres jahre jahren année années an ans año años anno anni ano anos jaar год"
            " года году лет"),
        ("weekend", "weekend weekends wochenende week-end fin-de-semana"),
        ("hour", "hour hours hrs hr stunde stunden heure heures hora horas ora ore uur час часа часов"),
    )
    for word in words.split()
}  # fmt: skip
PARTS = {
    word: part
    for part, words in (
        ("early", "early anfang début debut principios inicio inizio início begin beginning start beginnend начале"),
        ("mid", "mid middle mitte mi mediados metà meados medio midden середине"),
        ("late", "late end ende fin finales fine fim final eind einde конце końcu"),
    )
    for word in words.split()
}
NEXT = wordset(
    "next coming upcoming following nächste nächsten nächster nächstes kommende kommenden kommender prochain prochaine"
    " prochaines prochains próximo próxima próximos próximas prossimo prossima volgende следующей следующем следующую"
    " przyszłym przyszły"
)
AFTER_NEXT = wordset("prochain prochaine próximo próxima prossimo prossima entrante que-viene")
"""Adjectives that may follow their noun ("la semaine prochaine", "mardi prochain")."""
THIS = wordset(
    "this current diese diesen dieser dieses diesem laufenden cette ce cet esta este quest questa questo deze dit"
    " этой этом на-этой tej tym"
)
LAST = wordset(
    "last past previous letzte letzten letzter letztes letztem vergangenen dernier dernière pasado pasada ultimo scorso"
    " scorsa vorige afgelopen прошлой прошлом"
)
AFTER_LAST = wordset("dernier dernière passé passée pasado pasada scorso scorsa")
DEIXIS = _numbered("""
 0: today tonight heute hoy oggi hoje vandaag сегодня dzisiaj dziś
 1: tomorrow morgen demain mañana domani amanhã завтра jutro
 2: übermorgen après-demain overmorgen послезавтра pojutrze
 -1: yesterday gestern hier ayer ieri ontem gisteren вчера wczoraj
 -2: vorgestern avant-hier anteayer позавчера
""")  # German and Dutch "morgen", French "hier" and Spanish "mañana" are other words elsewhere: see LANGUAGE_ONLY
LANGUAGE_ONLY = {"hier": "fr", "fin": "fr es", "fine": "it", "final": "es", "mi": "fr", "an": "fr", "ans": "fr",
                 "mes": "es pt", "ore": "it", "ora": "it", "hr": "en", "die": "", "mars": "fr en", "marca": "pl",
                 "maja": "pl", "maj": "pl", "mei": "nl", "ce": "fr", "dit": "nl", "este": "es pt", "esta": "es pt",
                 "medio": "es", "end": "en", "start": "en", "dag": "nl", "ano": "pt", "anno": "it", "jutro": "pl",
                 "tym": "pl", "tej": "pl", "hora": "es pt", "past": "en", "do": "pl", "od": "pl", "debut": "fr",
                 "principios": "es", "inicio": "es", "mag": "it", "out": "pt", "set": "pt", "ago": "es it",
                 "gen": "it", "dic": "es it", "marzo": "es it", "late": "en", "mid": "en"}  # fmt: skip
"""Words that count only in a text of one of these languages (two-letter codes)."""

NUMBERS = _numbered("""
 1: a an one ein eine einem einer einen un une una uno один одну jeden
 2: two couple zwei deux dos due dois duas twee два две dwa dwóch
 3: three drei trois tres tre três drie три trzy
 4: four vier quatre cuatro quattro quatro четыре
 5: five fünf cinq cinco cinque пять | 6: six sechs seis sei шесть | 7: seven sieben sept siete sette семь
 8: eight acht huit ocho otto | 9: nine neun neuf nueve nove | 10: ten zehn dix diez dieci десять
 12: twelve zwölf douze | 14: fourteen vierzehn quatorze catorce
 15: fifteen quinze quince | 30: thirty dreißig trente treinta
 45: forty-five | 60: sixty sechzig | 90: ninety neunzig
""")
FEW = wordset("few several couple-of einigen einige wenigen paar quelques algunos unos pochi enkele несколько kilka")
ORDINALS = _numbered("""
 1: first erste ersten erstes première premier primera primer primeiro prima primo eerste первый первом 1er 1re
 2: second zweite zweiten zweites deuxième segundo segunda secondo seconda tweede второй втором 2e 2ème
 3: third dritte dritten drittes troisième tercer tercero tercera terceiro terzo derde третий третьем 3e 3ème
 4: fourth vierte vierten viertes quatrième cuarto quarto vierde четвертый четвертом 4e 4ème
 -1: last letzte letzten letztes dernier dernière última último ultimo ultima laatste
""")

IN = wordset("in dans en em over через za w")
WITHIN = wordset("within innerhalb sous entro binnen dentro w-ciągu течение")
BY = wordset("by until till til through bis d'ici hasta até entro tegen uiterlijk spätestens до do к")
BEFORE = wordset("before prior vor avant antes prima voor до przed")
AFTER = wordset("after nach ab après despues después dopo depois na после")
AGO = wordset("ago back назад temu fa geleden")
AGO_BEFORE = frozenset(["vor", "hace", "il-y-a", "há"])
ON = wordset("on at am for le el il em op den dem zum vom since seit depuis desde на с в from")
OF = wordset("of the de des du la le del della dell di da do der dem den van het of-the this cette este esta en las los"
               " of' l d s")  # fmt: skip
