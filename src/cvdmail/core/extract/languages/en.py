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
        "week": "week weeks wk wks",
        "weekend": "weekend weekends",
        "month": "month months",
        "quarter": "quarter quarters qtr",
        "year": "year years",
        "fortnight": "fortnight fortnights",
        "hour": "hour hours hrs hr",
        "minute": "minute minutes mins",
    },
    parts={
        "early": "early earlier beginning start begin",
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
    on="on at for from around about",
    since="since",
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
    feasts={"12-25": "christmas xmas", "11-3-4": "thanksgiving", "12-24": "christmas-eve", "10-31": "halloween"},
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
            rebuilt tagged cut pr uploaded goes_in go_in went_in going_in put_out get_out getting_out
            get_it_out get_this_out backed included include integrate integrated integrating incorporate incorporated
            bundle bundled published_to ready reached mirrors hit_the went_to switched_over
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
            committed apply applied implement implemented implementation development testing qa ready_to
            pull_request squeeze squeezed promote merge_it sort
            send_a_pr raise_a_pr open_a_pr submit_a_pr  get_around
            look_into looking_into patch_set series code_complete
        """,
        Cue.OTHER: """
            reported discovered received found submitted sent identified meeting meetings call calls respond response
            reply replied answer contact contacted investigate investigating investigation review reviewing reviewed
            look looking looked test tests retest verify verification evaluate analyse analyze analysis analysing
            analyzing triage triaged triaging holiday holidays vacation away office closed close closing expire expires
            expired deadline freeze freezes introduced logged requested meet discuss
            discussed know back travelling traveling travel internally schedule hear heard get_back come_back
            follow_up feedback status sync chat talk speak inform informed let_you keep_you update_you updating_you
            ping reach_out escalate escalated escalation forwarded leave off_on off_until off_for be_off i'm_off
            pto conference workshop bounty payout payment
            pay confirmed confirm reproduced reproduce joined hired wrote written mail email emailed mailed
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
            anticipates anticipated gunning shooting wanting about_to won't wouldn't let's can_expect
        """,
        Cue.PAST: "was were has have had been did wasn't weren't hasn't haven't didn't",
        Cue.DONE: """
            fixed patched mitigated remediated resolved addressed corrected backported upgraded solved repaired released
            shipped deployed landed merged launched delivered published posted disclosed announced completed went live
            out available pushed rolled tagged cut uploaded included integrated incorporated hardened committed
            finished done implemented sorted rebuilt updated closed picked_up went_to switched_over reached
            went_out came_out put_out got
        """,
        Cue.HEDGE: """
            hope hopes hoping hopefully should might could tentative tentatively target targeting aim aims aiming
            estimate estimated estimates estimating estimation estimates probably likely possibly possible perhaps maybe
            try trying tries believe think thinking projected approximately approx roughly around proposed proposal
            propose suggest expected expect expecting expectation expects preliminary provisional provisionally
            realistic realistically best-effort rough considering intended looking anticipate anticipated anticipates
            potentially presumably pencilled penciled ballpark ish shooting gunning if_all_goes all_being goal guess
            reckon assume assuming suppose guesstimate optimistic optimistically tbd tbc unless_something ideally
            attempt attempting barring fingers_crossed with_luck wish would_like want i'd_like we'd_like i'd_love
            we'd_love i_like_to we_like_to with_a_view_to earliest soonest looking_good looking_likely
            talking_about should_be
            would_be
            give_or_take or_thereabouts my_goal our_goal shaky iffy
        """,
        Cue.NEGATION: """
            not no never none unable cannot neither nor don't doesn't won't can't isn't aren't wasn't weren't
            hasn't haven't didn't wouldn't couldn't shouldn't nothing nobody hardly ain't
        """,
        Cue.UNLIKELY: """
            unlikely impossible looking_unlikely looks_unlikely miss missed misses refuse refused decline declined
            wontfix doubt doubtful off_the_table
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
    mentions="""
        report reports mail email feedback status ticket case call cve estimate assessment survey leave hire pay
        test
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
        and so then which the_fix the_patch the_update the_release we it i this they you he she there that please
        dont don't i'll we'll i'm we're our as with
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
            (we|i|team|engineers|developers|maintainers|engineering|devs|colleagues|they|r&d|development|psirt|qa|
                analyst) ~ (confirm|confirmed|confirms|reproduced|reproduce|replicate|replicated|validated|validate|
                verified|recreated|recreate|reproduces)
            (able|managed|possible) to (reproduce|replicate|confirm|verify|validate|recreate|trigger|repro|see)
            (reproduced|confirmed|verified|validated|replicated) [it|this|that|your|the] (it|this|that|your|the|on|
                in|with|here|locally|internally|and|by|as|against|thanks|thank|w) ! (fix*|patched|release|resolved)
            (can|could|did) [indeed|also|now|easily|readily] (reproduce|replicate|confirm|verify|validate|recreate|
                repro|see) [the|this|it|that|your|a] (crash|issue|problem|bug|behavior|behaviour|vulnerability|this|
                it|that|same|finding|overflow|leak|here|locally|on|with)
            (reproduces|repros) (for|on|here|with|fine|in|reliably)
            (vulnerab*|issue|bug|problem|finding|report|behavior|behaviour|defect|flaw|weakness|exploit|crash|poc|
                submission|issues|findings) (is|was|has been|have been|are|were) [now|indeed|also|independently|
                successfully] (confirmed|reproduced|validated|verified|valid|acknowledged|accepted|real|genuine|
                legitimate|legit|reproducible|triaged|replicated)
            (this|it|that|which|yours|these|report|there) (is|are|looks|seems|appears|does look|was) [to be|
                like] [indeed|definitely|clearly|certainly|very much|in fact|actually|also] (a|an) (valid|genuine|
                real|legitimate|true|actual|serious|security|exploitable|legit|nasty|significant|critical|
                vulnerability|vuln|bug|defect|flaw|oversight|mistake|regression|heap|stack|memory|xss|sql|path|
                use-after-free|buffer) ! (if|would|whether|could|unless|supported)
            (this|it|that|which) (is|was) (indeed|definitely|clearly|certainly|a real) ~ (bug|issue|problem|
                vulnerability|flaw|wrong|broken|exploitable|vulnerable|real|affected)
            (valid|legit|legitimate|genuine|proper|real) (finding|report|issue|bug|vulnerability|concern|point|
                submission|security|findings|hole|problem|flaw) ! (if|whether|unless|would|could|supported)
            (urgent|serious|critical|severe|nasty|real|genuine|exploitable|major) [security] (hole|vulnerability|
                flaw|bug|issue|problem|vuln) (was|has been|is|in|was found) ! (if|would|whether|unless)
            (there's|there is|we have|we found|contains|we've found) (a|an) [serious|real|critical|known|
                potential] [security] (vulnerability|hole|flaw|bug) (in|with|here|that|and) ! (if|whether|reported|
                report|evidence)
            (good|great|nice|excellent|awesome|cool) (catch|find|finding|spot)
            (you are|you're|you were|your analysis is|your assessment is|your finding is|your findings are|
                your report is|analysis was|assessment was) [absolutely|completely|quite|totally|entirely|
                indeed] (right|correct|accurate|spot on|valid|sound)
            (agree|agrees|agreed|concur|concurs) (with|on) [all of] (your|the|you|all) [assessment|analysis|finding|
                findings|conclusion|report|that|points]
            (confirm|confirms|confirmed|confirming) that [it|this|the|your|we|our] ~ (affected|vulnerable|
                vulnerability|issue|bug|reproducible|exploitable|valid|real|flaw|present|affects|exists|
                defect) ! (fixed|fixes)
            (confirm|confirms) (the|this|these|that|your) [reported] (issue|issues|vulnerability|vulnerabilities|
                finding|findings|bug|behaviour|behavior|problem|flaw|analysis|report)
            (acknowledge|acknowledges|acknowledged|accept|accepts|accepted) [the|these|this|your|that|
                it] (vulnerab*|issue|issues|bug|problem|finding|findings|flaw|defect|as)
            (we|our|product|products|versions|we're|releases|branches) (are|is) [indeed|also|in fact|all|
                currently] (affected|vulnerable|exploitable|impacted)
            (identified|found|located|tracked down|understand|pinpointed|isolated) the (root cause|problem|cause|
                culprit|bug|underlying|faulty|offending|bad)
            root cause ~ (identified|found|understood|is|was)
            (rated|classified|scored|assessed|triaged|categorised|categorized|ranked|graded|treating|treat|consider|
                considers|regard|bumped|raised|escalated|assigned|prioritised|prioritized) [it|this|the|these|your|
                as|to|a] ~ (high|critical|medium|moderate|important|low|severe|p0|p1|p2|p3|sev|severity|
                vulnerability|security) (severity|priority|vulnerability|issue|bug|defect|risk|impact|rating)
            (rated|classified|bumped|raised|triaged|escalated|prioritised|prioritized|assigned|set) [it|this] (to|
                as|a) [a] (p0|p1|p2|sev1|sev2|critical|high|blocker)
            severity [rating] [of|is|as] (high|critical|medium|moderate|important)
            (should not|shouldn't|must not|not supposed to) (happen|be possible|be allowed|have happened|have been|
                crash|be reachable|be exposed|leak)
            (our|my|own|entirely ours|ours) (mistake|fault|bad|oversight|bug|error|own fault)
            (bug|issue|flaw|problem|vulnerability|overflow|defect|hole|mistake) (is|was|lies|sits|exists|
                resides) [present] in (our|the) (code|parser|handler|library|codebase|driver|product)
            (poc|proof of concept|exploit|reproducer|testcase|test case|script|sample|steps|crash file|file|payload|
                input|request) ~ (works|worked|triggers|crashes|crashed|triggered|fires|takes down|hangs|segfaults|
                fails) [here|for|as|on|our|the|reliably|against|too|just|fine]
            (qualifies|qualify|eligible) (as|for) ~ (vulnerability|bounty|cve|security|reward)
            (does|do|did) (affect|impact) (us|our|the|all|every|production|version)
            (definitely|certainly|clearly|indeed) (a|an) ~ (bug|vulnerability|issue|problem|flaw|hole)
            indeed (vulnerable|exploitable|affected|broken|wrong|missing|reproducible|reachable|a bug|an issue)
            [this|that|it] (looks|sounds|seems) (legit|real|bad|serious|nasty|exploitable|valid)
            finding is valid
            (has|have) been (confirmed|validated|reproduced|accepted|triaged|verified) (by|as|and|on|in|internally|
                with|to be)
            same (crash|result|behaviour|behavior|thing|overflow|asan) (here|on|with|in|as)
            (see|seeing|saw|observe|observed|get|got|hit) (it|this|that|the same|the crash|the issue|the problem|
                the leak|the overflow) [crash|issue|here|problem|behaviour|behavior] (as well|too|here|also|on our|
                internally|with|locally)
            (embarrassing|ouch|oops|yikes|whoops|mea culpa)
            (bug|issue|analysis|argument|claim|report|finding|vulnerability) [itself] (holds water|holds up|stands|
                checks out|is sound)
            (no dispute|no doubt|no argument|no question|fair point|stand corrected|fair enough|point taken|
                can't argue|cannot argue)
            (it's|it is|this is|that's|that is|that one is|yep|yes|yeah|yup|sure) (real|a bug|bug|legit|a hole|
                genuine|a real|broken|bad|ours|a problem|an issue)
            (need|needs|have|has|going|let's|lets|must|should) [to] (fix|patch|harden|mitigate|close) (this|that|it|
                these)
            (gave us|got us|assigned|reserved|allocated|requested|received|obtained) [a|us|the|new] (cve|cve id|
                cve number)
            ? (yes|yep|yeah|yup|right|correct|true|indeed) [this|that|it|you|you're] (is|it is|this|that|are|can|
                does|looks|confirmed|vulnerable|affected|exploitable|indeed|wrong)
            ? (we|i) (see|saw|understand) the (problem|issue|crash|bug|flaw)
            ? (this|that|it|we|seems|appears) (seem|seems|appears|appear) to (have|suffer|
                be) [from] [the] (same issue|vulnerable|affected|exploitable|valid)
            ? seems to have [the] same (issue|problem|bug)
        """,
        Says.REJECTED: """
            (not|no|isn't|aren't|wasn't|don't|doesn't|didn't|never|nothing|neither|wouldn't|can't see|
                hardly) ~ (vulnerability|vulnerabilities|vuln|vulns|exploitable|security issue|security issues|
                security problem|security bug|security bugs|security risk|security hole|security flaw|
                security concern|security defect|security impact|security relevant|security-relevant|attack vector|
                security boundary|security vulnerability|cve-worthy|boundary) ! (fix*|patch*|release*|disclos*|
                publish*|public|reproduc*|confirm*|receiv*|details|share|yet|only|aware|know|sure|please|discuss*|
                advisory|verify|verified|introduce*|thank*|sooner|until|without|resolved|tracking|announce*|list|
                report|reports|email|address)
            (is|are|be|was|were|constitute*|consider*|view*|treat*|represent*|its|this|it) ~ (not|no|never|isn't|
                aren't|wasn't) [really|actually|in itself|by itself|considered|be|a|an|any|as|strictly|technically|
                in our view|to be|in our opinion] [a|an|any|as] (security|real|genuine|practical|valid|product|true|
                exploitable|meaningful|significant|serious|actual|bug|defect|flaw|risk|threat|vulnerability|vuln|
                bugs|vulnerabilities) ! (only|yet|fixed|disclos*|reproducible)
            (do|does|did|would|can) not ~ (consider|constitute|regard|view|treat|see|classify|represent|qualify|
                count|categorize|categorise|believe|rate|pose|agree|warrant|merit|deem|label|present) ~ (vulnerab*|
                issue|bug|risk|security|problem|flaw|threat|exploitable|cve|weakness|boundary)
            (don't|doesn't|didn't|wouldn't|can't) ~ (consider|constitute|regard|view|treat|see|classify|represent|
                qualify|count|categorize|believe|think|rate|pose|warrant|merit|deem|label|present) ~ (vulnerab*|
                issue|bug|risk|security|problem|flaw|threat|exploitable|cve|weakness|boundary)
            (not|doesn't|don't|didn't|fails to|fail to|failed to|cannot|never) [quite|currently|yet] (meet|meets|
                satisfy|satisfies|fulfil|fulfill|reach|qualify|clear|rise|cross|pass) ~ (bar|definition|criteria|
                threshold|requirements|requirement|standard|standards|level|boundary|bounty|program|vulnerability|
                servicing|eligible|eligibility|cve)
            (falls|fall|is|are|rated|lies|sits) (below|under|short of) [our|the|its] (bar|threshold|criteria|
                definition|standard|level)
            (is|are|works|working|work|behaves|behaving|behave|functions|functioning|was|were|operates|operating|
                all) [entirely|perfectly|exactly|just|simply|currently|actually|still] (by design|as designed|
                as intended|as expected|as documented|per spec|intentional|intended|deliberate|on purpose|
                per the spec|to spec)
            by design
            (working|works|behaving|functioning|performing|operating) (as|exactly as|just as|how) [it|we|was|were|
                is] (intended|designed|expected|specified|documented|should|supposed)
            (intended|expected|documented|intentional|desired|normal|correct|deliberate|legitimate) (behavior|
                behaviour|behaviors|behaviours|functionality|feature|design|use|function)
            (deliberate|conscious|intentional) (choice|decision|design|trade-off|tradeoff|behaviour|behavior)
            (belongs to|part of|is) [a|the|our] (normal|intended|regular|standard) (function|functionality|
                behaviour|behavior|operation|design|feature)
            (out of|outside|outside of|beyond|not in|not within|falls outside|fall outside|excluded from|
                out-of) [the|our|its|of|this|program|programme's|program's|bounty] [the|our|current|stated|
                published|bug|defined|bounty|security|disclosure] (scope|threat model|policy|programme|program|
                security boundary|remit)
            (listed|named|mentioned|covered) (under|in|among|as) [the|our|an|one of] (exclusions|exclusion|
                out-of-scope|non-qualifying|ineligible)
            (no|not eligible for|not qualify for) [any|a|monetary] (bounty|reward|payout) ! (program*|offer*|budget|
                pay)
            (not|isn't|aren't|never) ~ (in scope|within scope|covered by|eligible|in our scope|part of our threat|
                part of the threat|supported configuration|a supported)
            (won't|wont|will not|wouldn't|would not|won't be|will not be) [be|not] (fix|fixing|fixed|patched|patch|
                patching|addressing|addressed|pursue|pursuing|changing|changed|issue|issuing|assign|assigning|
                backport|backported|track|tracking|correct|corrected|taking any|take any|take further|remediate|
                remediated|treat|treating|consider|accept|accepted|merge|be any) ! (until|before|without|by|in time|
                today|this week|october|september|public*)
            (wontfix|won't-fix|notabug|cantfix|nofix)
            (no|not any) [security|such|further|additional] (update|patch|fix|hotfix|cve) (is|are|will|would) [be|
                going to be|being] (issued|made|released|planned|provided|required|needed|necessary|warranted|
                assigned)
            (not going|not planning|no plan|no plans|no intention|not intend|don't plan|do not plan|don't intend|
                do not intend|never intended|not willing|not want|don't want|see no need|no need|
                do not think that we want|don't think we want|dont generally|don't generally|do not generally) [to|
                of|for] [be|rush out|make|making|any|a|us to] (fix|fixing|fixed|patch|patching|change|changing|
                changes|address|addressing|backport|backporting|pursue|mitigate|rush|issue|remediate|act|support|
                treat|do anything|restrict|remove|cut) ! (until|before)
            (not going|not planning|no plan|no plans|no intention|will not|won't) [to|of|be] ~ (release|releasing|
                rush) ~ (patch|patches|fix|update|additional|for this|release to) ! (until|before|today|this week)
            (not|never) touching (that|this|the) (code|module|branch|part)
            (decided|elected|chosen|opted|agreed) (not to|against|to leave|to accept the risk|to decline|
                to reject) [fix|patch|change|address|pursue|backport|this|it|the|as|fixing|patching|issue]
            (declin*|reject*|dismiss*|refus*) [this|your|the|it|to] (report|submission|issue|request|ticket|finding|
                as|fix|treat|case|assign)
            (report|submission|issue|ticket|finding|case|this|it|cve) (is|was|has been|have been|been|be) (rejected|
                declined|dismissed|invalid|marked invalid|not applicable|not reproducible|disputed|withdrawn|
                not valid|not accepted|unfounded|revoked)
            (cve) [is|was|has been] (revoked|rejected|disputed|withdrawn|bogus|invalid)
            no (security|real|practical|meaningful|direct|actual|further|material|demonstrable|realistic|
                significant|additional) (impact|risk|implication*|relevance|boundary|concern|threat|consequence*|
                vulnerability|issue|harm|attack|action|exploit*|benefit|danger) ! (fix*|until)
            no (impact|risk|threat) (to|on|for|here|beyond|is|was|from|at all|that)
            no (additional|further) (action|fix|fixes|steps|patch|patches|releases) ~ (planned|needed|required|will|
                taken|necessary|is|are|warranted)
            (cannot|can't|can not|could not|couldn't|not|isn't|aren't) [actually|realistically|really|directly|be|
                easily|practically|currently|remotely|possible to be] (exploited|exploitable|weaponised|weaponized|
                triggered by an|reached by an|attacker controlled|attacker-controlled|abused|leveraged)
            (not|isn't|aren't|wasn't|never|we're not|we are not) [be|actually|in fact|itself|directly] (affected|
                vulnerable|exploitable|impacted|susceptible)
            (does not|doesn't|do not|don't|did not|didn't|won't|should not) (affect|impact|apply|concern|matter|
                endanger|threaten|influence) [to|any|the|us|our|our product|other|current|anyone] [us|current|our|
                users|product|products|version|versions|dashboard|default|customers|anything|installations|
                releases] ! (if|whether|release|schedule|date|timeline|fix)
            (does not|doesn't|do not|don't) (allow|enable|give|grant|cross|lead to|bypass|expose) [any|an|the|a|
                attackers|to] ~ (attacker|security|privileges|boundary|boundaries|access|anything|code|data|
                privilege|execution)
            (rather than|more of|more like|instead of being|and not|not so much) (a|an) [security|real|bug|
                functional|documentation|vulnerability] (vulnerability|issue|bug|flaw|feature|enhancement|hardening|
                documentation|usability|question|problem|request|defect)
            (thread|case|report|ticket|submission|matter|investigation) (is being|has been|was|is|will be|have been|
                be|can be|is now) [now|therefore|hereby] (closed|archived|dropped|considered closed) ! (fix*|
                released|resolved|once|until|when)
            (close|closing|closed|resolve|resolving|resolved|mark|marking|marked) [this|the|your|it|that|
                out] [report|case|ticket|issue|thread|one|submission|bug|down|out|request] (as|since|because|now|
                then|for lack|accordingly|unless|due) ~ (invalid|not|n/a|informative|wontfix|won't|expected|design|
                unable|no|lack|spam|does|working|intended|reproduc*|behavio*|inactiv*|stale|revoked|
                outdated) ! (fix*|released|already out|merged)
            (closing|closed) [this|it] [issue|ticket|one|out] (now|due to inactivity|for inactivity|for now|
                as stale|as outdated|for lack) ! (fix*|released|merged|out|duplicate|resolved|done|published)
            (beyond|reached|past|passed|after|hit|at) [its|the|their|it's] (end of life|end-of-life|eol|
                end of support|end-of-support|end of maintenance|support window|support period|support lifecycle)
            (no longer|not|isn't|aren't|never) [be|been|being|actively|officially] (supported|maintained|developed|
                sold|receiving|under active|getting|in support)
            (unsupported|unmaintained|discontinued|deprecated|abandoned|archived|obsolete|end-of-life|
                legacy) (product|version|versions|release|releases|branch|project|software|code|and|plugin|since|
                model|repository|research|device|feature|module|component|means)
            (out of date|outdated|obsolete|unpatched|ancient) (office|client|version|browser|release|copy|
                installation|build|software|firmware)
            (user|users|operator|operators|administrator|administrators|admin|customer|customers|developer|
                site owner|caller|application|integrator) [s] (responsibility|responsibilities|job|duty|choice|
                own risk|decision)
            (responsibility|up to|business) (of|the) (user|users|operator|administrator|admin|caller|developer|
                application|customer|customers|integrator|deployer|site)
            (misconfigur*|misuse|user error|self-xss|social engineering|best practice|best practices|false positive|
                false report|hallucinat*|not a bug|non-issue|nonissue|hypothetical|contrived|far-fetched|ai slop|
                ai generated|ai-generated|theoretical|bogus|rubbish|nonsense|scanner|untrue)
            (unsafe|insecure|wrong|incorrect|improper) (configuration|usage|deployment|setup)
            (requires|require|required|requiring|needs|need|assumes|assume|presupposes|only works if|
                only possible if|only if|depends on|rely on|relies on|must have|must be|has to be|would have to|
                would need|would already need|prerequisite is) [that|an|the|a|already|attacker|full|having|you|they|
                someone|local|victim|user|users] ~ (admin|administrator|administrative|root|privileged|privileges|
                privilege|physical|local access|already|compromised|authenticated|credentials|logged in|shell|
                write access|full access|man-in-the-middle|superuser|effort|malicious|trusted|sudo) ! (fix*|details|
                information|please)
            (only|just) (an|the|by|for|to) [authenticated|logged in|site] (admin|administrator|administrators|
                admins|root|superuser|privileged) [user|users] (can|could|may|is|are|has|have|who)
            (admin|administrator|administrators|admins|root) ~ (can|could|may|is able to) already
            (already|by then) (has|have|had|owns|own|got|possesses|compromised|controls|control|root|admin|gained|
                game over) [full|root|admin|local|write|the|an|complete|total|over|administrative|on|code] (access|
                control|privileges|root|admin|shell|rights|the machine|the system|the box|the host|execution|same|
                lost)
            (attacker|adversary|someone|anyone|user|somebody) (who|with|that|having) [already|can|has|have|
                is] ~ (root|admin|administrator|physical|already|write access|shell|full control|privileges|
                could simply|could just|can already|can just|can simply|does not need|doesn't need)
            (low|little|negligible|minimal|limited|marginal|insufficient|minor|acceptable) [security|real|practical|
                enough] (impact|risk|severity|exploitability|practical value|security value) ~ (not|close|closing|
                won't|accept|warrant|decline|justify)
            (accept|accepted|accepting|accepts) (the|this|that) (risk|residual risk|residual|trade-off)
            (hardening|defense-in-depth|defence-in-depth|enhancement|improvement|feature request) (opportunity|
                suggestion|only|measure|idea|item|rather|matter|improvement|than)
            (customers|users|you|people|everyone|anyone) (should|can|must|need to|are advised to|are encouraged to|
                are expected to|may want to|have to) [simply|just|instead|therefore] (migrate|move to|switch to|
                not expose|restrict|configure|avoid|not use|stop using|use at|disable|trust|refrain)
            use (it|this|at) [with caution|at] [your] own risk
            (see|saw|find|found|understand|identify|demonstrate|imagine|think of) (no|any) (security|way|evidence|
                reason|realistic|impact|plausible|practical|vulnerability|scenario|indication|attack|risk|exploit)
            (don't|do not|cannot|can't|fail to|unable to|failed to|hard to|difficult to|not) (see|understand|
                identify|imagine|envision) (how|a|any|why|what|the) ~ (vulnerab*|security|attack*|exploit*|impact|
                risk|realistic|harm|gain|scenario|practical)
            (only|just|merely|simply|purely) (affects|affect|a|an|crashes|crash|impacts|denial|theoretical|the|
                yourself|your own|himself|themselves|by|happens|applies|possible|freeze) ~ (yourself|own|themselves|
                himself|cosmetic|theoretical|developer|debug|robustness|tab|hardening|admin*|privileged|annoying|
                nuisance|inconvenience|documentation)
            (which is|is|just|merely|only|quite|more) annoying ~ (not|but|no)
            (test|example|sample|demo|dead|unused|debug) (code|suite|file|fixture|program|application) ~ (not|never|
                only|no)
            (too much|significant|excessive|unlikely|unrealistic|considerable) user (effort|interaction|action)
            (not|nothing|never|isn't) ~ (something we|what we|anything we) (would|will|consider|can|plan|intend|
                treat|fix|are|want|accept|support)
            (nothing to|no point in|no reason to|little point in) (fix|fixing|fixed|patch|change|changing|see here|
                address)
            (as|this|it|which|that) (is|was) [already|clearly|explicitly|well] (documented|stated|described|
                mentioned|covered) in (the|our) (documentation|docs|manual|readme|faq|security policy|policy|wiki|
                specification|terms|known)
            (documentation|configuration|usability|quality|reliability|functional|robustness|stability|support|
                compatibility|performance) (issue|bug|problem|matter|question|concern) (rather|not|and|than|only|
                instead)
            (accepted|documented|inherent) (limitation|limitations|risk|trade-off|tradeoff|restriction|weakness of)
            (not|isn't) (a|an|our) (priority|bug in our|problem in our|problem with our|issue in our|issue with our|
                issue on our|problem on our)
            (third party|third-party|someone else's|another vendor's|different vendor's) (code|product|component|
                library|problem|issue|bug|software|responsibility|project|plugins|plugin) ~ (not|aren't|isn't|
                author|please|ours|responsib*|contact)
            (not|isn't|aren't) (produced|made|developed|maintained|owned|operated|sold|run) by (us|our)
            (not|aren't|isn't) (our product|ours|a product of|one of our)
            (take it up|take this up|contact|raise it|report it|bring it up) with (their|its|the) (author|vendor|
                maintainer|developer|upstream|manufacturer)
            (doesn't|does not|do not|don't|didn't|did not) [really|actually|even|currently|directly] (make sense|
                hold|stand|work that way|work like that|demonstrate|show that|prove|add up|hold water|exist)
            (agent|patch|change|fix|code|check) ~ (worse|unnecessary|bogus|nonsense|pointless) (version|and|than|
                here|patch|check|because|fix)
            (worse|stupid|bogus|nonsensical|pointless|useless) (version|agent|patch|fix|report|ai|tool|llm|change|
                way)
            (error message|warning|prompt|dialog|confirmation|message) (is|was) [very|quite] (clear|clearly|shown|
                explicit)
            (can't|cannot|could not|couldn't|can not) be (replicated|reproduced|exploited|triggered)
            (archived|abandoned|discontinued) means
            ? (not|isn't) [that|very|really|so|particularly|all that] (dangerous|serious|severe|interesting|harmful)
            ? (not|no) [a|any] (problem|issue|concern|risk) (here|for us|in practice|in our|for our|at all|since|as|
                in this)
            ? (don't|do not|doesn't|does not) treat ~ as
            ? (no|not a|without any) cve (will|is|needed|required|necessary|warranted|assignment|for this)
            ? (nothing|not much) (we|i) can do ! (date|schedule|release)
        """,
        Says.DUPLICATE: """
            (duplicate|duplicates|dupe|dup|duplicated) (of|report|issue|ticket|submission|issues|reports|entry|to|
                by|bug|finding|with)
            (as|a|an|is|possible|likely|apparent) (duplicate|dupe|dup|duplicates)
            (already|previously|independently|earlier|separately) [been|being|was|were] (reported|known|discovered|
                tracked|identified|aware|filed|disclosed|submitted|found|logged|notified|told|flagged|received|
                in the works|on our radar|raised|has a cve|have a cve|has an|covered|documented|spotted|pointed out)
            (were|are|was|am|been|became|made|we're|i'm|already|fully|well|is) [already|fully|well|previously|made|
                of course] aware (of|that|since) ! (other|any)
            (is|are|was|were|it's|that's|as|being) [a|an|the] [long|long-standing|well|already|well-|previously|
                widely] [already|publicly|standing] known (issue|bug|problem|vulnerability|since|to us|for|flaw|
                issues|bugs|internally|weakness|defect)
            (well|widely|publicly|long) known (exploit|issue|bug|vulnerability|problem|flaw|weakness)
            (same|identical|very same) (issue|bug|vulnerability|problem|report|root cause|finding|flaw|crash|matter|
                defect|weakness) (as|was|that|reported|from|which|already|before|twice|independently|last|earlier|
                by) ! (here|reproduc*|confirm*)
            (same|identical) (as|to) (the|one|a|an|that|our|previously|#|cve) [one|issue|bug] (reported|we|tracked|
                from|described|fixed|already|that|previous*|number|id)
            see ~ same root cause
            (reported|found|submitted|raised|flagged|sent|discovered|brought) [to us|in] [it|this|earlier|already|
                first|independently|to us] by (another|someone|others|multiple|several|a different|somebody|two|
                three|other|an external|a researcher|a customer|internal|our own)
            (another|different|other|several|multiple|two|previous|earlier|prior|someone|somebody|colleague|
                gentleman|fourth|third|second) [of yours|else|security] [researcher|researchers|reporter|reporters|
                finder|finders|party|team|teams|people|person|user|submission|report|reports|contributor|parties|
                on] ~ (reported|already|before|found it|sent|beat|told|covers|submitted|independently|identical|
                notified|covering|describing|describes|ahead of you|pointed it out|pointed this out|wrote in|
                write in|wrote to us)
            (not|aren't|weren't|you're not|isn't) the first [one|person|ones|to|time|report]
            (beat|beaten) (you|to it|you to)
            (overlap*|coincid*|match|matches|matching|corresponds|collides|collision) (with|to) [a|an|the|one|our|
                something|that|another] ~ (report|issue|ticket|bug|finding|known|existing|internal|cve|case|
                submission|already|earlier|entry)
            (existing|internal|prior|earlier|previous|open|older|public|original) (issue|ticket|report|bug|cve|case|
                finding|tracker|submission|entry|pr|advisory) [already|which|that|for|covers|describes|covering|and|
                on|about|describing|from|we|is] ~ (same|this|covers|cover|describes|exactly|already|tracks|reported|
                identical|yours)
            (tracked|tracking|covered|handled|addressed|described|registered|logged) (already|under|as part of|by|
                in) [an|a|the|our|existing|internal|issue|already|another|of] (existing|earlier|internal|previous|
                older|another|separate|prior) (issue|ticket|cve|report|bug|tracker|case|entry|advisory|number|pr|
                change)
            (merged|merging|folded|folding|linked|linking|consolidated|attached|attaching|added|combine|
                associate) [this|your|it|the|them] [report|ticket|issue|one|case|submission] (into|with|to|under|
                in) [the|an|our|that|existing|one] (existing|earlier|original|other|internal|previous|open|prior|h-|
                vuln|sec|case|ticket|issue|report) ! (fix|branch|master|release)
            folding (this|it|yours) (into|in)
            (been|was|is|were|got|have|has|it) [already|also|in fact] (reported|identified|found|disclosed|
                known) [and] [fixed] (in|by|on|back|for|a|some|several|quite) ~ (ago|last year|last month|earlier|
                previously|before you|years|already|for a while|for some time)
            (identified|reported|found|known|discovered) and (fixed|patched|resolved|addressed) [a|in|some|several|
                already|earlier] [few] (months|weeks|years|days|while|long|earlier|already|before|version)
            (taken care of|fixed|patched|closed|addressed|dealt with|handled|resolved) (before you|already before|
                long before|months before|weeks before|well before|prior to your)
            [already] (in|on) (for-next|the for-next|for-next tree)
            (there is|there's|there are|we have|we had|have|had|has|got|received|with) [already] (a|an|one|several|
                some|two|multiple|another|open|the) (previous|earlier|existing|other|known|prior|internal|open|
                similar|public|pending|identical) (report|reports|ticket|issue|bug|cve|pr|pull request|problems|
                submission|pull requests|advisory|known issue) (for|about|on|of|covering|from|addressing|that|
                describing|with|in|open|already|matching|which)
            several known (problems|issues|bugs)
            (re-inventing|reinventing|re-discover*|rediscover*)
            (independently|also|concurrently) (discovered|found|reported|identified) by
            (that one is|that one's|that is|this is|that's|it's|is) (cve|covered by|tracked as|
                known as) ! (assigned|reserved|requested)
            (heard|know|knew|known) about (this|it|that) (but|already|and|since|for|before|from)
            (credit|bounty) (goes|went|belongs|is due) to (whoever|someone|the other|the first|another|theirs|
                the original)
            ? (we|i) (know|knew) (about|of) (this|it|that|these)
            ? (already|long) (fixed|patched|merged|solved) ~ (weeks ago|months ago|ago within)
        """,
        Says.NEEDS_INFO: """
            (could|can|would|please|kindly|may|pls|plz|might|mind) ~ (provide|share|send|give|supply|clarify|
                elaborate|explain|specify|tell|attach|include|describe|detail|forward|resend|outline|advise|point|
                indicate|walk us|walk me|demonstrate|show|fill|paste|expand|let us know|let me know|get|
                have) ~~ (detail|details|information|info|steps|step|poc|proof|version|versions|log|logs|reproduc*|
                sample|dump|trace|stack trace|backtrace|how|whether|which|example|evidence|screenshot|screenshots|
                video|environment|config*|setup|hash|pcap|scenario|script|testcase|input|output|payload|exploit|
                build|platform|architecture|compiler|commit|hardware|firmware|why|command|commands) ! (privately|
                private|channel|portal|form|security@|via email|by email|an email|hackerone|huntr|advisory|credit*|
                publish*|disclos*|any issues|any questions|any problems|fixed version|pull request|pr)
            (need|needs|require|requires|want|like|hope|missing|lack|lacking|lacks|appreciate|helpful|helps|help|
                necessary|awaiting|waiting for|looking for|without|could use|pending|insufficient|enough|request|
                requesting|must see|must have) ~ (more|further|additional|detailed|full|exact|complete|some|
                specific|your|working|clear|minimal|raw|the) [technical|detailed|specific|reproduction|additional|
                precise|working|minimal|concrete|raw] (info|information|details|detail|steps|evidence|clarification|
                explanation|context|poc|proof of concept|reproducer|logs|input|description|example|reproduction|
                testcase|test case|feedback|crash|sample|pcap|capture|sources) ! (we need to fix|once|published|
                credit*)
            (cannot|can't|could not|couldn't|unable to|not able to|failed to|fail to|did not manage to|
                didn't manage to|not managed to|haven't been able to|have not been able to|not been able to|
                weren't able to|wasn't able to|not yet|struggling to|trouble|didn't|did not|unsuccessful in|
                difficulty|no luck|not successful in|don't|do not|does not|doesn't|won't) [yet|to|even|fully|
                seem to|currently|in] (reproduce|reproducing|replicate|replicating|repro|trigger|triggering|
                recreate|recreating|observe|see the crash|see any crash|get it to)
            (not|isn't) [yet|easily|reliably] reproducible
            (nothing unusual|nothing happens|no crash|nothing suspicious|does nothing) ~ (logs|here|with|our|on)
            (will|would|shall) need (an|a|some|more|the|you|your|to know|to see) ~ (explanation|details|information|
                poc|example|steps|detail|sample|which|evidence|proof|version)
            have you (run|tried|tested|checked|verified|confirmed|seen|looked|considered|actually|got|attempted|
                reproduced|sent)
            (can|could|would|will|may) (you|we ask you to|you please|you kindly|i ask you to) [please|kindly|
                also|still|perhaps|maybe|try to|help us|by any chance] (reproduce|confirm|check|test|verify|retest|
                re-test|rerun|re-run|try|validate|double-check|double check|repeat|look|have a look|bisect|re-check|
                recheck|see if|see whether|apply|rebuild) [if|whether|that|it|this|the|again|with|on|against|and|
                your|our|is|with the|a|on the|using|as|out] ! (once|credit*|publish*|date|deadline)
            please (re-test|retest|verify|test|confirm whether|confirm if|try|check|re-check|recheck|rerun|validate|
                bisect|see if|reproduce|double-check|double check|clarify|elaborate|explain|specify|advise which|
                advise if|advise whether|describe)
            (welcome|invite|ask|asking|encourage|appreciate|grateful|like|love|want) [it if] you to (perform|
                re-test|retest|verify|test|confirm|try|check|provide|share|run|clarify|validate|explain|repeat)
            (test|retest|verify|verified|confirm|check|validate|see|know) [whether|if|that|it] [this|it|the|
                our] [fix|patch|build|change|version|candidate|branch|beta] (on your|at your|from your|in your|
                works for you|resolves it for you|fixes it for you|works on your|solves it for you|helps you|
                addresses your)
            let (us|me) know (if|whether|which|what|how) (it|this|that|the fix|the patch|version|steps|
                you) ~ (works|fixes|resolves|helps|helped|still|reproduc*|happens|addresses|solves|tested|used|able)
            (update|upgrade) ~ (try again|and try|test again|check again|still)
            (try|test|check) (again|with the latest|against the latest|the latest|with current|against current|
                on the latest)
            (which|what) [exact|specific|precise|software|product|firmware|compiler|kernel|the] (version|release|
                build|configuration|platform|os|compiler|commit|environment|branch|hardware|model|setup|firmware|
                options|flags|distro|distribution|browser|revision|architecture|tool|kernel|device|server|module|
                endpoint|database) ~ (you|your|did|are|is|was|were|do|have|used|exactly)
            in which (commit|version|release|branch|file|function|line|build)
            (can|could|may|might) (i|we) (get|have|see|ask) ~ (steps|poc|details|version|more|exact|sample|file|
                logs|proof|example|reproduc*)
            (not|isn't) [entirely|quite|really|exactly|fully|at all|yet|very|yet quite] (clear|sure|obvious|
                following|convinced) [to|on|from|if|how|what|which|whether|why|where|that|about|yet|your|
                is] ~ (exploit*|attack*|mean|impact|scenario|reproduc*|vulnerab*|affected)
            (don't|do not|didn't|did not) [quite|really|fully|yet] (understand|follow|get) (how|what|why|which|
                where|your|the exact|the attack|the scenario|the impact|the problem|the steps|exactly)
            (did not|didn't|don't|do not|haven't|have not|couldn't|could not|never|not) [yet] (receive|received|
                find|found|see|get|have|got|open|seen|extract) [a|an|the|any|your|message] [details|attachment|
                attached|message|poc|file|proof|zip|archive|steps|reproducer|any|report] (containing|attachment|
                attached|file|details|poc|steps|report|any details|sample|message|proof|in your|from you)
            (attachment|attached|zip|poc|archive|file|script|screenshot|screenshots|image|video|testcase) (was|is|
                were|got|has been|seems|appears|to be|are) [not|to be|been|to have been] (missing|stripped|empty|
                corrupt*|removed|blocked|unreadable|expired|damaged|truncated|dropped|quarantined)
            (missing|no|without a|lacks a|need a|need the|want a|like a|have a|provide a|send a|share a) [working|
                valid|minimal|concrete|simple|full|proper|complete] (poc|proof of concept|reproducer|
                proof-of-concept|testcase|test case|exploit code|stack trace|crash log)
            were they found
            (waiting|wait|await|awaiting) (for|on) your (reply|response|answer|feedback|input|results|confirmation|
                details|test|tests|poc|information)
            (awaiting|await|need|needing|pending|requires) your (reply|response|answer|feedback|input|results|
                details|test|tests|poc|information|clarification)
            (look forward to|looking forward to) [receiving|hearing|getting|your] ~ (details|poc|answers|
                information|results|clarification|steps|findings|proof|logs)
            (if|in case|whenever) you (have|could|can|are able|find|still have|happen|get) [to] [a|an|any|more|the|
                provide|share|send|further|additional] (poc|logs|details|information|sample|dump|steps|reproducer|
                trace|evidence|test case|to retest|to test|to verify)
            (questions|question) (for you|remain*|below|about your|regarding your|first|from our|on your|to clarify)
            (few|some|couple of|several|following|two|three|quick) [more|follow-up|clarifying|further|additional|
                open|small|short] (questions|clarifications)
            [please] (fill in|complete|fill out|answer) (the|our|these|those|this|following) [attached|following|
                linked|enclosed|below|intake|short] (form|template|questionnaire|questions)
            please test [and|this|it|the|with]
            please (provide|share|attach|give|supply|add|tell|describe) ! (privately|private|channel|portal|form|
                via|email|security|credit*|feedback)
            (see|seeing) ~ v2
            ? (interested|curious|wondering|love|keen) (in|to|how|whether|if|what|why) ~ (how|version|you|poc|see|
                details|happen*|seeing|learn|understand)
        """,
        Says.QUESTION: """
            (can|could|would|will|did|do|have|had|are|were|was|does|is) (you|your|this|it|they|there|these|that|
                the) ~ (reproduc*|version|versions|poc|test|tested|tried|try|exploit*|trigger*|crash*|details|file|
                config*|confirm|sure|attacker|remote*|user|users|access|authenticat*|code|patch|affected|vulnerable|
                enabled|default|setting|settings|privileg*|run|running|use|using|used|happen|happens|match|master|
                latest|actually|explain|attach*|input|log|logs|environment|build|compile|compiled|report|control|
                work|works|exact*|impact|scenario|option|options|flag|mode|require|requires|path|same|other|
                rewrites|proxy|sample|newer|parser|login|logined)
            (how|why|where|what|which) (do|did|does|can|could|would|is|are|was|were|exactly|makes|should|kind|sort|
                version|will|else|happens|impact|input|permissions|privileges|product|specific|precisely|came|type|
                steps|attack|url|file|function|commit|line|page|parameter|endpoint) [you|an|the|this|your|it|
                attacker|a|that|of|exactly|does|is] [you|an|the|this|your|it|attacker|vulnerable|possible|be]
            (is|are|was|were) (this|it|that|these|they|the) [issue|bug|problem|crash|vulnerability|code|really|
                actually|still|also|only|found|reproducible|necessary|one] ~ (reproducible|current|necessary|latest|
                master|remote*|exploitable|reachable|default|authenticated|related|valid|happening|possible|present|
                seen|tested|affected|specific)
            (sure|certain|any) [that|chance|you|more|further|ideas|idea|way|evidence|proof|details|logs|about|
                steps] ~ (code|necessary|you|reproduc*|exploit*|details|version|information|poc)
            (have you|did you|do you have|were you|have you got|do you see)
            in which (commit|version|release|branch|file|function|line|build)
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
            (did not|didn't|have not|haven't|never|has not|hasn't|do not|don't) [actually|ever|yet|seem to have|
                to have] (receive|received|got|gotten|recieve|recieved|get) [a|an|any|your|the|that|such] [original|
                previous|first|earlier|encrypted|initial|such|vulnerability|security|single] (message|messages|mail|
                mails|email|emails|e-mail|report|reports|it|them|anything|you|submission|one)
            (cannot|can't|could not|couldn't|unable to) (find|locate|see) (your|the|any|an|a) [original|previous|
                first|earlier|encrypted|such] (message|mail|email|e-mail|report|submission)
            (we|i) (didn't|did not|haven't|have not|never) (receive|received|get|got|gotten) ! (answer|reply|
                response|feedback|details|confirmation|date|information|attachment|poc)
            (nothing|no email|no mail|no report|no message|no e-mail|none) (has|have|had) (arrived|come in|
                come through|reached us|been received)
            (nothing|no email|no mail|no report|no message|no e-mail) (arrived|received|came|so far|yet|from you|
                in our inbox|in the inbox|here from you)
            still nothing
            (it|report|mail|email|e-mail|message) (has|did|does|have) (not|never) (arrive|arrived|reach us|
                reached us|come through|show up|shown up|make it to us|made it to us)
            (email|mail|report|message|e-mail) (never arrived|got lost|was lost|did not arrive|didn't arrive|
                hasn't arrived|has not arrived|never reached us|did not reach us|didn't reach us)
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
                scheduled|made|exact|precise|concrete|finalised|finalized|settled|speculate|discuss|tell) ~ (date|
                dates|eta|timeline|timelines|time frame|timeframe|schedule|timing|release date|time line|timescale|
                when|timescales|target|plan|estimate|timetable)
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
            (no|not any) (plans|plan|idea|clue|estimate|promises|guarantee) ~ (date|eta|timeline|when|schedule|yet)
            (can't|cannot|can not|couldn't|won't) (make|give) [you] (any|a|no) (promise|promises|guarantee|
                guarantees|commitment|estimate)
            (when|until) ~ (couldn't say|can't say|cannot say|cannot tell|can't tell|nothing to offer)
            (hold|holding) [your|my] breath
            (ask|asking) ~ (for an estimate|for a date|for an eta)
            (whenever|when) ~ (is done|is ready) no idea
        """,
        Says.WILL_NOT: """
            (will not|won't|not going to|no plan to|no plans to|not plan to|not planning to|not plans to|
                do not intend to|don't intend to|do not plan to|don't plan to|do not think that we want to|
                don't think we will|don't think we want to|not be able to|can not|cannot|can't|decided not to|
                no intention to|no intention of|unable to|never going to|not intending to|wont|not want to|won't be|
                will not be) ~ (fix|fixed|fixing|patch|patched|patches|patching|release|releasing|released|releases|
                backport|backported|backporting|address|addressed|addressing|remediat*|correct*|resolved|resolve|
                resolving|updated|mitigate|mitigated)
            (wontfix|won't-fix)
            (should|must) not be (fixed|patched|changed)
            (not|never) touching (that|this|the) (code|module|branch|part)
            no (fix|patch|update|hotfix|further release|further releases|further updates|more releases|backport|
                remediation|security update|new release) (is|are|will|planned|for|to|forthcoming|would) [be|
                not] [planned|made|released|provided|issued|expected|available|coming|forthcoming|developed|be|to]
        """,
        Says.LATER: """
            (soon|soonish|shortly|as soon as possible|in due course|eventually|in the near future|before long|
                as soon as we can|in the foreseeable future|at some point|in the future|later on|one of these days|
                at our earliest|when time permits|when time allows|at the earliest opportunity|without delay)
            (next|upcoming|forthcoming|following|subsequent|coming|later|future) ~ (release|releases|version|
                versions|update|updates|patch|patches|build|builds|tag|rebuild|cycle|servicing|milestone|iteration|
                sprint|rollup|service pack|edition|rc|drop|window|minor|major|stable)
            (next|upcoming|forthcoming|coming|following|subsequent|future) (release|releases|version|versions|
                update|updates|patch|patches|build|builds|tag|rebuild|cycle|servicing|milestone|iteration|sprint|
                one)
            (monthly|quarterly|regular|scheduled|core|ongoing|stable) ~ (release|update|cycle|version)
            (once|when|after|as soon as|until) (the|we|it|this|i|all|that|qa|testing|everything|our|they)
            (just|only|simply|roughly) [roughly|just] [a|one] (rebuild|release) away
        """,
        Says.OUT_NOW: """
            (is|are|it's|are all|are both) [now|finally|also|officially|just] (out|live) [now|today|and|for|in|on|
                at|as|from|via|since]
            (now|just|finally) (out|live|available|released|deployed|published|shipped|pushed|rolled out|uploaded|
                on pypi|on npm|in production|merged)
            (just|have just|has just|i just|we just|has now been|have now been|is now|are now) [now|been] (released|
                published|shipped|pushed out|tagged|deployed|cut|rolled out|uploaded|put out|made available|
                announced|issued)
            (is|are|is now|are now|now) (in|on) (maven central|pypi|npm|crates.io|rubygems|nuget|the app store|
                the play store|docker hub|github releases|our download page|packagist|cran|hex|stable|
                the download page|our website|production)
            (release|fix|patch|update|version|build|hotfix|releases|fixes|updates|versions) (is|are) [now] (out|
                live|released|published)
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
            (receipt|reception|receive|received|receiving|arrival|arrived|fix|fixes|fixed|patch|patched|release|
                released|date|dates|publication|embargo|disclosure|address|meeting|timeline|availability|got your)
        """,
        Says.ASIDE: """
            (publish*|disclos*|credit*|embargo*|timeline|deadline|deadlines|close|closing|call|meeting|acknowledg*|
                bounty|okay to|ok to|ok if|okay if|mind if|fine if|happy with|agree|postpone|delay|hold off|wait|
                help out|extension|public|date|schedule|thoughts|when do you|when will you|when are you|plan to|
                planning to|prefer|pgp|encrypt*|coordinat*|share this|anything else|named|go public)
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
