"""Italian: the words of dates, fixes and the plainest answers."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="it",
    small_words="il lo la gli e è per una un del di che non si con sono vostra nella",
    months="""gennaio | febbraio | marzo | aprile | maggio | giugno | luglio | agosto | settembre | ottobre | novembre
        | dicembre""",
    short_months="gen | feb | mar | apr | mag | giu | lug | ago | set | ott | nov | dic",
    weekdays="lunedì | martedì | mercoledì | giovedì | venerdì | sabato | domenica",
    units={
        "day": "giorno giorni",
        "week": "settimana settimane",
        "weekend": "weekend",
        "month": "mese mesi",
        "quarter": "trimestre",
        "half": "semestre",
        "year": "anno anni",
        "hour": "ora ore",
    },
    parts={"early": "inizio inizi", "mid": "metà", "late": "fine finale"},
    next="prossimo prossima prossimi prossime",
    next_after="prossimo prossima",
    this="questo questa",
    last="scorso scorsa ultimo ultima",
    last_after="scorso scorsa",
    days_from_now={0: "oggi", 1: "domani", -1: "ieri"},
    numbers={1: "un una uno", 2: "due", 3: "tre", 4: "quattro", 5: "cinque", 10: "dieci", 15: "quindici", 30: "trenta"},
    few="alcuni pochi",
    ordinals={1: "primo prima", 2: "secondo seconda", 3: "terzo terza", -1: "ultimo ultima"},
    in_="tra fra in",
    within="entro",
    by="entro",
    until="fino",
    before="prima",
    after="dopo",
    since="dal da",
    not_="non",
    ago="fa",
    on="il al a per",
    of="di del della la il le",
    between="tra fra",
    from_="dal da",
    to="al",
    and_="e",
    or_="o",
    same="stesso stessa",
    year_cues="nel in",
    articles="il lo la un una",
    cues={
        Cue.FIX: "correzione corretto corretta correggere correggeremo patch aggiornamento aggiornamenti versione fix risolto",
        Cue.RELEASE: "rilascio rilasciato rilasciata rilasciare rilasceremo disponibile distribuito incluso inclusa",
        Cue.PUBLISH: "pubblicare pubblicato pubblicata pubblicheremo",
        Cue.DISCLOSE: "avviso bollettino divulgazione embargo pubblico",
        Cue.WORK: "lavorando lavoriamo sviluppo completare",
        Cue.OTHER: "segnalato segnalazione ricevuto riunione risposta rispondere ferie ufficio aggiorneremo ricontatteremo",
        Cue.FLAW: "vulnerabilità falla problema",
        Cue.MOVE: "posticipato rinviato spostato rimandato slittato",
        Cue.HOLD: "attendere aspettare",
        Cue.FUTURE: "sarà saranno previsto prevista prevediamo pianificato programmato rilasceremo",
        Cue.PAST: "è ha abbiamo stato stata",
        Cue.DONE: "corretto pubblicato pubblicata rilasciato rilasciata risolto disponibile incluso",
        Cue.HEDGE: "probabilmente dovrebbe dovremmo speriamo forse circa potrebbe contiamo possibilmente",
        Cue.NEGATION: "non nessuno nessuna mai",
        Cue.REQUEST: "preghiamo chiediamo cortesemente",
        Cue.AGREE: "accordo concordo d'accordo",
        Cue.CONDITION: "se salvo",
        Cue.THEIRS: "vostro vostra suo sua voi",
    },
    carriers="correzione patch aggiornamento aggiornamenti versione fix rilascio",
    be="essere",
    have="ha abbiamo",
    future_endings="erà arà irà",
    things="vulnerabilità problema falla",
    but="ma però perché",
    joins="e che noi la il",
    phrases={
        Says.CONFIRMED: """
            (confermiamo|confermo|confermata|confermato) [la|il|che|questa] (vulnerabilità|falla|problema|si tratta|la)
            (abbiamo|siamo riusciti a) [potuto] (riprodotto|riprodurre|confermato|verificato)
        """,
        Says.REJECTED: """
            (non|nessun|nessuna) ~ (vulnerabilità|problema di sicurezza|rischio|sfruttabile) ! (corretta|pubblicare|riprodurre)
            (comportamento) (previsto|atteso|voluto)
            (non verrà|non sarà|non correggeremo) ~ (corretta|corretto|correzione)
            (fuori) (ambito|perimetro|scope)
        """,
        Says.DUPLICATE: "(già) (nota|noto|segnalata|segnalato|conosciuta)\n(duplicato|duplicata)",
        Says.NEEDS_INFO: """
            (potrebbe|potreste|potete|può) ~ (inviare|fornire|indicare|specificare|verificare)
            (non siamo riusciti|non riusciamo) ~ (riprodurre|riprodurlo)
        """,
        Says.ARRIVED: "(grazie) (per|della|dell|di)\n(abbiamo) ricevuto\n(stiamo) (esaminando|analizzando|verificando)",
        Says.NOTHING_CAME: "non abbiamo ricevuto (nulla|nessun|nessuna|la|il)",
        Says.NO_DATE: "(non|nessuna) ~ (data|tempistica|scadenza)",
        Says.WILL_NOT: "(non verrà|non sarà|non correggeremo) ~ (corretta|corretto|correzione)",
        Says.LATER: "(presto|prossimamente|prima possibile)\n(prossima|prossimo) (versione|aggiornamento|rilascio)",
        Says.SEND: "(inviare|scrivere|contattare|scriva|inviate)",
        Says.ASKING: "(per favore|prego|può|potete)",
        Says.NOT: "(non|nessun|mai|senza)",
        Says.CONDITION: "(se|quando)",
        Says.NOT_YET: "(stiamo cercando di|proveremo a)",
        Says.GOAL: "(previsto|prevista|speriamo|obiettivo|dovrebbe|contiamo)",
        Says.TOPIC: "(corre*|vulnerab*|versione|segnal*|sicurezza|problema)",
        Says.SPEAKER: "(noi|abbiamo|grazie|nostro|nostra)",
        Says.ASSIGNED: "(numero|riferimento|caso|ticket|vostra|registrato)",
    },
)
