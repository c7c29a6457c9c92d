"""English: the words of vendors' mails, and of English that stands in mails of other languages."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="en",
    small_words="""
        the and is to of for this that we you your it in with will are not have be on our has an can as was if
    """,
    months="""january | february | march | april | may | june | july | august | september | october | november
        | december""",
    short_months="jan | feb | mar | apr | may | jun | jul | aug | sep sept | oct | nov | dec",
    everyday="may march august",
    weekdays="monday | tuesday | wednesday | thursday | friday | saturday | sunday",
    short_weekdays="mon | tue tues | wed weds | thu thur thurs | fri | sat | sun",
    units={
        "day": "day days",
        "workday": "workday workdays weekday weekdays",
        "week": "week weeks wk wks fortnight",
        "weekend": "weekend weekends",
        "month": "month months",
        "quarter": "quarter quarters qtr",
        "year": "year years",
        "hour": "hour hours hrs hr",
        "minute": "minute minutes mins",
    },
    parts={
        "early": "early beginning start begin",
        "mid": "mid middle midway halfway",
        "late": "late end ends later",
    },
    half_words="half",
    next="next coming upcoming following",
    this="this current",
    last="last past previous",
    days_from_now={0: "today tonight", 1: "tomorrow tmrw tomorow", -1: "yesterday"},
    numbers={
        1: "a an one",
        2: "two couple",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        11: "eleven",
        12: "twelve",
        14: "fourteen",
        15: "fifteen",
        20: "twenty",
        21: "twenty-one",
        30: "thirty",
        45: "forty-five",
        60: "sixty",
        90: "ninety",
    },
    few="few several some",
    ordinals={
        1: "first 1st",
        2: "second 2nd",
        3: "third 3rd",
        4: "fourth 4th",
        5: "fifth",
        -1: "last final",
    },
    in_="in over after",
    within="within inside under",
    by="by through thru",
    until="until till til",
    before="before prior ahead pre",
    after="after past following",
    not_="not no",
    latest="latest",
    earliest="earliest soonest",
    ago="ago back earlier",
    from_now="later now time out away hence",
    on="on at for since from around about",
    of="of the",
    between="between beween betwixt",
    from_="from",
    to="to until till through thru and",
    and_="and",
    or_="or",
    same="same",
    then="then that",
    year_cues="in by before during until late early mid of since",
    new_year="year year's years",
    week_names="week wk cw kw w ww",
    quarter_letters="q",
    half_letters="h",
    feasts={"12-25": "christmas xmas", "12-24": "christmas-eve", "10-31": "halloween"},
    patch="patch patching",
    patch_days="tuesday day",
    cues={
        Cue.FIX: """
            fix fixes fixed fixing fixe bugfix bugfixes patch patches patched patching hotfix hotfixes update updates
            updated version versions build builds rebuild mitigation mitigations mitigate mitigated mitigating remediate
            remediated remediation remediating resolve resolved resolves resolution resolving address addressed
            addressing correct corrected correction corrections firmware workaround workarounds backport backported
            backporting upgrade upgraded solve solved solution repaired repair cu sp hardened hardening tag image
            images package packages changeset pr
        """,
        Cue.RELEASE: """
            release releases released releasing ship ships shipped shipping available availability deploy deploys
            deployed deployment deploying rollout land lands landed landing merged merge merging live launch launched
            launching ga delivered deliver delivery out complete completed push pushed pushing rolled roll rolling
            rebuilt tagged cut pr upload uploaded goes_in go_in went_in going_in put_out get_out getting_out
            get_it_out get_this_out backed included include integrate integrated integrating incorporate incorporated
            bundle bundled published_to ready
        """,
        Cue.PUBLISH: "publish publishes published publishing post posted posting",
        Cue.DISCLOSE: """
            advisory advisories disclose disclosed disclosure disclosing discloses publication embargo embargoed public
            publicly announcement announce announced announcing bulletin bulletins write-up writeup blog details
            publicize publicised go_public going_public
        """,
        Cue.WORK: """
            work_on working_on worked_on work_through pick_up pick_this pick_it get_done get_this get_it get_that
            get_to do_this do_it do_that doing_this have_it have_this have_that have_something done finish finished
            finalize finalise handle handled tackle tackled wrap_up sort_out sorted_out take_care taken_care commit
            committed apply applied implement implemented implementation development testing qa ready_to pull_request
            send_a_pr raise_a_pr open_a_pr submit_a_pr make_those make_these make_the make_this make_it get_around
            look_into looking_into patch_set series code_complete
        """,
        Cue.OTHER: """
            reported discovered received found submitted sent identified meeting meetings call calls respond response
            reply replied answer contact contacted investigate investigating investigation review reviewing reviewed
            look looking looked test tests retest verify verification evaluate analyse analyze analysis analysing
            analyzing triage triaged triaging holiday holidays vacation away office closed close closing expire expires
            expired deadline freeze freezes introduced logged requested started start begin begins meet discuss
            discussed know back travelling traveling travel internally schedule hear heard get_back come_back
            follow_up feedback status sync chat talk speak inform informed let_you keep_you update_you updating_you
            ping reach_out escalate escalated escalation forwarded leave pto conference workshop bounty payout payment
            pay cve confirmed confirm reproduced reproduce joined hired wrote written mail email emailed mailed
            disagree noticed report reports reporting survey audit expect_to_hear estimate estimates opened assigned
            assessed assess assessment decide decision
        """,
        Cue.FLAW: """
            vulnerability vulnerabilities vuln vulns issue issues flaw flaws weakness weaknesses bug bugs finding
            findings exploit exploits cve cves zero-day poc
        """,
        Cue.MOVE: """
            delay delayed delaying delays postpone postponed postpones postponing push_back pushed_back push_out
            pushed_out pushed_to push_to move moved moves moving slip slipped slips slipping reschedule rescheduled
            rescheduling shift shifted shifting extend extended extension brought_forward bring_forward pulled_in
            pulled_forward bumped changed_to
        """,
        Cue.HOLD: "hold holding wait withhold refrain coordinate until delay_disclosure keep_private confidential",
        Cue.FUTURE: """
            will shall would going plan plans planned planning schedule scheduled slated due intend intends intended
            expect expects expected expecting target targets targeted targeting aim aims aiming eta gonna upcoming
            scheduling track mapped promise promised promises want wants wanna need needs pencilled penciled earmarked
            lined set_for destined looking_at looking_to commit_to committed_to timeline roadmap milestone anticipate
            anticipates anticipated gunning shooting wanting about_to can won't wouldn't let's
        """,
        Cue.PAST: "was were has have had been did wasn't weren't hasn't haven't didn't",
        Cue.DONE: """
            fixed patched mitigated remediated resolved addressed corrected backported upgraded solved repaired released
            shipped deployed landed merged launched delivered published posted disclosed announced completed went live
            out available pushed rolled tagged cut uploaded included integrated incorporated hardened committed
            finished done implemented sorted rebuilt updated closed picked_up went_out came_out put_out got
        """,
        Cue.HEDGE: """
            hope hopes hoping hopefully should might could tentative tentatively target targeting aim aims aiming
            estimate estimated estimates estimating estimation estimates probably likely possibly possible perhaps maybe
            try trying tries believe think thinking projected approximately approx roughly around proposed proposal
            propose suggest expected expect expecting expectation expects preliminary provisional provisionally
            realistic realistically best-effort rough considering intended looking anticipate anticipated anticipates
            potentially presumably pencilled penciled ballpark ish shooting gunning if_all_goes all_being goal guess
            reckon assume assuming suppose guesstimate optimistic optimistically tbd tbc unless_something ideally
            attempt attempting barring fingers_crossed with_luck wish would_like want
        """,
        Cue.NEGATION: """
            not no never none without unable cannot neither nor don't doesn't won't can't isn't aren't wasn't weren't
            hasn't haven't didn't wouldn't couldn't shouldn't nothing nobody hardly ain't
        """,
        Cue.UNLIKELY: """
            unlikely impossible miss missed misses refuse refused decline declined wontfix doubt doubtful off_the_table
            ruled_out out_of_reach not_going unrealistic slipped_past fell_through
        """,
        Cue.REQUEST: """
            please kindly ask asks asked asking request requests requesting requested appreciate grateful
            would_you could_you can_you ask_you
        """,
        Cue.AGREE: """
            agree agreed agrees ok okay fine good works accept accepted confirm confirmed confirms acceptable objection
            objections happy
        """,
        Cue.CONDITION: """
            if unless provided providing assuming depending pending subject contingent conditional dependent depends
            whenever
        """,
        Cue.THEIRS: "your you yours",
        Cue.HEARSAY: "supplier researcher reporter upstream apparently rumour rumor vendor's rumoured",
    },
    carriers="""
        fix fixes patch patches hotfix hotfixes bugfix bugfixes update updates version versions build builds rebuild
        mitigation mitigations firmware workaround workarounds backport upgrade cu sp release releases solution
        resolution correction corrections remediation tag image images package packages pr
    """,
    acts="fix patch update upgrade backport address release merge ship tag",
    be="be being get gets getting to when once until as already-not",
    have="have has had",
    articles="the a an",
    goes_out="""
        is are was went get go goes going be come comes came coming it now already push roll this that them finally just
        hopefully 's putting put getting probably should
    """,
    things="""
        issue issues vulnerability vulnerabilities bug bugs problem problems finding findings defect flaw flaws weakness
        behavior behaviour vuln vulns
    """,
    but="but however although though whereas while therefore because since_we so_that unless",
    joins="""
        and so then which we it i this they you he she there that please dont don't i'll we'll i'm we're our as with
        probably hopefully currently once when where meaning
    """,
    subjects="""
        we i it then they you he she the_fix the_patch the_update the_advisory the_details will that this our should
        is are expect hope plan aim i'll we'll would have could can
    """,
    leads="""
        due_to because since as given although though while when once after owing_to in_order_to before despite
    """,
    abbreviations="""
        e.g i.e ver v no nr num ref approx ca incl vs mr mrs ms dr st jan feb mar apr jun jul aug sep sept oct nov dec
        vers rel est dept inc ltd corp co fig sec etc al cf ext tel
    """,
    phrases={
        Says.CONFIRMED: """
            (we|i|team|engineers|developers|maintainers|engineering|devs|colleagues|they|r&d|development|psirt|
                qa) ~ (confirm|confirmed|confirms|reproduced|reproduce|replicate|replicated|validated|validate|
                verified|recreated|recreate|reproduces)
            (able|managed|possible) to (reproduce|replicate|confirm|verify|validate|recreate|trigger|repro|see)
            (reproduced|confirmed|verified|validated|replicated) (it|this|that|your|the|on|in|with|here|locally|
                internally|and|by|as|against|thanks|thank)
            (can|could|did) [indeed|also|now|easily|readily] (reproduce|replicate|confirm|verify|validate|recreate|
                repro|see) [the|this|it|that|your|a] (crash|issue|problem|bug|behavior|behaviour|vulnerability|this|
                it|that|same|finding|overflow|leak|finding|here|locally|on|with)
            (reproduces|repros) (for|on|here|with|fine|in|reliably)
            (vulnerab*|issue|bug|problem|finding|report|behavior|behaviour|defect|flaw|weakness|exploit|crash|poc|
                submission) (is|was|has been|have been|are|were) [now|indeed|also|independently|
                successfully] (confirmed|reproduced|validated|verified|valid|acknowledged|accepted|real|genuine|
                legitimate|legit|reproducible|triaged|replicated)
            (this|it|that|which|yours|these|report) (is|are|looks|seems|appears|does look) [to be|like] [indeed|
                definitely|clearly|certainly|very much|in fact|actually] (a|an) (valid|genuine|real|legitimate|true|
                actual|serious|security|exploitable|legit|nasty|significant|critical|vulnerability|vuln|bug|defect|
                flaw|oversight|mistake|regression|heap|stack|memory|xss|sql|path|use-after-free|buffer)
            (this|it|that) (is|was) (indeed|definitely|clearly|certainly|a real) ~ (bug|issue|problem|vulnerability|
                flaw|wrong|broken|exploitable|vulnerable|real)
            (valid|legit|legitimate|genuine) (finding|report|issue|bug|vulnerability|concern|point|submission|
                security|findings)
            (good|great|nice|excellent|awesome) (catch|find|finding|spot)
            (you are|you're|you were|your analysis is|your assessment is|your finding is|your findings are|
                your report is) [absolutely|completely|quite|totally|entirely|indeed] (right|correct|accurate|
                spot on|valid|sound)
            (agree|agrees|agreed|concur|concurs) with [all of] (your|the|you) [assessment|analysis|finding|findings|
                conclusion|report|that]
            (confirm|confirms|confirmed|confirming) that [it|this|the|your|we|our] ~ (affected|vulnerable|
                vulnerability|issue|bug|reproducible|exploitable|valid|real|flaw|present|affects|exists)
            (acknowledge|acknowledges|acknowledged|accept|accepts|accepted) [the|these|this|your|that|
                it] (vulnerab*|issue|issues|bug|problem|finding|findings|flaw|defect|as)
            (we|our|product|products|versions|we're|releases|branches) (are|is) [indeed|also|in fact|all|
                currently] (affected|vulnerable|exploitable|impacted)
            (identified|found|located|tracked down|understand|pinpointed|isolated) the (root cause|problem|cause|
                culprit|bug|underlying|faulty|offending|bad)
            root cause ~ (identified|found|understood|is|was)
            (rated|classified|scored|assessed|triaged|categorised|categorized|ranked|graded|treating|treat|consider|
                considers|regard) [it|this|the|these|your|as] ~ (high|critical|medium|moderate|important|low|severe|
                p1|p2|p3|sev|severity|vulnerability|security) (severity|priority|vulnerability|issue|bug|defect|
                risk|impact|rating)
            severity [rating] [of|is|as] (high|critical|medium|moderate|important)
            (should not|shouldn't|must not|not supposed to) (happen|be possible|be allowed|have happened|have been|
                crash|be reachable|be exposed)
            (our|my) (mistake|fault|bad|oversight|bug|error)
            (bug|issue|flaw|problem|vulnerability|overflow|defect|hole|mistake) (is|was|lies|sits|exists|
                resides) [present] in (our|the) (code|parser|handler|library|codebase|driver|product)
            (poc|proof of concept|exploit|reproducer|testcase|test case|script|sample|steps) ~ (works|worked|
                triggers|crashes|crashed|triggered|fires) [here|for|as|on|our|the|reliably|against]
            (qualifies|qualify|eligible) (as|for) ~ (vulnerability|bounty|cve|security|reward)
            (does|do|did) (affect|impact) (us|our|the|all|every|production|version)
            (definitely|certainly|clearly|indeed) (a|an) ~ (bug|vulnerability|issue|problem|flaw|hole)
            indeed (vulnerable|exploitable|affected|broken|wrong|missing|reproducible|reachable)
            [this|that] (looks|sounds|seems) (legit|real|bad|serious|nasty|right|exploitable)
            finding is valid
            (has|have) been (confirmed|validated|reproduced|accepted|triaged|verified) (by|as|and|on|in|internally|
                with)
            same (crash|result|behaviour|behavior|thing|overflow|asan) (here|on|with|in|as)
            ? (yes|yep|yeah|yup) [this|that|it|you] (is|it|we|this|that|are|can|does|looks|confirmed)
            ? (we|i) (see|saw|understand) the (problem|issue|crash|bug|flaw)
            ? (fib|this|that|it|we) (seems|seem|appears|appear) to (have|suffer|be) [from] [the] (same|vulnerable|
                affected|issue|problem|real|exploitable|valid)
            ? will need to be (fixed|addressed|patched)
            ? (needs|deserves|warrants) (a|to be) (fix|fixing|fixed|patch|addressed|cve)
        """,
        Says.REJECTED: """
            (is|are|be|was|were|constitute*|consider*|view*|treat*|represent*|as|its|this) ~ (not|n't|no|never|
                isn't|aren't|wasn't) [really|actually|in itself|by itself|considered|be|a|an|any|as|strictly|
                technically|in our view|to be|in our opinion] [a|an|any|as] [security|real|genuine|practical|valid|
                product|software|true|exploitable|meaningful|significant|serious|actual|
                defect] [security] (vulnerabilit*|vuln|issue|issues|bug|bugs|risk|risks|concern|concerns|problem|
                problems|flaw|flaws|threat|defect|weakness|hole)
            (isn't|aren't|wasn't|not) [really|actually|in itself|by itself|considered|a|an|any|strictly|
                technically] [a|an|any] [security|real|genuine|practical|valid|product|software|true|exploitable|
                meaningful] [security] (vulnerability|vulnerabilities|vuln|security issue|security bug|
                security flaw|security problem|security risk|security concern|security defect|bug|flaw|defect|
                threat)
            (do|does|did|would|can) not ~ (consider|constitute|regard|view|treat|see|classify|represent|qualify|
                count|categorize|categorise|believe|rate|pose|agree|warrant|merit|deem|label|present) ~ (vulnerab*|
                issue|bug|risk|security|problem|flaw|threat|exploitable|cve|weakness|boundary)
            (don't|doesn't|didn't|wouldn't|can't) ~ (consider|constitute|regard|view|treat|see|classify|represent|
                qualify|count|categorize|believe|rate|pose|warrant|merit|deem|label|present) ~ (vulnerab*|issue|bug|
                risk|security|problem|flaw|threat|exploitable|cve|weakness|boundary)
            (not|n't|doesn't|don't|didn't|fails to|fail to|failed to|cannot|never) [quite|currently|yet] (meet|
                meets|satisfy|satisfies|fulfil|fulfill|reach|qualify|clear|rise|cross|pass) ~ (bar|definition|
                criteria|threshold|requirements|requirement|standard|standards|level|boundary|bounty|program|
                vulnerability|servicing|eligib*|cve)
            (is|are|works|working|work|behaves|behaving|behave|functions|functioning|was|were|operates|operating|
                all) [entirely|perfectly|exactly|just|simply|currently|actually|still] (by design|as designed|
                as intended|as expected|as documented|per spec|intentional|intended|deliberate|on purpose|
                per the spec|to spec)
            by design
            (working|works|behaving|functioning|performing|operating) (as|exactly as|just as|how) [it|we|was|were|
                is] (intended|designed|expected|specified|documented|should|supposed)
            (intended|expected|documented|intentional|desired|known|normal|correct|deliberate|legitimate) (behavior|
                behaviour|behaviors|behaviours|functionality|feature|design|use)
            (deliberate|conscious|intentional) (choice|decision|design|trade-off|tradeoff|behaviour|behavior)
            (out of|outside|outside of|beyond|not in|not within|falls outside|fall outside|excluded from|
                out-of) [the|our|its|of|this|program|programme's|program's|bounty] [the|our|current|stated|
                published|bug|defined|bounty|security|disclosure] (scope|threat model|policy|programme|program|
                security boundary|remit)
            (not|isn't|aren't|never|n't) ~ (in scope|within scope|covered by|eligible|in our scope|
                part of our threat|part of the threat|a security boundary|considered a security boundary|a boundary|
                supported configuration|a supported)
            (won't|wont|will not|wouldn't|would not|won't be|will not be) [be] (fix|fixing|fixed|patched|patch|
                patching|address|addressing|addressed|pursue|pursuing|change|changing|changed|issue|issuing|issued|
                assign|assigning|backport|backported|track|tracking|correct|corrected|request|requesting|taking any|
                take any|take further|release|remediate|remediated|treat|treating|consider|accept|accepted|merge|
                be any)
            (wontfix|won't-fix|notabug|cantfix|nofix)
            (not going|not planning|no plan|no plans|no intention|not intend|don't plan|do not plan|don't intend|
                do not intend|never intended|not willing|not want|don't want|see no need|no need|not be able|
                do not think that we want|don't think we want) [to|of|for] [be|rush out|make|making|any|a|
                us to] (fix|fixing|fixed|patch|patching|change|changing|changes|address|addressing|backport|
                backporting|release|releasing|pursue|mitigate|rush|issue|remediate|act|support|treat|do anything|
                restrict|remove)
            (decided|elected|chosen|opted|agreed) (not to|against|to not|to close|to leave|to accept the risk|
                to decline|to reject) [fix|patch|change|address|pursue|backport|this|it|the|as|fixing|patching|
                issue]
            (declin*|reject*|dismiss*|refus*) [this|your|the|it|to] (report|submission|issue|request|ticket|finding|
                as|fix|treat|case|assign)
            (report|submission|issue|ticket|finding|case|this|it) (is|was|has been|have been|been|be) (rejected|
                declined|dismissed|invalid|closed as|marked invalid|not applicable|not reproducible|disputed|
                withdrawn|not valid|not accepted|unfounded)
            no (security|real|practical|meaningful|direct|actual|further|material|demonstrable|realistic|
                significant|additional) (impact|risk|implication*|relevance|boundary|concern|threat|consequence*|
                vulnerability|issue|harm|attack|action|exploit*|security|benefit|danger)
            no (impact|risk|threat) (to|on|for|here|beyond|is|was|from|at all|that)
            no (additional|further) (action|fix|fixes|steps|patch|patches|releases) ~ (planned|needed|required|will|
                taken|necessary|is|are|warranted)
            (cannot|can't|can not|could not|couldn't|not|isn't|aren't) [actually|realistically|really|directly|be|
                easily|practically|currently|remotely|possible to be] (exploited|exploitable|reachable|weaponised|
                weaponized|triggered by an|reached by an|attacker controlled|attacker-controlled|abused|leveraged)
            (not|isn't|aren't|wasn't|never) [be|actually|in fact|itself|directly] (affected|vulnerable|exploitable|
                impacted|susceptible) [by|to|here|as|because|since|in]
            (does not|doesn't|do not|don't|did not|didn't) (affect|impact|apply|allow|enable|give|grant|cross|lead|
                harm|bypass|expose|influence|endanger|threaten|concern) [to|any|an|the|us|our|our product|other|a|
                anything|anyone|attacker] ~ (users|product|products|attacker|security|privileges|boundary|
                boundaries|version|versions|us|ours|default|access|customers|anything|installations|people|anyone|
                code|data|here|releases|privilege)
            (rather than|more of|more like|instead of being|and not|not so much) (a|an) [security|real|bug|
                functional|documentation|vulnerability] (vulnerability|issue|bug|flaw|feature|enhancement|hardening|
                documentation|usability|question|problem|request|defect)
            (thread|case|report|ticket|issue|this|it|submission|matter|investigation|investigation) (is being|
                has been|was|is|will be|have been|be|can be|is now) [now|therefore|hereby] (closed|archived|dropped|
                considered closed|resolved as)
            (close|closing|closed|resolve|resolving|resolved|mark|marking|marked) [this|the|your|it|that|
                out] [report|case|ticket|issue|thread|one|submission|bug|down|out|request] (as|since|because|now|
                then|for lack|accordingly|unless) ~ (invalid|not|n/a|informative|wontfix|won't|expected|design|
                unable|no|lack|resolved|spam|duplicate|there|does|working|intended|this|reproduc*|behavio*|action)
            (beyond|reached|past|passed|after|hit|at) [its|the|their|it's] (end of life|end-of-life|eol|
                end of support|end-of-support|end of maintenance|support window|support period|support lifecycle)
            (no longer|not|isn't|aren't|never|un) [be|been|being|actively|officially] (supported|maintained|
                developed|sold|updated|receives|receive|receiving|under active|getting|in support)
            (unsupported|unmaintained|discontinued|deprecated|abandoned|archived|obsolete|end-of-life|
                legacy) (product|version|versions|release|releases|branch|project|software|code|and|plugin|since|
                model|repository|research|device|feature|module|component)
            (out of date|outdated|old|obsolete|unpatched|ancient) (office|client|version|browser|release|copy|
                installation|build|software|firmware)
            (user|users|operator|operators|administrator|administrators|admin|customer|customers|developer|
                site owner|caller|application|integrator) [s] (responsibility|responsibilities|job|duty|choice|
                own risk|decision)
            (responsibility|up to|business) (of|the) (user|users|operator|administrator|admin|caller|developer|
                application|customer|customers|integrator|deployer|site)
            (misconfigur*|misuse|user error|self-xss|social engineering|best practice|best practices|false positive|
                hallucinat*|not a bug|non-issue|nonissue|hypothetical|contrived|far-fetched|ai slop|ai generated|
                ai-generated|theoretical)
            (unsafe|insecure|wrong|incorrect|improper) (configuration|usage|use|deployment|setup)
            (requires|require|required|requiring|needs|need|assumes|assume|presupposes|only works if|
                only possible if|only if|depends on|rely on|relies on|must have|must be|has to be|would have to|
                would need|would already need|prerequisite is) [that|an|the|a|already|attacker|full|having|you|they|
                someone|local|victim|user|users] ~ (admin|administrator|administrative|root|privileged|privileges|
                privilege|physical|local access|already|compromised|authenticated|credentials|logged in|shell|
                write access|full access|man-in-the-middle|superuser|effort|control|malicious|trusted|sudo)
            (already|by then) (has|have|had|owns|own|got|possesses|compromised|controls|control|root|admin|gained|
                game over) [full|root|admin|local|write|the|an|complete|total|over|administrative|on|code] (access|
                control|privileges|root|admin|shell|rights|the machine|the system|the box|the host|execution|same|
                lost)
            (attacker|adversary|someone|anyone|user|somebody) (who|with|that|having) [already|can|has|have|
                is] ~ (root|admin|administrator|physical|already|write access|shell|full control|privileges|
                could simply|could just|can already|can just|can simply|does not need|doesn't need)
            (low|little|negligible|minimal|limited|marginal|no|insufficient|minor|acceptable) [security|real|
                practical|enough] (impact|risk|severity|exploitability|practical value|security value) [and|so|to|
                for|,] ~ (not|no|close|closing|won't|accept|warrant|decline|justify)
            (accept|accepted|accepting|accepts) (the|this|that) (risk|residual risk|residual|trade-off)
            (hardening|defense-in-depth|defence-in-depth|enhancement|improvement|feature request) (opportunity|
                suggestion|only|request|measure|idea|item|not|rather|and|matter|improvement|than)
            (customers|users|you|people|everyone|anyone) (should|can|must|need to|are advised to|are encouraged to|
                are expected to|may want to|have to) [simply|just|instead|therefore|please|already] (migrate|
                upgrade to the latest|move to|switch to|not expose|restrict|configure|avoid|not use|stop using|
                use at|disable|trust|refrain|protect)
            use (it|this|at) [with caution|at] [your] own risk
            (see|saw|find|found|understand|identify|demonstrate|imagine|think of) (no|any) (security|way|evidence|
                reason|realistic|impact|plausible|practical|vulnerability|scenario|indication|attack|risk|exploit)
            (don't|do not|cannot|can't|fail to|unable to|failed to|hard to|difficult to|not) (see|understand|
                identify|imagine|envision) (how|a|any|why|what|the) ~ (vulnerab*|security|attack*|exploit*|impact|
                risk|problem|issue|bug|realistic|harm|wrong|gain|scenario|practical)
            (only|just|merely|simply|purely) (affects|affect|a|an|crashes|crash|impacts|denial|theoretical|the|
                yourself|your own|himself|themselves|by|happens|applies|possible) ~ (yourself|own|themselves|
                himself|cosmetic|theoretical|developer|test|debug|local|robustness|tab|hardening|admin*|privileged|
                annoying|nuisance|inconvenience|feature|documentation|demo|example)
            (which is|is|just|merely|only|quite|more) annoying ~ (not|but|no)
            (test|example|sample|demo|dead|unused|debug) (code|suite|file|fixture|program|application) ~ (not|never|
                only|no)
            (seems|seem|sounds|feels|looks) like (too much|a lot of|an awful lot of) ~ (effort|interaction|work|
                trouble)
            (too much|significant|excessive|unlikely|unrealistic|considerable) user (effort|interaction|action)
            (not|nothing|never|isn't) ~ (something we|what we|anything we) (would|will|consider|can|plan|intend|
                treat|fix|are|want|accept|support)
            (nothing to|no point in|no reason to|little point in) (fix|fixing|fixed|patch|change|changing|do|
                do here|see here|address|worry)
            (as|this|it|which|that) (is|was) [already|clearly|explicitly|well] (documented|stated|described|
                mentioned|covered) in (the|our) (documentation|docs|manual|readme|faq|security policy|policy|wiki|
                specification|terms|known)
            (documentation|configuration|usability|quality|reliability|functional|robustness|stability|support|
                compatibility|performance) (issue|bug|problem|matter|question|concern) (rather|not|and|than|only|
                instead)
            (known|accepted|documented|inherent) (limitation|limitations|risk|trade-off|tradeoff|restriction|
                weakness of)
            (not|isn't|n't) (a|an|our) (priority|bug in our|problem in our|problem with our|issue in our|
                issue with our|issue on our|problem on our)
            (third party|third-party|upstream|someone else's|another vendor's|not our|different vendor's) (code|
                product|component|library|problem|issue|bug|software|responsibility|project)
            (not|isn't|aren't) (produced|made|developed|maintained|owned|operated|supported|sold|run) by (us|our)
            not (our|ours|a product of|one of our)
            (can|may|could|are free to|feel free to) (publish|disclose|go public|post) ~ (not|no|since|as we)
            (doesn't|does not|do not|don't|didn't|did not|don't|never) [really|actually|even|currently|
                directly] (make sense|hold|apply|stand|work that way|work like that|demonstrate|show|prove|add up|
                hold water|happen in|occur in|exist in)
            (agent|patch|change|fix|code|check) ~ (worse|unnecessary|bogus|nonsense|wrong|pointless|broken|
                incorrect) (version|and|than|here|patch|check|because|fix)
            (worse|stupid|bogus|nonsensical|pointless|useless|broken) (version|agent|patch|fix|report|ai|tool|llm|
                change)
            (error message|warning|prompt|dialog|confirmation|message) (is|was|warns|tells|makes|explains) [was|
                very|quite] (clear|clearly|shown|explicit)
            ? (error message|warning) was clear
            ? (not|isn't|n't) [that|very|really|so|particularly|all that|as] (dangerous|serious|severe|bad|critical|
                interesting|exploitable|realistic|practical|harmful|likely|big)
            ? (not|n't) [a|any] (problem|issue|concern|risk) (here|for us|in practice|in our|for our|at all|with|
                because|since|as|in this|from)
            ? (don't|do not|doesn't|does not) treat ~ as
            ? (no|not a|without any) cve (will|is|needed|required|necessary|warranted|assignment|for this)
            ? no need to keep [this|it] secret
            ? (nothing|not much) (we|i) can do
        """,
        Says.DUPLICATE: """
            (duplicate|duplicates|dupe|dup|duplicated) (of|report|issue|ticket|submission|issues|reports|entry|to|
                by|bug|finding)
            (as|a|an|is|possible|likely|apparent) (duplicate|dupe|dup|duplicates)
            (already|previously|independently|earlier|separately) [been|being|was|were] (reported|known|discovered|
                tracked|identified|aware|fixed|addressed|resolved|patched|filed|disclosed|submitted|found|logged|
                notified|told|flagged|received|working|in the works|on our radar|raised|has a cve|have a cve|
                have a fix|have an|has an|covered|handled|documented|public|corrected|spotted|merged|mitigated)
            (were|are|was|am|been|became|made|we're|i'm|already|fully|well|is) [already|fully|well|previously|made|
                of course] aware (of|that|since)
            (is|are|was|were|it's|that's|as|being) [a|an|the] [long|long-standing|well|already|well-|previously|
                widely] [already|publicly|standing] known (issue|bug|problem|vulnerability|since|to us|for|flaw|
                issues|bugs|and|upstream|internally|weakness|defect)
            (same|identical|similar|very same) (issue|bug|vulnerability|problem|report|root cause|finding|flaw|
                crash|one|matter|defect|thing|weakness) (as|was|that|has|had|reported|from|is|we|came|which|already|
                before|to|in|twice|independently|last|earlier|by)
            (same|identical) (as|to|root cause) [the|one|a|an|that|as|our|reported|previously] [one|issue|
                bug] (reported|we|in|as|tracked|from|cve|described|fixed|already|that|previous*)
            (reported|found|submitted|raised|flagged|sent|discovered|brought) [to us|in] [it|this|earlier|already|
                first|independently|to us] by (another|someone|others|multiple|several|a different|somebody|two|
                three|other|an external|a researcher|a customer|internal|our own)
            (another|different|other|several|multiple|two|previous|earlier|prior) (researcher|researchers|reporter|
                reporters|finder|finders|party|team|teams|people|person|user|submission|report|reports|contributor|
                security researcher|parties|security researchers) ~ (reported|report|same|first|already|earlier|
                before|found|sent|beat|told|covers|submitted|independently|identical|notified|covering|describing|
                describes|raised|ahead)
            (not|aren't|weren't|you're not|isn't) the first [one|person|ones|to|time|report]
            (beat|beaten) (you|to it|you to)
            (overlap*|coincid*|match|matches|matching|corresponds|collides|collision) (with|to) [a|an|the|one|our|
                something|that|another] ~ (report|issue|ticket|bug|finding|known|existing|internal|cve|one|case|
                work|submission|already|earlier|entry)
            (existing|internal|prior|earlier|previous|open|older|public|original) (issue|ticket|report|bug|cve|case|
                finding|tracker|submission|entry|pr|advisory) [already|which|that|for|covers|describes|covering|and|
                on|about|describing|from|we|is] ~ (same|this|covers|cover|describes|exactly|already|tracks|reported|
                identical|yours|it)
            (tracked|tracking|covered|handled|fixed|addressed|described|registered|logged) (already|under|
                as part of|by|in) [an|a|the|our|existing|internal|issue|already|another|of] [existing|earlier|
                internal|previous|older|open|separate|prior] (issue|ticket|cve|report|bug|tracker|case|entry|
                advisory|number|pr|change)
            (merged|merging|folded|linked|linking|consolidated|attached|attaching|added|combine|folding|
                associate) [this|your|it|the|them] [report|ticket|issue|one|case|submission] (into|with|to|under|
                in) [the|an|our|that|existing|one] [existing|earlier|original|other|internal|previous|open|
                prior] (report|ticket|issue|case|one|bug|entry|tracker|record|thread)
            (was|been|is|were|got|have|has|it) [already|been|also|in fact] (fixed|patched|addressed|resolved|
                mitigated|corrected|solved|closed|reported|identified|removed|disclosed|found|known|
                solved) [and] [fixed|in|with|by|on|back|for|a|some|several|quite] ~ (ago|last year|last month|
                last week|earlier|previously|before you|years|months|in for-next|already|back in|for a while|
                for some time)
            [already] (in|on|merged in|queued in|fixed in|patched in|addressed in|resolved in) (for-next|mainline|
                master|trunk|the development branch|our development branch|our tree|current head|git already|
                an earlier|a previous|a prior|an older)
            (beat|ahead of) (you|yours) (by|to)
            (there is|there's|there are|we have|we had|have|had|has|got|received|with) [already] (a|an|one|several|
                some|two|multiple|another|open|the) [previous|earlier|existing|other|known|prior|internal|open|
                similar|public|pending|identical] (report|reports|ticket|issue|bug|cve|pr|pull request|
                known problems|problems|submission|pull requests|patch|advisory|known issue) (for|about|on|of|
                covering|from|addressing|that|describing|with|in|open|already|fixing|matching|which)
            several known (problems|issues|bugs)
            (re-inventing|reinventing|re-discover*|rediscover*)
            [was|has been|were|been] (independently|also|concurrently) (discovered|found|reported|identified) by
            ? (we|i) (know|knew) (about|of) (this|it|the|that|these)
            ? (fixed|patched|addressed|resolved) (in|by|since|with|as of) ~ (already|ago|earlier)
            ? (already|long) (fixed|public|patched|known|merged|solved)
        """,
        Says.NEEDS_INFO: """
            (could|can|would|please|kindly|may|pls|plz|might|mind) ~ (provide|share|send|give|supply|clarify|
                elaborate|explain|specify|tell|attach|include|describe|detail|forward|resend|outline|advise|point|
                indicate|walk us|walk me|demonstrate|show|fill|submit|post|paste|expand|let us know|
                let me know) ~~ (detail|details|information|info|steps|step|poc|proof|version|versions|log|logs|
                reproduc*|sample|dump|trace|stack trace|backtrace|how|whether|which|example|file|evidence|
                screenshot|screenshots|video|environment|config*|setup|hash|pcap|what|exactly|scenario|impact|
                script|testcase|test|input|output|payload|crash|exploit|build|platform|architecture|compiler|commit|
                scope|concept|hardware|firmware|why|where|if|more|further|request|requests|command|commands)
            (need|needs|require|requires|want|like|hope|missing|lack|lacking|lacks|appreciate|helpful|helps|help|
                necessary|awaiting|waiting for|looking for|without|could use|pending|insufficient|enough|request|
                requesting) ~ (more|further|additional|detailed|full|exact|complete|some|specific|your|working|
                clear|minimal|a) [technical|detailed|specific|reproduction|additional|precise|working|minimal|
                concrete] (info|information|details|detail|steps|evidence|clarification|explanation|context|data|
                poc|proof of concept|reproducer|logs|input|description|example|reproduction|testcase|test case|
                proof|answer|feedback|crash|sample)
            (cannot|can't|could not|couldn't|unable to|not able to|failed to|fail to|did not manage to|
                didn't manage to|not managed to|haven't been able to|have not been able to|not been able to|
                weren't able to|wasn't able to|not yet|struggling to|trouble|didn't|did not|unsuccessful in|
                difficulty|no luck|not successful in|don't|do not|does not|doesn't|won't) [yet|to|even|fully|
                seem to|currently|in] (reproduce|reproducing|replicate|replicating|repro|trigger|triggering|
                recreate|recreating|verify|crash|observe|see the crash|see any crash|get it to)
            (not|isn't|n't) [yet|easily|reliably] reproducible
            (will|would|shall) need (an|a|some|more|the|you|your|to know|to see) ~ (explanation|how|details|
                information|poc|example|steps|detail|sample|which|evidence|what|proof|version)
            have you (run|tried|tested|checked|verified|confirmed|seen|looked|considered|had|actually|been able|got|
                any|managed|sent|attempted|reproduced)
            (can|could|would|will|may|please) [you|we ask you to|you please|you kindly|i ask you to] [please|kindly|
                also|still|perhaps|maybe|try to|help us|by any chance] (reproduce|confirm|check|test|verify|retest|
                re-test|rerun|re-run|try|validate|double-check|double check|repeat|look|have a look|bisect|re-check|
                recheck|see if|see whether|apply|rebuild) [if|whether|that|it|this|the|again|with|on|against|and|
                your|our|is|with the|a|on the|using|as]
            please (re-test|retest|verify|test|confirm whether|confirm if|confirm that|try|check|re-check|recheck|
                rerun|validate|apply|run|have a look|bisect|see if|reproduce|double-check|double check|rebase|
                resend|clarify|elaborate|explain|specify|advise which|advise if|advise whether|provide|describe|
                send v2|repost)
            (welcome|invite|ask|asking|encourage|appreciate|grateful|like|love|want) [it if] you to (perform|
                re-test|retest|verify|test|confirm|try|check|provide|share|run|clarify|validate|explain|repeat|send)
            (test|retest|verify|verified|confirm|check|validate|see|know) [whether|if|that|it] [this|it|the|
                our] [fix|patch|build|change|version|candidate|branch|beta] (on your|at your|from your|in your|
                works for you|resolves it for you|fixes it for you|works on your|solves it for you|helps you|
                addresses your)
            let (us|me) know (if|whether|which|what|how|when you) ~ (works|fixes|resolves|fixed|helps|helped|
                version|still|reproduc*|happens|same|addresses|solves|tested|results|you see|you used|you are|
                you can|it is|able|see)
            (which|what) [exact|specific|precise|software|product|firmware|compiler|kernel|the] (version|release|
                build|configuration|platform|os|compiler|commit|environment|branch|hardware|model|setup|firmware|
                options|flags|distro|distribution|browser|revision|architecture|tool|kernel|settings|impact|device|
                server|module|endpoint|product|database) ~ (you|your|did|are|is|was|were|do|have|this|used|it|
                exactly)
            (not|isn't|n't) [entirely|quite|really|exactly|fully|at all|yet|very|yet quite] (clear|sure|obvious|
                understand|following|follow|certain|convinced) [to|on|from|if|how|what|which|whether|why|where|that|
                about|yet|your|is|about] ~ (how|what|which|why|whether|if|where|version|us|me|you|the|your|exploit*|
                that|mean|there)
            (don't|do not|didn't|did not) [quite|really|fully|yet] (understand|follow|get|see) (how|what|why|which|
                where|your|the exact|the attack|the scenario|the impact|the problem|the steps|exactly)
            (did not|didn't|don't|do not|haven't|have not|couldn't|could not|never|not) [yet] (receive|received|
                find|found|see|get|have|got|open|seen|extract) [a|an|the|any|your|message] [details|attachment|
                attached|message|poc|file|proof|zip|archive|steps|reproducer|any|report] (containing|attachment|
                attached|file|details|poc|steps|report|any|sample|message|proof|in your|from you|to be)
            (attachment|attached|zip|poc|archive|file|script|link|screenshot|screenshots|image|video|testcase) (was|
                is|were|got|has been|seems|appears|to be|are) [not|to be|been|to have been] (missing|stripped|empty|
                corrupt*|removed|blocked|broken|not|unreadable|expired|damaged|included|attached|truncated|dropped|
                quarantined)
            (missing|no|without a|lacks a|need a|need the|want a|like a|have a|with a|provide a|send a|
                share a) [working|valid|minimal|concrete|simple|full|proper|complete] (poc|proof of concept|
                reproducer|proof-of-concept|testcase|test case|reproduction|exploit code|stack trace|crash log)
            were they found
            (waiting|wait|await|awaiting) (for|on) your (reply|response|answer|feedback|input|results|confirmation|
                details|test|tests|poc|information)
            (awaiting|await|need|needing|pending|requires) your (reply|response|answer|feedback|input|results|
                confirmation|details|test|tests|poc|information|clarification)
            (look forward to|looking forward to) [receiving|hearing|getting|your] ~ (details|poc|answers|
                information|results|clarification|steps|findings|proof|response with|logs|feedback|test)
            (would|could) you (mind|be able|be so kind|be willing|be open|have|happen|explain|send|share|clarify|
                provide|also|please|kindly|elaborate|describe|point|specify)
            (if|in case|whenever) you (have|could|can|are able|find|still have|happen|get) [to] [a|an|any|more|the|
                provide|share|send|some|time|further|additional|us] ~ (poc|logs|details|information|sample|dump|
                steps|reproducer|trace|file|example|us know|evidence|version|test case|to retest|to test|to verify)
            (questions|question) (for you|remain*|below|about|regarding|first|from our|before|on your|to clarify|
                from the|concerning|that came)
            (few|some|couple of|several|following|two|three|one|quick|a) [more|follow-up|quick|clarifying|further|
                additional|open|small|short] (questions|question|clarifications)
            [please] (fill in|complete|fill out|use|answer) (the|our|these|those|this|following) [attached|
                following|linked|enclosed|below|intake|short] (form|template|questionnaire|questions)
            please test [and|this|it|the|with]
            please (provide|share|send|attach|include|give|supply|add|tell|describe|post)
            ? (v2|respin|rebase|resend|repost) [of|the|this|with|please|and|against|on]
            ? (can you|could you|please) (rebase|split|resend|respin|add|open|file|create|submit)
            ? (interested|curious|wondering|love|keen|like) (in|to|how|whether|if|what|why) ~ (how|version|you|poc|
                see|know|details|happen*|seeing|learn|understand)
        """,
        Says.QUESTION: """
            (can|could|would|will|did|do|have|had|are|were|was|does|is) (you|your|this|it|they|there|these|that|
                the) ~ (reproduc*|version|versions|poc|test|tested|tried|try|exploit*|trigger*|crash*|details|file|
                config*|confirm|sure|attacker|remote*|user|users|access|authenticat*|code|patch|affected|vulnerable|
                enabled|default|setting|settings|privileg*|run|running|use|using|used|happen|happens|match|master|
                main|latest|actually|really|explain|attach*|input|log|logs|environment|build|compile|compiled|sent|
                send|report|control|work|works|exact*|impact|scenario|option|options|flag|mode|require|requires|
                need|needs|see|path|able|also|still|same|other)
            (how|why|where|what|which) (do|did|does|can|could|would|is|are|was|were|exactly|makes|should|kind|sort|
                version|will|else|happens|impact|input|permissions|privileges|product|specific|precisely|about|came|
                type|steps|attack) [you|an|the|this|your|it|attacker|a|that|of|exactly|does|is] ~ (you|attacker|
                exploit*|reproduc*|version|impact|trigger|happen*|code|file|crash|user|data|control|mean|see|get|
                got|use|used|using|scenario|access|vulnerab*|issue|configur*|setup|affected|input|bypass|
                environment|expect*|find|found|access|this|it|problem|attack|did|there|bug|work)
            (is|are|was|were) (this|it|that|these|they|the) [issue|bug|problem|crash|vulnerability|code|really|
                actually|still|also|only|found|reproducible|necessary|one] ~ (reproducible|current|necessary|latest|
                master|remote*|exploitable|reachable|default|authenticated|related|valid|happening|possible|present|
                seen|tested|found|affected|specific|on|with|in)
            (sure|certain|any) [that|chance|you|more|further|ideas|idea|thoughts on|way|evidence|proof|details|logs|
                about|steps] ~ (code|necessary|you|could|can|reproduc*|exploit*|this|details|send|share|how|version|
                information|poc|is)
            (have you|did you|do you have|are you|were you|can you|could you|would you|will you|do you|
                is it possible|would it be possible)
        """,
        Says.DEFERRED: """
            (defer|deferred|deferring|deferral|deprioriti*|de-prioriti*)
            (low|lower|lowest) (priority|prio)
            (on|in|to|into) [our|the|long|a|product] (hold|backlog|back burner|wish list|long finger|icebox)
            put aside
            bar for immediate servicing
            (may|might|could|will consider|consider|considering|considered) ~ (address|fix|improv*|chang*|harden*|
                revisit|tackle|including|it|this) ~ (future|later|next major|some point|upcoming|long term|
                subsequent|distant) [release|version|update|releases|versions|major]
            (future|later) (consideration|enhancement|improvement|hardening|date|point)
            (revisit|reconsider|look at) [it|this|that|the|again] ~ (later|future|next year|in due course|
                some point|another time|once we)
            (not|isn't|n't) [a|currently|considered|of|an] [a|high|urgent|immediate|top] (priority|urgent|
                prioritised|prioritized|pressing)
        """,
        Says.ARRIVED: """
            (thanks|thank you|many thanks|thx|thank u|tnx|ty|cheers|grateful|appreciate|appreciated|appreciation|
                kudos) ~ (report*|submi*|reach*|contact*|notif*|bring*|disclos*|letting|find*|notic*|heads|inform*|
                mail*|filing|file|filed|detail*|suggest*|message|email*|e-mail|alert*|flag*|tell*|told|point*|
                research|patience|effort*|help*|work|write|writing|wrote|catch|look*|time|getting|sharing|
                responsib*|interest|analysis|investigat*|feedback|info*|note|ping|spot*|rais*|attention|send*|sent|
                quick|response|update|remind*|open*|issue|advisory|write-up|writeup|again|care*|cooperat*|
                collaborat*|coordinat*)
            (we|i|team|psirt|us|desk|mailbox) [have|'ve|has|did|just|duly|safely|now|successfully|also] [now|just|
                duly|safely|successfully|indeed|also] (received|got|receive|have got|recieved) [your|the|this|it|
                all|both|and|everything|that]
            (got|received|have|recieved) (it|your|this|the|both|everything|all) [mail|email|e-mail|report|message|
                files|attachment|details|submission|encrypted|findings|safely|and|thanks]
            (acknowledge*|acknowledging|confirm*) [the|safe|that we|we|that your|your] [have|report|submission|
                email|message|safe] [has been|was|is] (receipt|reception|received|arrived|arrival)
            (acknowledg*) (your|the|this|that) (report|email|e-mail|submission|message|mail|disclosure|findings|
                finding|issue|vulnerability)
            your (report|submission|findings|finding|email|e-mail|message|mail|disclosure|ticket|advisory|details|
                write-up|writeup|case|issue|analysis|pgp|encrypted) [has|have|was|is|were|mail|email|message|
                reached|report] [been|now] (received|forwarded|passed|logged|reached|arrived|registered|escalated|
                assigned|routed|with|being|under|in|came|triaged|landed|safely|decrypted|made|found|shared|opened|
                entered|recorded|queued|filed)
            (looking|look) (into|at) (it|this|that|your|the) [now|right away|report|issue|shortly|and|asap|with|on|
                internally|today|immediately|tomorrow|soon|next]
            (will|we'll|i'll|going to|let me|we are|i am|i'm|we're|currently|now|are|am) [now|currently|also|be|
                have to|have the|a closer|start|take] (look into|investigate|investigating|looking into|review|
                reviewing|take a look|check|checking|analyse|analyze|analysing|analyzing|evaluate|evaluating|assess|
                assessing|triage|triaging|have a look|examine|examining|digest|go through|study|studying|forward|
                pass|discuss|discussing|get back|verify|verifying|validate|validating|follow up|look at) [this|your|
                the|it|with|to|on|that|into|and|internally|you]
            (forwarded|passed|escalated|handed|routed|relayed|shared|sent|forwarding|passing|assigned|escalating|
                raised|brought|logged|filed|registered|opened|created) [it|this|your|the|them|that|everything|a|
                an] [report|email|e-mail|findings|message|details|mail|along|on|over|issue|ticket|case|information|
                internal|bug|internally|submission|advisory|matter] (to|with|on to|along|for|internally|in|up|under|
                as|ticket|case)
            (your|the) [recent|initial|detailed|kind|valuable|thorough|excellent|careful] (report|submission|
                findings|finding|disclosure) (is|are|was) [very|much|greatly|really|highly|being|under|now|
                currently|with] (appreciated|helpful|useful|valuable|reviewed|investigated|review|investigation|
                welcome|clear|excellent|detailed|handled|noted|processed|analysed|analyzed|assessed)
            (sorry|apolog*|excuse|forgive|pardon) [for|about|us|me|that|the|our|my] ~ (delay*|late*|slow*|wait*|
                silence|respon*|reply*|replies|took|long|inconvenience|missed|overlook*|spam)
            ? (noted|ack|acked|acknowledged|roger|understood|on it|will do)
        """,
        Says.NOTHING_CAME: """
            (did not|didn't|have not|haven't|never|not|has not|hasn't|don't|do not|can't|cannot|couldn't) [actually|
                ever|yet|seem to|to have|have|been able to] (receive|received|get|got|gotten|recieve|recieved|see|
                find|locate) [a|an|any|your|the|it|that|anything|such] [a|message|mail|email|e-mail|report|
                encrypted|reports|messages|original|details|previous|earlier|such] [message|mail|email|e-mail|
                report|from|yet|in|either|so|at|attachment|containing|anything|it|you|message|with|initial]
            (we|i) (didn't|did not|haven't|have not|never) (receive|received|get|got|gotten)
            (nothing|no email|no mail|no report|no message|no e-mail|none) [has|have|had|from you|in our|
                from] [arrived|yet|received|so far|come|been|reached|in|here|inbox|from you|through|you]
            still nothing
            (not|never|hasn't|didn't|haven't|n't) (arrived|arrive|reached|reach|come through|came through|show up|
                shown up|made it)
            (email|mail|report|message|e-mail) (bounced|never arrived|got lost|was lost|did not arrive|
                didn't arrive|hasn't arrived|has not arrived|never reached|did not reach|didn't reach|not received)
        """,
        Says.WRITE_PLAIN: """
            (please|kindly|could you|can you|would you|may i ask you) ~ (do not|don't|stop|without|avoid|
                refrain from|disable|no need to|skip|turn off|drop) ~ (encrypt*|pgp|gpg|openpgp)
            (please|kindly|could you|can you|would you|may i ask you|prefer) ~ (re-send|resend|send|write|resubmit|
                forward|reply|use|provide|repeat|have) ~ (unencrypted|plain text|plaintext|in the clear|without pgp|
                without gpg|without encryption|in clear text|cleartext|clear text|no encryption|non-encrypted|
                in plain|not encrypted)
            (no need|not necessary|unnecessary|not required) (to|for) [use] (encrypt*|pgp|gpg)
            (unencrypted|plain text|plaintext|clear text|cleartext) (is fine|is ok|is okay|please|email is|mail is|
                works|would be|will do|preferred|is preferred|going forward|from now on)
        """,
        Says.UNREADABLE: """
            (cannot|can't|could not|couldn't|unable to|not able to|failed to|can not|trouble|problems|
                unsuccessful in|don't have|lost|no longer have|do not have) ~ (decrypt*|open|opening|read|reading|
                access) ~ (encrypted|pgp|gpg|e-mail|email|mail|message|attachment|asc|key|it)
            (cannot|can't|could not|couldn't|unable to|not able to|failed to|can not) (decrypt|decipher)
            (no longer|don't|do not|doesn't|does not) (use|support|have|handle) [the|that|any|our|a|private] (pgp|
                gpg|openpgp|encrypt*|private key|secret key)
        """,
        Says.CREDIT: """
            (credit|credits|credited|crediting) [you|to|for|the|in|be|will|as|him|her|them|your|is|line|section|and|
                this|given|goes|under|information|name]
            hall of fame
            (acknowledge|acknowledgement|acknowledgment|acknowledgements|acknowledgments|acknowledged|
                acknowledging) (section|page|you in|you publicly|you as|your contribution|you on|in the|for your|
                list|your name|wording)
            (how|whether|if|under which|under what|what name|which name) ~ (like|want|wish|prefer|
                should) ~ (credited|named|acknowledged|mentioned|thanked|listed|cited|attributed|credit|attribution|
                name)
            (name|names|handle|affiliation) ~ (in|on) (the|our) (advisory|bulletin|release notes|changelog|website|
                acknowledg*|credits|cve record|security page)
        """,
        Says.KEY: """
            (our|my|the attached|attached is our|attached our|attached you will find our|attached my|following|
                enclosed|below is our|new|here is our|here is my|here's our|here's my) [current|new|team|team's|own|
                psirt|is] [current|new|own|psirt|security|corporate] (pgp|gpg|openpgp|public) [public|pgp|gpg|
                encryption] (key|keys|fingerprint|certificate)
            (pgp|gpg|openpgp) [public|encryption] (key|fingerprint) (is|attached|below|follows|can be found|
                available|id|here|for|enclosed|fingerprint)
            (use|encrypt to|encrypt with|encrypt using|using) (the following|this|our|my|the attached) [public|pgp|
                gpg|openpgp] (key|pgp key|gpg key|public key)
        """,
        Says.NO_DATE: """
            (can not|cannot|can't|could not|couldn't|unable to|not able to|not in a position to|
                not in the position to|not|don't|do not|doesn't|does not|didn't|did not|won't|will not|hasn't|
                has not|isn't|is not|haven't|have not|not yet|never|wouldn't want to|hesitant to|reluctant to|
                impossible to|hard to|difficult to|too early to|premature to|prefer not to|rather not) ~ (promise|
                commit|guarant*|provide|share|give|have|fixed|confirmed|firm|been planned|planned|set|estimate|name|
                state|predict|announce|offer|know|say|quote|disclose|specify|communicate|determined|decided|
                scheduled|made|exact|precise|concrete|a|any|finalised|finalized|settled|speculate|discuss|
                tell) ~ (date|dates|eta|timeline|timelines|time frame|timeframe|schedule|yet|timing|deadline|
                release date|time line|timescale|when|timescales|target|plan|estimate|timetable)
            no (eta|timeline|date|schedule|time frame|timeframe|release date|firm date|fixed date|concrete date|
                estimated date|fixed timeline|set date|specific date|exact date|committed date|confirmed date|
                planned date|timescale|estimate|fix date|target date|definite date|planned release|schedule yet|
                eta yet)
            (there is|there's) (not|no) [a|any|yet|currently|fixed|a fixed] [fixed|firm|concrete|set] (timeline|
                date|eta|schedule|timeframe|release date|plan)
            (eta|date|timeline|timing|schedule|release date|timeframe|time frame) (is|are|remains|still|unknown|has|
                not|hasn't|isn't|can't|cannot|to be|yet) [still|currently|not|to be|yet|as yet|been|be|open|
                unknown] [yet|been|known|be] (unknown|open|tbd|tbc|determined|decided|unclear|undecided|uncertain|
                confirmed|known|set|fixed|announced|given|defined|finalised|finalized|promised|available|planned|
                scheduled)
            (release|fix|patch|update|date) (hasn't|has not|isn't|is not|not) been (planned|scheduled|decided|
                announced|set|determined|dated)
            not [been|yet] (released|planned|scheduled|available) yet
            (not released yet|not yet released|not out yet|not yet available|not available yet|not yet shipped|
                not shipped yet|has yet to be released|yet to be scheduled|yet to be released)
            (can't|cannot|can not) (say|tell|predict|promise|guarantee|guaranty|commit) [you] (when|anything|
                how long|how soon|to anything)
            (when it's|when it is|it will be) (done|ready|finished) when (it's|it is) (done|ready|finished)
            (don't|do not|dont) (know|have an idea|have a clue) [yet] (when|how long|how soon)
        """,
        Says.WILL_NOT: """
            (will not|won't|not going to|no plan to|no plans to|not plan to|not planning to|not plans to|
                do not intend to|don't intend to|do not plan to|don't plan to|do not think that we want to|
                don't think we will|don't think we want to|not be able to|can not|cannot|can't|decided not to|
                no intention to|no intention of|unable to|never going to|not intending to|wont|not want to|won't be|
                will not be) ~ (fix|fixed|fixing|patch|patched|patches|patching|release|releasing|released|releases|
                backport|backported|backporting|address|addressed|addressing|remediat*|correct*|resolved|resolve|
                resolving|updates|update|updated|mitigate|mitigated)
            (wontfix|won't-fix)
            no (fix|patch|update|hotfix|further release|further releases|further updates|more releases|backport|
                remediation|security update|new release) (is|are|will|planned|for|to|forthcoming|would) [be|
                not] [planned|made|released|provided|issued|expected|available|coming|forthcoming|developed|be|to]
        """,
        Says.LATER: """
            (soon|soonish|shortly|asap|as soon as possible|in due course|eventually|in the near future|before long|
                as soon as we can|in the foreseeable future|in the coming time|at some point|in the future|later on|
                one of these days|at our earliest|when time permits|when time allows|at the earliest opportunity|
                without delay)
            (next|upcoming|forthcoming|coming|future|following|subsequent|later|scheduled|regular|planned|monthly|
                quarterly|ongoing) [major|minor|point|patch|security|regular|maintenance|stable|feature|monthly|
                scheduled|planned|quarterly|public|product|bugfix|service|lts|available|software|firmware|driver|
                stable|critical|cumulative|beta|tcpdump|glassfish|official|full] [major|minor|point|patch|security|
                server|open|maintenance|stable|bugfix|dot] [source] [edition] (release|releases|version|versions|
                update|updates|patch|patches|build|builds|tag|rebuild|cycle|release cycle|firmware|servicing|
                milestone|iteration|sprint|bundle|rollup|pack|service pack|edition|rc|drop|one|window)
            (once|when|after|as soon as|until) (the|we|it|this|i|all|that|qa|testing|everything|our|they)
            (just|only|simply|roughly) [roughly|just] [a|one] (rebuild|release) away
        """,
        Says.OUT_NOW: """
            (is|are|it's|that's|are all|are both) [now|finally|already|also|officially|just] (out|live|up) [now|
                today|already|and|for|in|on|at|as|from|via|since]
            (now|already|just|currently|finally) (out|live|available|released|deployed|published|shipped|pushed|
                rolled out|uploaded|on pypi|on npm|in production|merged)
            (just|have just|has just|'ve just|i just|we just) [now|been] (released|published|shipped|pushed out|
                tagged|deployed|cut|rolled out|uploaded|put out|made available|announced|issued)
            (is|are|is now|are now|now) (in|on) (maven central|pypi|npm|crates.io|rubygems|nuget|the app store|
                the play store|docker hub|github releases|our download page|packagist|cran|hex|stable|
                the download page|our website|production)
            (release|fix|patch|update|version|build|hotfix) (is|are) (out|live|up|available|released)
            as of (now|today|right now|this moment)
        """,
        Says.SEND: """
            (e-mail|email|mail|write|send|sent|contact|report|reports|reported|submit|submitted|forward|resend|
                reach|use|file|filed|open|address|addressed|direct|directed|redirect|redirected|go to|visit|
                reach out|ping|message|raise|raised|log|post|ask|call|cc|copy|follow|route|routed|handled|handle|
                disclose|head over|via|through|create)
        """,
        Says.ASKING: """
            (please|kindly|you can|you may|can you|could you|you should|should be|must be|need to|needs to be|
                asked me|have to|has to|best to|better to|preferred|recommend|suggest|ask you|ask that you|
                encourage|instead|right place|correct place|are handled|is handled|only accept|we accept|only way|
                feel free|you'll want|want to|to be|would you|pls)
        """,
        Says.RATHER_NOT: "(do not|don't|no need|not be|did not|didn't|was not)",
        Says.LEAVING: """
            (question|questions|feel free|further information|more information|learn more|details can be found|
                see also|for more|see the|find more|read more|more details|available at|download|downloaded|
                documentation|release notes|changelog|as described|refer to)
        """,
        Says.RECEIPT: """
            (receipt|reception|receive|received|receiving|arrival|arrived|fix|fixes|fixed|patch|patched|release|released|
                date|dates|publication|embargo|disclosure|address|meeting|timeline|availability|got your)
        """,
        Says.ASIDE: """
            (publish*|disclos*|credit*|embargo*|timeline|deadline|deadlines|close|closing|call|meeting|acknowledg*|bounty|
                okay to|ok to|ok if|okay if|mind if|fine if|happy with|agree|postpone|delay|hold off|wait|help out|
                extension|public|date|schedule|thoughts|when do you|when will you|when are you|plan to|planning to|
                prefer|pgp|encrypt*|coordinat*|share this|anything else|named|go public)
        """,
        Says.NOT: """
            (not|no|never|unable|cannot|without|hardly|nor|neither|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|
                can't|couldn't|won't|wouldn't|haven't|hasn't|failed|fail|fails|rather than|instead of)
        """,
        Says.CONDITION: """
            (if|unless|whether|once|when|before|should you|as soon as|until|in case|assuming|provided)
        """,
        Says.NOT_YET: """
            (will|i'll|we'll|they'll|it'll|you'll|going to|try to|trying to|tries to|attempting to|attempt to|would|
                to be|yet to|in order to|want to|need to|needs to|working to|work to|before we|aim to|hope to|
                able to only|still)
        """,
        Says.SOFT: """
            (look into|looking into|not guaranteed|not be guaranteed|cannot be guaranteed|can't be guaranteed|
                subject to|not yet final|not yet fixed|not yet certain|may change|might change|could change|
                can change|may still change|may slip|might slip|could slip|may move|may still slip|may still move|
                week or so|month or so|day or so|two possibilities|more realistic|not set in stone|no promises|
                no guarantee|no guarantees|not a commitment|not a promise|not committing|don't hold me|
                do not hold me|best guess|best estimate|best effort|plans may|dates may|could fall|can slide|
                may vary|barring|fingers crossed|if all goes well|all being well|with a bit of luck|not binding|
                without commitment|non-binding|give or take|or thereabouts|take that with|depending on|
                if everything|all going well)
        """,
        Says.WOULD: "(would|earliest|could|at best|no earlier|soonest)",
        Says.GOAL: """
            (aim|aims|aiming|aimed|target|targets|targeting|targeted|eta|due|shooting|shoot|expect|expects|
                expecting|hope|hoping|hopefully|probably|planned|plan|likely|scheduled|slated|maybe|gunning|
                looking at|think|most probably|should be|give me|give us|need another|need about|need until|
                needs until|need some|within)
        """,
        Says.YES: """
            (works for us|works for me|work for us|work for me|fine with us|fine by us|fine for us|fine with me|
                fine by me|fine for me|is good|is fine|is ok|is okay|are fine|are ok|are good|sounds good|
                sounds fine|sounds okay|ok to|okay to|okay with|ok with|agree|agreed|agrees|go ahead|no objection|
                no objections|happy with|happy to|acceptable|suits us|suits me|we can live with|accept|accepted|
                accepts|fine)
        """,
        Says.OURS: """
            your [planned|proposed|own|public|intended|stated|90-day|ninety-day|suggested|preferred|tentative|
                standard|disclosure|publication|report's|original] [disclosure|publication|90|own|public|
                planned] (deadline|disclosure|publication|embargo|timeline|blog|advisory|report|date|policy|talk|
                dates|post|presentation|write-up|writeup|paper|email|e-mail|mail|message|plan|plans|release|
                submission|window|conference)
            (you|you're|you are|you'll) (plan|intend|will|propose|proposed|going|would|want|wish|planned|intended|
                mentioned|suggested|set|gave|indicated|wrote|asked|requested|sent|reported|said|aim|are going|
                specified|stated)
            (deadline|dead line|deadlines)
        """,
        Says.SHARED: "(with you|coordinat*|co-ordinat*|jointly|together|in sync|simultaneous*)",
        Says.TOPIC: """
            (fix*|patch*|report*|vulnerab*|issue|issues|bug|bugs|releas*|cve|advisor*|version*|merg*|exploit*|
                reproduc*|security|disclos*|crash*|overflow*|attack*|flaw*|finding*|poc|update*|code|commit*|ticket|
                case|test*|upgrade*|problem*|branch|master)
        """,
        Says.SPEAKER: """
            (we|i|i'm|i've|i'll|we're|we've|we'll|our|my|thanks|thank|me|us|you|your)
        """,
        Says.ASSIGNED: """
            (assign*|open|opened|create|created|track*|your|logged|registered|regist*|case|ticket|filed|reference|
                number|id|under)
        """,
    },
)
