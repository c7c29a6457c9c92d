"""Dutch: the words of dates, fixes and the plainest answers."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="nl",
    small_words="de het een en is niet wij u uw voor met van op wordt dat zijn te",
    months="""januari | februari | maart | april | mei | juni | juli | augustus | september | oktober | november
        | december""",
    short_months="jan | feb | mrt | apr | mei | jun | jul | aug | sep | okt | nov | dec",
    weekdays="maandag | dinsdag | woensdag | donderdag | vrijdag | zaterdag | zondag",
    short_weekdays="ma | di | wo | do | vr | za | zo",
    units={
        "day": "dag dagen",
        "workday": "werkdag werkdagen",
        "week": "week weken",
        "weekend": "weekend",
        "month": "maand maanden",
        "quarter": "kwartaal",
        "half": "halfjaar",
        "year": "jaar jaren",
        "hour": "uur uren",
    },
    parts={"early": "begin", "mid": "midden medio half", "late": "eind einde"},
    next="volgende komende aankomende",
    this="deze dit",
    last="vorige afgelopen laatste",
    days_from_now={0: "vandaag", 1: "morgen", 2: "overmorgen", -1: "gisteren"},
    numbers={1: "een één", 2: "twee", 3: "drie", 4: "vier", 5: "vijf", 10: "tien", 14: "veertien", 30: "dertig"},
    few="enkele paar",
    ordinals={1: "eerste", 2: "tweede", 3: "derde", 4: "vierde", -1: "laatste"},
    in_="over in na",
    within="binnen",
    by="uiterlijk tegen",
    until="tot",
    before="voor vóór",
    after="na",
    since="sinds vanaf",
    not_="niet",
    ago="geleden",
    from_now="later",
    on="op in rond",
    of="van de het",
    between="tussen",
    from_="van",
    to="tot t/m",
    and_="en",
    or_="of",
    same="zelfde dezelfde",
    then="dan",
    year_cues="in",
    week_names="week wk",
    quarter_letters="q",
    articles="de het een",
    cues={
        Cue.FIX: "fix patch update updates versie verholpen opgelost oplossing oplossen gerepareerd correctie beveiligingsupdate",
        Cue.RELEASE: "uitgebracht uitbrengen release vrijgegeven beschikbaar uitgerold uitrollen verschijnt opgenomen live",
        Cue.PUBLISH: "publiceren gepubliceerd",
        Cue.DISCLOSE: "advies bekendmaking openbaar embargo bulletin",
        Cue.WORK: "werken werkt bezig ontwikkeling",
        Cue.OTHER: "gemeld melding ontvangen overleg reactie reageren vakantie kantoor afwezig onderzoeken terug laten_weten",
        Cue.FLAW: "kwetsbaarheid kwetsbaarheden lek probleem bug",
        Cue.MOVE: "uitgesteld verschoven verplaatst vertraagd vertraging",
        Cue.HOLD: "wachten afwachten",
        Cue.FUTURE: "zal zullen wordt worden gepland verwachten komt volgt plannen",
        Cue.PAST: "is was hebben heeft werd zijn",
        Cue.DONE: "verholpen opgelost uitgebracht gepubliceerd vrijgegeven beschikbaar uitgerold gerepareerd",
        Cue.HEDGE: "waarschijnlijk hopelijk hopen verwachting verwachten mogelijk ongeveer streven misschien zou moeten",
        Cue.NEGATION: "niet geen nooit",
        Cue.REQUEST: "verzoeken graag vragen alstublieft",
        Cue.AGREE: "akkoord prima",
        Cue.CONDITION: "als indien mits tenzij",
        Cue.THEIRS: "uw jullie je",
    },
    carriers="fix patch update updates versie oplossing correctie release",
    be="worden",
    have="hebben heeft",
    things="kwetsbaarheid probleem lek",
    but="maar omdat terwijl",
    joins="en die dat we wij het de",
    phrases={
        Says.CONFIRMED: """
            (bevestigen|bevestigd) [dat|de|het] (kwetsbaarheid|probleem|lek|het|dit)
            (hebben|konden|kunnen) ~ (gereproduceerd|reproduceren|bevestigd|bevestigen)
        """,
        Says.REJECTED: """
            (geen|niet) ~ (kwetsbaarheid|beveiligingsprobleem|beveiligingslek|risico|kwetsbaar) ! (opgelost|publiceren|reproduceren)
            (verwacht|bedoeld|normaal) gedrag
            (buiten) [de] scope
            (wordt|zal) niet ~ (verholpen|opgelost)
        """,
        Says.DUPLICATE: "(al|reeds) (bekend|gemeld)\n(duplicaat|dubbele melding)",
        Says.NEEDS_INFO: """
            (kunt|kun|zou) (u|je) ~ (sturen|aangeven|laten weten|toelichten|controleren|testen)
            (niet) [kunnen] (reproduceren)
            welke versie
        """,
        Says.ARRIVED: "(bedankt|dank) (voor|u)\n(hebben) ~ ontvangen\n(gaan|zijn) ~ (onderzoeken|bekijken)",
        Says.NOTHING_CAME: "(niets|geen) [bericht|melding|mail] ontvangen",
        Says.NO_DATE: "(geen|niet) ~ (datum|termijn|planning)",
        Says.WILL_NOT: "(wordt|zal) niet ~ (verholpen|opgelost|gepatcht)",
        Says.LATER: "(binnenkort|spoedig|zo snel mogelijk)\n(volgende|komende) (versie|release|update)",
        Says.SEND: "(sturen|mailen|stuur|mail|contact|neem)",
        Says.ASKING: "(graag|alstublieft|kunt u|gelieve)",
        Says.NOT: "(niet|geen|nooit|zonder)",
        Says.CONDITION: "(als|indien|wanneer|zodra)",
        Says.NOT_YET: "(proberen te|gaan)",
        Says.GOAL: "(gepland|verwachten|streven|hopen|verwachting)",
        Says.TOPIC: "(kwetsbaar*|versie|meld*|beveilig*|probleem|opgelost)",
        Says.SPEAKER: "(wij|bedankt|onze|hebben)",
        Says.ASSIGNED: "(nummer|referentie|zaak|ticket|melding|onder)",
    },
)
