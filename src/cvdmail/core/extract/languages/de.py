"""German."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="de",
    small_words="der die das und ist nicht wir sie ihre ihr für mit ein eine zu den von auf wird im am ich es",
    months="""januar jänner januars | februar feber | märz maerz | april | mai | juni | juli | august | september
        | oktober | november | dezember""",
    short_months="jan jän | feb febr | mär mrz | apr | mai | jun | jul | aug | sep sept | okt | nov | dez",
    everyday="mai",
    weekdays="""montag montags | dienstag dienstags | mittwoch mittwochs | donnerstag donnerstags | freitag freitags
        | samstag sonnabend samstags | sonntag sonntags""",
    short_weekdays="mo | di | mi | do | fr | sa | so",
    units={
        "day": "tag tage tagen tages kalendertage kalendertagen",
        "workday": "werktag werktage werktagen arbeitstag arbeitstage arbeitstagen",
        "week": "woche wochen",
        "weekend": "wochenende wochenenden wochenendes",
        "month": "monat monate monaten monats",
        "quarter": "quartal quartals quartale quartalen",
        "half": "halbjahr halbjahres halbjahrs",
        "year": "jahr jahre jahren jahres jahrs",
        "hour": "stunde stunden std",
        "minute": "minute minuten",
    },
    parts={
        "early": "anfang beginn anfangs früh",
        "mid": "mitte",
        "late": "ende ausgang",
    },
    half_words="hälfte halbjahr",
    next="""nächste nächsten nächster nächstes nächstem kommende kommenden kommender kommendes kommendem folgende
        folgenden""",
    this="diese diesen dieser dieses diesem laufenden laufende aktuellen",
    last="letzte letzten letzter letztes letztem vergangene vergangenen vergangener vorige vorigen voriger",
    days_from_now={0: "heute", 1: "morgen", 2: "übermorgen", -1: "gestern", -2: "vorgestern"},
    numbers={
        1: "ein eine einem einer einen eines",
        2: "zwei zweier zwo",
        3: "drei dreier",
        4: "vier",
        5: "fünf",
        6: "sechs",
        7: "sieben",
        8: "acht",
        9: "neun",
        10: "zehn",
        11: "elf",
        12: "zwölf",
        14: "vierzehn",
        15: "fünfzehn",
        20: "zwanzig",
        21: "einundzwanzig",
        30: "dreißig dreissig",
        45: "fünfundvierzig",
        60: "sechzig",
        90: "neunzig",
    },
    few="einige einigen einiger paar wenige wenigen mehrere mehreren",
    ordinals={
        1: "erste ersten erstes erster",
        2: "zweite zweiten zweites zweiter",
        3: "dritte dritten drittes dritter",
        4: "vierte vierten viertes vierter",
        5: "fünfte fünften",
        -1: "letzte letzten letzter letztes",
    },
    in_="in nach",
    within="innerhalb binnen innert",
    by="bis zum",
    until="bis",
    before="vor",
    after="nach ab",
    not_="nicht kein",
    latest="spätestens",
    earliest="frühestens",
    ago_before="vor",
    from_now="später",
    on="am an zum auf für um gegen ab vom",
    of="des der im vom dieses",
    between="zwischen",
    from_="von vom ab",
    to="bis und auf",
    and_="und",
    or_="oder",
    same="selben gleichen",
    then="dahin dann diesem",
    since="seit",
    year_cues="in im bis vor seit ende anfang mitte jahr jahres",
    new_year="jahreswechsel neujahr",
    week_names="kw woche kalenderwoche",
    quarter_letters="q",
    half_letters="h",
    feasts={"12-25": "weihnachten", "12-24": "heiligabend", "12-31": "silvester jahresende"},
    patch="patch",
    patch_days="day tag dienstag",
    cues={
        Cue.FIX: """
            behoben behebung beheben behebt korrektur korrekturen korrigiert korrigieren gefixt fixen fix fixes patch
            patches patchen gepatcht sicherheitsupdate sicherheitsupdates update updates aktualisierung fehlerbehebung
            sicherheitspatch wartungspatch wartungsrelease bugfix hotfix version versionen firmware nachfolger
            bereinigt bereinigte bereinigten geschlossen schließen schliessen beseitigt beseitigen gelöst lösung
            repariert entschärft abgestellt abhilfe workaround image build paket pakete servicepack korrigierte
            korrigierten behobene
        """,
        Cue.RELEASE: """
            erscheint erscheinen erschienen verfügbar bereit bereitgestellt bereitstellen bereitstellung ausgeliefert
            ausliefern auslieferung auslieferungstermin lieferung liefern geliefert liefert releasen release releases
            released freigegeben freigabe freigeben ausgerollt ausrollen rollout rollen rollt eingespielt einspielen
            spielen umgestellt raus rausgeht kommt kommen herausgeben herausgegeben herauskommen gemergt gemerged
            deployed deployen eingecheckt eingebaut live online produktiv enthalten ausgespielt fertig fertiggestellt
            schneiden
        """,
        Cue.PUBLISH: "veröffentlicht veröffentlichen veröffentlichung veröffentlichungstermin publizieren publiziert",
        Cue.DISCLOSE: """
            advisory advisories sicherheitshinweis sicherheitshinweise sicherheitsmeldung bulletin offenlegung
            offenlegen offengelegt offenlegungsfrist bekanntgabe bekanntgeben bekanntmachung sperrfrist embargo
            embargos disclosure öffentlich ankündigung publikation details einzelheiten
        """,
        Cue.WORK: """
            arbeiten arbeitet umsetzen umgesetzt umsetzung implementieren implementiert erledigt erledigen abgeschlossen
            abschließen angehen entwicklung einbauen nachziehen
        """,
        Cue.OTHER: """
            gemeldet erhalten urlaub büro rückmeldung melden meldung besprechung besprechen besprochen prüfen prüfung
            geprüft test tests testen getestet antwort antworten nachricht eingegangen eingang gefunden entdeckt
            geschickt gesendet telefonat termin meeting sitzung abwesend erreichbar analyse analysieren untersuchen
            untersuchung testzugang gesehen bericht mail mails e-mail anruf feedback zwischenstand status betriebsferien
            feiertage ferien gesprochen telefonieren sprechen bestätigt reproduziert nachgestellt eingeführt entscheiden
            entscheidung bewerten bewertung geschrieben informieren informiert
        """,
        Cue.FLAW: """
            schwachstelle schwachstellen sicherheitslücke sicherheitslücken lücke lücken fehler problem probleme bug
            bugs exploit cve poc
        """,
        Cue.MOVE: """
            verschoben verschieben verschiebt verschiebung verzögert verzögern verzögerung verlegt verlegen vertagt
            vorgezogen vorziehen verlängert verlängern rutscht
        """,
        Cue.HOLD: "abwarten warten zurückhalten zurückzuhalten stillschweigen vertraulich gedulden abzuwarten",
        Cue.FUTURE: """
            wird werden soll sollen geplant planen plane plant vorgesehen voraussichtlich erwarten erwartet werde wollen
            will rechnen beabsichtigen angepeilt peilen anvisiert angesetzt terminiert eingeplant demnächst möchten
            zieltermin geht gehen streben angestrebt planung
        """,
        Cue.PAST: "wurde wurden war waren hat haben hatte hatten habe",
        Cue.DONE: """
            behoben korrigiert gefixt gepatcht veröffentlicht freigegeben bereitgestellt ausgeliefert verfügbar
            erschienen geliefert ausgerollt eingespielt umgestellt geschlossen beseitigt gelöst released offengelegt
            gemergt gemerged eingecheckt eingebaut live online umgesetzt erledigt abgeschlossen herausgegeben draußen
            fertiggestellt publiziert
        """,
        Cue.HEDGE: """
            voraussichtlich hoffentlich hoffen hoffe wahrscheinlich vermutlich könnte könnten sollte sollten dürfte
            dürften eventuell vielleicht etwa circa ca ungefähr rund möglicherweise wohl gegebenenfalls ggf vorläufig
            angepeilt peilen anvisiert streben angestrebt versuchen rechnen erwarten erwartet schätzungsweise geschätzt
            eher frühestens möglichst denke idealerweise grob unverbindlich ziel
        """,
        Cue.NEGATION: "nicht kein keine keinen keiner keinem keinerlei nie niemals nix nichts weder noch-nicht ohne",
        Cue.UNLIKELY: "unmöglich unwahrscheinlich unrealistisch verpasst abgelehnt ausgeschlossen",
        Cue.REQUEST: "bitte bitten bäten ersuchen gebeten würden_sie könnten_sie",
        Cue.AGREE: "einverstanden passt ok okay akzeptieren zugestimmt stimmen gut zusagen",
        Cue.CONDITION: "falls sofern wenn vorausgesetzt abhängig vorbehaltlich sobald",
        Cue.THEIRS: "ihre ihr ihren ihrer ihrem ihres dein deine deinen deiner euer eure",
        Cue.HEARSAY: "zulieferer lieferant lieferanten angeblich upstream hersteller",
    },
    carriers="""
        fix fixes patch patches update updates sicherheitsupdate sicherheitsupdates aktualisierung korrektur korrekturen
        version versionen firmware hotfix bugfix wartungspatch sicherheitspatch release releases build image workaround
        nachfolger lösung paket pakete servicepack fehlerbehebung wartungsrelease
    """,
    mentions="meldung bericht nachricht mail mails e-mail feedback status termin test cve bewertung rückmeldung",
    acts="patchen fixen releasen",
    be="werden wird werde würde sein zu sobald",
    have="haben hat habe hatte hatten",
    articles="der die das den dem des ein eine einen einem einer",
    things="""
        schwachstelle schwachstellen sicherheitslücke lücke lücken problem probleme fehler bug bugs befund verhalten
    """,
    but="aber jedoch allerdings obwohl während deshalb daher weil sondern nur_gibt",
    joins="und so dann die der das welche wir ich es sie da dass denn bitte sobald wenn wo",
    subjects="wir ich es sie er der_fix der_patch das_update die_version wird werden soll ist planen hoffen haben",
    leads="da weil obwohl wenn nachdem sobald aufgrund wegen bevor trotz falls während",
    abbreviations="""
        z.b d.h u.a nr ca ggf bzw inkl vgl hr fr dr evtl usw s.o jan feb mär apr jun jul aug sep sept okt nov dez tel
        abs str z.zt i.d.r vers
    """,
    phrases={
        Says.CONFIRMED: """
            (wir|team|entwicklung|kollegen|ich|entwickler) (haben|habe|hat|können|kann|konnten|konnte) ~ (bestätig*|
                nachvollz*|reproduzier*|nachstellen|nachgestellt|verifizier*)
            (konnten|können|konnte|kann|haben|ließ|lässt|ließen) (wir|ich|sich|unsere|die|das|der) ~ (bestätigen|
                nachvollz*|reproduzieren|reproduziert|nachstellen|nachgestellt|verifizieren|verifiziert|bestätigt)
            (bestätigen|bestätige) [wir|ich|ihnen|hiermit] [ihnen|hiermit] (die|das|den|diese|ihre|ihren) (schwachst*|
                lücke|sicherheitsl*|problem|fehler|befund|bug)
            (schwachstelle|lücke|sicherheitslücke|problem|fehler|befund|verhalten|bug) (ist|wurde|konnte|lässt) ~ (
                bestätigt|reproduzierbar|reproduziert|nachvollziehbar|nachgestellt|verifiziert|nachvollzogen)
            (handelt es sich|es handelt sich) [in der tat|tatsächlich|hierbei|dabei] um (eine|einen|ein) (schwachst*|
                lücke|sicherheitsl*|fehler|puffer*|bug|echte|echten|echtes)
            vermutung (hat sich bewahrheitet|ist richtig|ist korrekt|stimmt|war richtig|trifft zu)
            (sie haben|da haben sie|du hast) [völlig|vollkommen] recht
            betroffen (sind|ist) (sowohl|die|der|alle|auch|unsere)
        """,
        Says.REJECTED: """
            nicht mehr unterstützt
            (kein|keine|keinen) [echte|echtes|eigentliche] (lücke|sicherheitsl*|schwachst*|sicherheitsproblem*|sicherheitsrisik*|
                handlungsbedarf|fehler|bug)
            nicht als (lücke|sicherheitsl*|schwachst*|sicherheitsproblem*)
            (nicht betroffen|nicht ausnutzbar|nicht sicherheitsrelevant|nicht angreifbar|so gewollt|so vorgesehen|
                fehlalarm|erwartetes verhalten|gewolltes verhalten|wie vorgesehen|kein sicherheitsrelev*)
            (konnten|können|konnte|kann|lässt) ~ nicht (reproduzieren|nachvollziehen|nachstellen|bestätigen)
            thema damit durch
            ? harmlos*
        """,
        Says.DUPLICATE: """
            (bereits|schon|uns) [länger|seit längerem|intern|von anderer seite|früher|seit] (bekannt|gemeldet|
                berichtet)
            (duplikat|dublette|doppelt gemeldet)
        """,
        Says.NEEDS_INFO: """
            (benötigen|brauchen|bräuchten|benötige|brauche) [wir|ich] [noch|dafür|dazu] (weitere|mehr|zusätzliche|
                genauere|nähere|ein|eine|einen|die)
            (könnten|können|würden) sie ~ (mitteilen|senden|schicken|zusenden|nennen|prüfen|testen|erläutern|
                beschreiben|bereitstellen)
            bitte ~ (mitteilen|senden|schicken|nennen|teilen sie|prüfen|testen|gegentesten|erläutern)
            (senden|schicken|teilen|nennen|prüfen|testen) sie (uns|mir|bitte|ob)
            (hätten|haben) sie (einen|ein|eine|noch|vielleicht)
            (fehlen uns|fehlt uns|kommen wir nicht weiter|kommen wir so nicht weiter)
        """,
        Says.QUESTION: """
            (welche|welcher|welches|welchen|welchem) ~ (version|versionen|konfiguration|sie|du|gerät|modell|firmware)
            (wie|wo|womit|worauf|unter welchen) ~ (reproduz*|getestet|ausnutz*|auftritt|angreifer|sie)
            (tritt|besteht|funktioniert|passiert|war) ~ (auch|noch|bei|mit)
        """,
        Says.DEFERRED: """
            (zurückgestellt|niedrige priorität|geringe priorität|niedriger priorität|geringer priorität)
            (prüfen|untersuchen|analysieren|besprechen|bewerten) (wir|das|den|die|ihre|ihren|derzeit|dies)
            (wird|werden|wurde) ~ (geprüft|untersucht|analysiert|weitergeleitet)
            (in prüfung|in bearbeitung|kümmern uns|melden uns|melde mich|weitergeleitet|weitergegeben)
        """,
        Says.ARRIVED: """
            (dank|danke) [vielmals|sehr] für (ihre|die|deine|den|ihren|das|eure|deinen|ihr)
            (haben|bestätigen|habe) ~ (erhalten|eingang|empfang|empfangen|bekommen)
            (meldung|nachricht|bericht|hinweis|mail|e-mail) ~ (eingegangen|angekommen|erhalten|liegt)
            (läuft|geführt|erfasst|angelegt|registriert) [bei uns] [jetzt] (unter|als)
        """,
        Says.NOTHING_CAME: """
            (kein|keine|keinen|nichts) ~ (erhalten|angekommen|eingegangen|bekommen|gefunden)
            (anhang|anlage|datei) (fehlt|fehlte|war leer|ist leer|nicht angekommen)
        """,
        Says.WRITE_PLAIN: """
            (bitte|können|könnten|könnte) ~~ (unverschlüsselt|nicht verschlüssel*|ohne pgp|ohne verschlüsselung|
                im klartext|als klartext)
        """,
        Says.UNREADABLE: """
            (können|konnten|kann|konnte) ~ verschlüsselte* ~ nicht (öffnen|lesen|entschlüsseln)
            (nicht|weder) (entschlüsseln|entschlüsselt|lesbar|entschlüsselbar)
            lässt sich nicht (öffnen|entschlüsseln|lesen)
        """,
        Says.CREDIT: """
            (namentlich|danksagung|credit|credits|hall of fame|würdigung|erwähnen|erwähnung|erwähnt)
            (wie|ob|unter welchem) ~ (genannt|nennen|erwähnt|gewürdigt)
        """,
        Says.KEY: """
            (unser|unseren|mein|meinen|unserem|anbei der|neuer) [öffentlicher|öffentlichen|aktueller|neuer|aktuellen] (
                pgp|gpg|openpgp|schlüssel|pgp-schlüssel|public key)
        """,
        Says.NO_DATE: """
            (datum|termin|zeitplan|zeitpunkt|auslieferungstermin|zeitrahmen|zusage|zusagen|terminzusage) ~~ nicht (
                nennen|zusagen|versprechen|äußern|machen|fest|bekannt|absehbar|geben)
            nicht (absehbar|terminiert|eingeplant)
            (kein|keine|keinen|keinerlei) [festen|genauen|konkreten|verbindlichen|konkreter|genaue|konkrete|fester|
                verbindliche] (termin|datum|zeitplan|zeitpunkt|eta|zeitrahmen|terminzusage|prognose|zusage|release)
            (wann|termin|datum) ~ (unklar|offen|noch nicht|nicht sagen|ungewiss)
        """,
        Says.WILL_NOT: """
            (wird|werden|werde) ~ (nicht|kein|keine|keinen|nicht mehr) ~ (behoben|beheben|korrigiert|korrigieren|gefixt|
                fixen|patchen|gepatcht|geben|update|patch|fix|behandelt)
            (kein|keine|keinen) (fix|patch|update|updates|korrektur|sicherheitsupdate|sicherheitsupdates|patches) ~ (
                geplant|geben|vorgesehen|mehr)
        """,
        Says.LATER: """
            (bald|demnächst|in kürze|zeitnah|so schnell wie möglich|schnellstmöglich|baldmöglichst|in absehbarer zeit|
                irgendwann|zu gegebener zeit|künftig|mittelfristig)
            (nächste*|kommende*|folgende*|zukünftige*|künftige*|anstehende*) [großen|regulären|kleinen|geplanten] (
                release|version|update|patch|wartungsrelease|ausgabe|build|hauptversion|releases|versionen|firmware*)
            (sobald|wenn|nachdem) (die|der|das|wir|es|alle|alles)
        """,
        Says.OUT_NOW: """
            (ist|sind|steht|stehen) (jetzt|nun|ab sofort|seit|seit heute|soeben|bereits|mittlerweile|inzwischen) ~ (
                verfügbar|draußen|online|live|veröffentlicht|bereit|erschienen|freigegeben)
            (ab sofort|soeben|gerade eben|eben) [zum download|ist] (verfügbar|veröffentlicht|erhältlich|freigegeben|
                erschienen|bereit)
            steht [ihnen] [ab sofort|nun|jetzt] zum download
        """,
        Says.SEND: """
            (wenden|melden|schreiben|senden|schicken|richten|kontaktieren|nutzen|verwenden|einreichen|adresse|portal|
                formular|mailen|weiterleiten)
        """,
        Says.ASKING: "(bitte|sie sich|müssen|sollten|können sie|künftig|ausschließlich|direkt|zuständig|falsch)",
        Says.RATHER_NOT: "(nicht nötig|müssen nicht|brauchen nicht|nicht mehr)",
        Says.LEAVING: """
            (weitere informationen|fragen|rückfragen|näheres|mehr dazu|siehe|herunterladen|download|dokumentation)
        """,
        Says.RECEIPT: """
            (eingang|empfang|erhalt|erhalten|termin|datum|veröffentlichung|fix|patch|embargo|besprechung|behoben|
                behebung)
        """,
        Says.NOT: "(nicht|kein|keine|keinen|keinem|nie|weder|ohne|leider nicht|niemals)",
        Says.CONDITION: "(wenn|falls|sofern|ob|sobald|bevor|bis|vorausgesetzt)",
        Says.NOT_YET: "(wird|werden|werde|versuchen|noch zu|wollen|möchten|müssen noch|soll|noch nicht|würde|würden)",
        Says.SOFT: """
            (ohne gewähr|unverbindlich|kann sich noch|kann sich ändern|könnte sich|unter vorbehalt|vorbehaltlich|
                nicht garantieren|änderungen vorbehalten|nicht in stein gemeißelt|wenn alles gut geht|ohne garantie)
        """,
        Says.WOULD: "(würde|würden|wäre|könnte|könnten|frühestens)",
        Says.GOAL: """
            (ziel|zielen|angepeilt|peilen|anvisiert|streben|angestrebt|rechnen|erwarten|hoffen|hoffentlich|
                voraussichtlich|geplant|planen|wahrscheinlich|vermutlich|vorgesehen|brauchen|benötigen)
        """,
        Says.YES: """
            (einverstanden|passt|in ordnung|geht klar|keine einwände|stimmen zu|stimmen dem|akzeptieren|zustimmen|
                können wir leben|halten wir ein|ist ok|ist okay)
        """,
        Says.OURS: """
            (ihre|ihrer|ihren|ihr|ihrem) [geplante|geplanten|vorgeschlagene|genannte|genannten|angekündigte] (frist|
                veröffentlichung*|bericht|meldung|vortrag|nachricht|blogpost|artikel|mail|e-mail|termin|advisory)
            (sie|von ihnen) (planen|vorgeschlagen*|genannte*|gesetzte*|angekündigt*|schreiben|möchten)
            (frist|deadline)
        """,
        Says.SHARED: "(mit ihnen|koordinier*|gemeinsam*|abgestimmt*|abstimmen|gleichzeitig|zeitgleich)",
        Says.TOPIC: """
            (schwachst*|lücke*|sicherheit*|fehler*|problem*|bug|bugs|patch*|fix|fixes|behob*|beheb*|meldung*|bericht*|
                version*|release*|cve|update*|ticket|korrektur*|angriff*|angreifer|exploit*|veröffentlich*|test*|poc|
                verhalten|firmware|reproduz*|korrigier*|hinweis)
        """,
        Says.SPEAKER: "(wir|ich|uns|unser|unsere|unseren|unserer|mein|meine|mir|danke|dank|sie|ihre|ihr|ihren)",
        Says.ASSIGNED: """
            (ticket|vorgang|vorgangsnummer|fall|fallnummer|aktenzeichen|nummer|unter|registriert|erfasst|angelegt|
                geführt|referenz|kennung|eröffnet|ticketnummer)
        """,
        Says.ASIDE: """
            (veröffentlich*|offenleg*|frist|sperrfrist|embargo|termin|namentlich|danksagung|besprechung|telefonat|
                einverstanden|verschieben|warten|zeitplan|wann|genannt|koordin*|schlüssel|verschlüssel*)
        """,
    },
)
