"""French: the words of vendors' mails."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="fr",
    small_words="le la les et est nous vous votre pour une un des du dans que sera pas sur en ce qui à",
    months="""janvier | février fevrier | mars | avril | mai | juin | juillet | août aout | septembre | octobre | novembre
        | décembre decembre""",
    short_months="janv | févr fév fev | | avr | | | juil | | sept | oct | nov | déc dec",
    everyday="mars",
    weekdays="lundi | mardi | mercredi | jeudi | vendredi | samedi | dimanche",
    short_weekdays="lun | mar | mer | jeu | ven | sam | dim",
    units={
        "day": "jour jours journée",
        "week": "semaine semaines",
        "weekend": "weekend week-end",
        "month": "mois",
        "quarter": "trimestre trimestres",
        "half": "semestre",
        "year": "année années an ans",
        "hour": "heure heures",
        "minute": "minute minutes",
    },
    parts={"early": "début debut", "mid": "mi milieu courant", "late": "fin"},
    half_words="semestre moitié quinzaine",
    next="prochain prochaine prochains prochaines",
    next_after="prochain prochaine suivant suivante",
    this="ce cet cette",
    last="dernier dernière",
    last_after="dernier dernière passé passée",
    days_from_now={0: "aujourd'hui", 1: "demain", 2: "après-demain", -1: "hier", -2: "avant-hier"},
    numbers={
        1: "un une",
        2: "deux",
        3: "trois",
        4: "quatre",
        5: "cinq",
        6: "six",
        7: "sept",
        8: "huit",
        9: "neuf",
        10: "dix",
        12: "douze",
        14: "quatorze",
        15: "quinze",
        30: "trente",
        60: "soixante",
    },
    few="quelques",
    ordinals={
        1: "premier première 1er 1re",
        2: "deuxième second seconde 2e 2ème",
        3: "troisième 3e 3ème",
        4: "quatrième 4e 4ème",
        -1: "dernier dernière",
    },
    in_="dans en",
    within="sous d'ici",
    by="d'ici",
    until="jusqu'au jusqu'à jusqu'en jusqu'aux",
    before="avant",
    after="après dès",
    since="depuis",
    not_="pas ne",
    from_now="plus",
    on="le au à pour",
    of="de des du la le les d l d'",
    between="entre",
    from_="du",
    to="au à",
    and_="et",
    or_="ou",
    same="même",
    then="là",
    year_cues="en",
    week_names="semaine s",
    quarter_letters="t q",
    half_letters="s",
    feasts={"12-25": "noël noel"},
    articles="le la les un une l'",
    cues={
        Cue.FIX: """
            correctif correctifs correction corrections corrigé corrigée corrigés corrigées corriger corrigeons patch
            patchs mise_à_jour mises_à_jour version versions résolu résolue résoudre résolution solution firmware
            rustine contournement palliatif remédiation paquet paquets build
        """,
        Cue.RELEASE: """
            sortie sortira sortir déployé déployée déployés déployer déploiement disponible disponibles livré livrée
            livrer livraison livrerons intégrée intégré intégrer mis_en_ligne mise_en_ligne mise_à_disposition diffusé
            diffusée diffuser diffusion paru parue paraîtra sorti sortie_prévue en_production fusionné fusionnée
            embarqué embarquée inclus incluse release
        """,
        Cue.PUBLISH: "publier publié publiée publiés publierons publions sera_publié publication",
        Cue.DISCLOSE: """
            avis bulletin embargo divulgation divulguer divulguez rendre_public rendu_public annonce annoncer
            communication publique article billet
        """,
        Cue.WORK: "travaillons travaille développement tests recette validation s'en_occupe traiter traité finaliser",
        Cue.OTHER: """
            signalé signalement reçu reçue réunion réponse répondre répondrons congé congés absent absente bureau
            reviendrons revenir retour recontacter recontacterons tiendrons informerons analyse analysons examiner
            étudier appel visio férié vacances transmis contacté écrit courriel message
        """,
        Cue.FLAW: "vulnérabilité vulnérabilités faille failles problème bug bogue défaut",
        Cue.MOVE: "reporté reportée repoussé repoussée décalé décalée retard retardé glisse glissé reporter décaler",
        Cue.HOLD: "attendre patienter attente jusqu'au confidentiel",
        Cue.FUTURE: """
            sera seront serons prévu prévue prévus prévues prévoyons prévoit allons va vont planifié planifiée
            programmé programmée corrigerons publierons livrerons déploierons sortira arrivera paraîtra comptons
            devez_attendre aura aurons
        """,
        Cue.PAST: "a avons était été a_été ont avait",
        Cue.DONE: """
            corrigé corrigée corrigés publié publiée déployé déployée disponible livré livrée résolu résolue intégré
            fusionné diffusé diffusée sorti sortie paru inclus mis_en_ligne mise_en_ligne
        """,
        Cue.HEDGE: """
            probablement devrait devraient devrions espérons espère peut-être envisageons environ pourrait pourraient
            visons vise objectif idéalement normalement sauf a_priori estimons estimé estimation vers possible
            courant provisoire essaierons tâcherons si_tout_va_bien
        """,
        Cue.NEGATION: "pas aucun aucune jamais non ne n'est n'a ni",
        Cue.UNLIKELY: "impossible improbable refusons exclu",
        Cue.REQUEST: "merci_de demandons prions veuillez pourriez demander souhaitons souhaiterions svp",
        Cue.AGREE: "accord d'accord convient acceptons parfait entendu confirmons",
        Cue.CONDITION: "si sauf sous_réserve réserve à_condition",
        Cue.THEIRS: "votre vos vous",
        Cue.HEARSAY: "fournisseur éditeur_tiers",
    },
    carriers="correctif correctifs correction patch patchs version versions firmware solution paquet build sortie",
    be="être",
    have="a avons ont",
    things="vulnérabilité vulnérabilités faille failles problème problèmes",
    but="mais cependant toutefois tandis_que car parce_que donc",
    joins="et qui nous la le ce cela elle il puis dont",
    subjects="nous il elle la le sera vous je",
    leads="en_raison suite_à comme puisque dès_que une_fois lorsque quand après",
    abbreviations="réf ref art vers env cf m mme janv févr avr juil sept oct nov déc",
    phrases={
        Says.CONFIRMED: """
            (confirmons|confirme|confirmé) [bien|que] (la|cette|le|ce|l'existence|votre|vos) ~ (vulnérabilité|
                faille|problème|défaut|bug|analyse|comportement)
            (avons|pu|ai|réussi) [bien|pu] (reproduire|reproduit|confirmer|confirmé|vérifier|valider)
            (reproduisons|reproductible|reproduit) (le|la|bien|chez|aussi|également) ! (pas)
            (vulnérabilité|faille|problème|défaut) [est|a été] (avérée|avéré|confirmée|confirmé|réelle|réel|
                reconnue|reproduite)
            (bien|belle|bonne) (vu|trouvaille|prise)
            (vous avez|votre analyse est) (raison|correcte|exacte|juste)
            (est|sommes) bien (vulnérable|vulnérables|affecté|affectés|concernés|une vulnérabilité|une faille)
        """,
        Says.REJECTED: """
            (n'est|n'y|ne|pas|aucun|aucune|ni) ~ (vulnérabilité|faille|problème de sécurité|risque|exploitable|
                impact) ! (corrigé|corriger|publier|divulguer|reproduire|encore|correctif|reçu)
            comportement (attendu|normal|voulu|prévu|documenté)
            (hors|en dehors) [du|de] (périmètre|scope|programme)
            (ne sera|ne corrigerons|ne prévoyons|n'allons) [pas] ~ (corrigé|corrigée|corriger|correctif|pas)
            (n'est|n'est plus|plus) (maintenu|maintenue|supporté|supportée|pris en charge|prise en charge)
            (par conception|faux positif|théorique|fin de vie|best practice|bonne pratique)
            (nécessite|suppose|exige) ~ (droits|privilèges|administrateur|accès physique)
            (clôturons|fermons|clos|clôturé|classons|rejeté|rejetons) [ce|le|votre|sans] (ticket|dossier|
                signalement|rapport|suite)
            (ne répond|ne remplit|ne satisfait) pas ~ (critères|définition|conditions)
        """,
        Says.DUPLICATE: """
            déjà (connue|connu|signalée|signalé|rapportée|rapporté|remontée|identifiée|identifié|suivi|suivie|
                enregistré)
            (doublon|duplicata)
            (même|identique) (problème|vulnérabilité|faille|signalement) ~ (signalé|reçu|déjà|autre|rapporté)
            (autre|premier|précédent) (chercheur|rapport|signalement|rapporteur) ~ (signalé|déjà|avant|même)
            (connaissance|au courant) (de cette|de ce|du problème)
        """,
        Says.NEEDS_INFO: """
            (pourriez|pouvez|pourrais|peux|veuillez|merci de) [vous|bien|nous|s'il] ~ (préciser|fournir|envoyer|
                indiquer|transmettre|décrire|détailler|tester|vérifier|confirmer si|communiquer|joindre|expliquer)
            (besoin|manque|manquent) (de|d'|des) ~ (précisions|détails|informations|preuve|étapes|version)
            (ne parvenons|n'arrivons|n'avons|parvenons) [pas] ~ (reproduire|pas pu reproduire)
            (quelle|quelles) (version|versions|configuration|étapes)
            (sans|attendons|en attente) (de|vos|votre) ~ (informations|retour|détails|réponse|précisions)
        """,
        Says.QUESTION: "(avez-vous|pouvez-vous|pourriez-vous|quelle|comment|est-ce que vous|utilisez-vous)",
        Says.DEFERRED: "(priorité basse|faible priorité|basse priorité|mis en attente|ultérieurement|backlog)",
        Says.ARRIVED: """
            (accusons|accuse) [bonne|bien] réception
            merci [beaucoup|bien|encore] (de|pour|d'avoir) [votre|le|ce|nous|avoir|vos]
            (bien reçu|avons reçu|ai reçu|bien parvenu|a été transmis|avons transmis|remercions)
            (nous|équipe|équipes) (étudions|examinons|analysons|allons examiner|allons étudier)
        """,
        Says.NOTHING_CAME: """
            (n'avons|n'ai|avons) [pas|rien] [encore|toujours] (rien reçu|pas reçu|reçu aucun|reçu aucune)
        """,
        Says.WRITE_PLAIN: """
            (merci de|veuillez|pourriez-vous|pouvez-vous) ~ (en clair|sans chiffrement|non chiffré|ne plus chiffrer|
                ne pas chiffrer)
        """,
        Says.UNREADABLE: "(impossible|pas|n'avons) ~ (déchiffrer|lire votre message)",
        Says.CREDIT: "(remerciements|crédits|crédité|créditer|hall of fame|mentionner votre nom)",
        Says.KEY: "(notre|ma|clé|voici) [clé|clef] (publique|pgp|gpg|openpgp)",
        Says.NO_DATE: """
            (aucune|pas|ne) ~ (date|calendrier|échéance|délai) ! (publier|divulguer)
            (impossible|difficile) de ~ (date|délai|calendrier)
        """,
        Says.WILL_NOT: """
            (ne sera pas|ne seront pas|ne corrigerons pas|ne prévoyons pas) ~ (corrigée|corrigé|corriger|correctif)
        """,
        Says.LATER: """
            (bientôt|prochainement|dès que possible|au plus vite|dans les meilleurs délais|sous peu)
            (prochaine|prochain|future|suivante) (version|mise à jour|livraison|release|correctif|maintenance|
                mineure|majeure)
            (version|mise à jour) (suivante|prochaine|ultérieure|à venir)
        """,
        Says.OUT_NOW: """
            (est|sont) (maintenant|désormais|à présent) (disponible|disponibles|publié|publiée|en ligne|corrigé|
                corrigée|déployé)
            (vient|viennent) d'être (publié|publiée|publiés|déployé|mis|mise)
            (est|sont) ~ maintenant
        """,
        Says.SEND: """
            (envoyer|envoyez|écrire|écrivez|contacter|contactez|adresser|adressez|utiliser|utilisez|passer|signaler)
        """,
        Says.ASKING: "(veuillez|merci de|vous pouvez|pouvez|pourriez|svp|prière de|adresse suivante|il faut)",
        Says.RATHER_NOT: "(ne pas|n'est pas nécessaire)",
        Says.LEAVING: "(question|questions|plus d'informations|en savoir plus|voir aussi)",
        Says.RECEIPT: "(réception|reçu|date|correctif|publication|embargo)",
        Says.ASIDE: "(publier|divulguer|embargo|date|créditer|clore|réunion|accord)",
        Says.NOT: "(pas|ne|n'est|n'a|n'avons|aucun|aucune|jamais|sans)",
        Says.CONDITION: "(si|lorsque|quand|dès que|une fois|sauf)",
        Says.NOT_YET: "(allons|va|devons|afin de|pour pouvoir|essayons de)",
        Says.SOFT: "(sous réserve|sans garantie|sans engagement|peut changer|peut encore|si tout va bien)",
        Says.WOULD: "(pourrait|au plus tôt|serait)",
        Says.GOAL: "(visons|prévu|prévue|espérons|devrait|objectif|comptons|planifié|probablement)",
        Says.YES: "(d'accord|convient|acceptons|pas d'objection|entendu|parfait)",
        Says.OURS: "(votre|vos) ~ (publication|date|échéance|délai|article|embargo)",
        Says.SHARED: "(avec vous|coordon*|conjointe*)",
        Says.TOPIC: "(correct*|vulnérab*|faille*|version*|signal*|sécurité|problème*|publi*|rapport*)",
        Says.SPEAKER: "(nous|je|notre|mon|merci|votre)",
        Says.ASSIGNED: "(numéro|référence|réf|dossier|ticket|votre|ouvert|enregistré|sous)",
    },
)
