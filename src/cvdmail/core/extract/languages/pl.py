"""Polish: the words of vendors' mails, with their marks and without, as many write them."""

from cvdmail.core.extract.languages.language import Cue, Language, Says

LANGUAGE = Language(
    code="pl",
    small_words="""
        i w na nie jest się z do że dla to przez zostanie o od po za jak ale oraz są czy tak już nam nas ze sie tej tego
        który która które być będzie bedzie mamy dzięki dziękujemy proszę pan pani państwa zgłoszenie zgłoszenia
        poprawka poprawkę łatka łatkę wersję wersji luka lukę dziś jutro bardzo możemy wkrótce właśnie jeśli nasz
        dziekuje dzieki jako
    """,
    months="""styczeń stycznia styczniu styczniem styczen | luty lutego lutym | marzec marca marcu marcem
        | kwiecień kwietnia kwietniu kwietniem kwiecien | maj maja maju majem | czerwiec czerwca czerwcu czerwcem
        | lipiec lipca lipcu lipcem | sierpień sierpnia sierpniu sierpniem sierpien
        | wrzesień września wrześniu wrześniem wrzesien wrzesnia wrzesniu
        | październik października październiku październikiem pazdziernik pazdziernika pazdzierniku
        | listopad listopada listopadzie listopadem | grudzień grudnia grudniu grudniem grudzien""",
    short_months="sty | lut | mar | kwi kwiet | maj | cze czerw | lip | sierp | wrz | paź paz paźdz | lis | gru grudz",
    everyday="maja",
    weekdays="""poniedziałek poniedziałku poniedziałkiem poniedziałkowi poniedzialek poniedzialku pon
        | wtorek wtorku wtorkiem wtorkowi | środa środę środy środzie środą sroda srode srody
        | czwartek czwartku czwartkiem czwartkowi czw | piątek piątku piątkiem piątkowi piatek piatku piatkiem
        | sobota sobotę soboty sobocie sobotą sobote | niedziela niedzielę niedzieli niedzielą niedziele""",
    short_weekdays="pn pnd | wt | śr sr | czwart | pt | sob sb | nd niedz ndz",
    units={
        "day": "dzień dnia dniu dniem dni dniach dniami dzien doba doby dobę dobie dób dobe",
        "workday": "roboczodni",
        "week": "tydzień tygodnia tygodniu tygodniem tygodnie tygodni tygodniach tygodniami tydzien tyg",
        "weekend": "weekend weekendu weekendzie weekendem weekendy",
        "month": "miesiąc miesiąca miesiącu miesiącem miesiące miesięcy miesiącach miesiącami miesiac miesiaca miesiacu"
        " miesiecy miesiace mies",
        "quarter": "kwartał kwartału kwartale kwartałem kwartały kwartałów kwartal kwartalu",
        "half": "półrocze półrocza półroczu półroczem polrocze polrocza polroczu",
        "year": "rok roku rokiem lata lat latach latami",
        "hour": "godzina godzinę godziny godzin godzinach godz",
        "minute": "minuta minutę minuty minut",
    },
    parts={
        "early": "początek początku początkiem początkowi poczatek poczatku poczatkiem",
        "mid": "połowa połowie połowę połowy połową polowa polowie polowe środku środek srodku",
        "late": "koniec końca końcu końcem końcówka końcówce końcówkę konca koncu koncem koncowce schyłku",
    },
    half_words="""
        połowa połowie połowę połowy połową polowa polowie polowe półrocze półrocza półroczu polrocze polroczu
    """,
    next="""
        następny następna następne następnego następnej następnemu następnym następną następnych nastepny nastepna
        nastepne nastepnego nastepnej nastepnym nastepnych przyszły przyszła przyszłe przyszłego przyszłej przyszłym
        przyszłą przyszly przyszlego przyszlej przyszlym nadchodzący nadchodząca nadchodzącego nadchodzącej nadchodzącym
        nadchodzące nadchodzących najbliższy najbliższa najbliższe najbliższego najbliższej najbliższym najbliższą
        najbliższych najblizszy najblizsze najblizszego najblizszej najblizszym najblizszych kolejny kolejna kolejne
        kolejnego kolejnej kolejnym kolejną kolejnych
    """,
    this="""
        ten tego tej tym tę bieżący bieżącego bieżącej bieżącym bieżącą biezacym biezacego biezacej obecny obecnego
        obecnej obecnym
    """,
    last="""
        zeszły zeszła zeszłego zeszłej zeszłym zeszłą zeszly zeszlego zeszlym ubiegły ubiegłego ubiegłej ubiegłym
        ubiegłą ubieglego ubieglym poprzedni poprzedniego poprzedniej poprzednim poprzednią miniony minionego minionej
        minionym minioną ostatni ostatnia ostatniego ostatniej ostatnim ostatnią ostatnich
    """,
    days_from_now={
        0: "dziś dzisiaj dzis dzisiejszy dzisiejszego dzisiejszym",
        1: "jutro jutra jutrze jutrzejszy jutrzejszego jutrzejszym",
        2: "pojutrze",
        -1: "wczoraj wczorajszy wczorajszego wczorajszym",
        -2: "przedwczoraj",
    },
    numbers={
        1: "jeden jedna jedno jednego jednej jednym jedną",
        2: "dwa dwie dwóch dwu dwoma dwiema dwoch",
        3: "trzy trzech trzema",
        4: "cztery czterech czterema",
        5: "pięć pięciu pięcioma piec pieciu",
        6: "sześć sześciu szesc szesciu",
        7: "siedem siedmiu",
        8: "osiem ośmiu osmiu",
        9: "dziewięć dziewięciu dziewiec dziewieciu",
        10: "dziesięć dziesięciu dziesiec dziesieciu",
        11: "jedenaście jedenastu",
        12: "dwanaście dwunastu",
        14: "czternaście czternastu czternascie",
        15: "piętnaście piętnastu pietnascie",
        20: "dwadzieścia dwudziestu",
        30: "trzydzieści trzydziestu trzydziesci",
        40: "czterdzieści czterdziestu",
        60: "sześćdziesiąt sześćdziesięciu",
        90: "dziewięćdziesiąt dziewięćdziesięciu",
        100: "sto stu",
    },
    single="""
        tydzień tydzien tygodnia miesiąc miesiac miesiąca miesiaca rok roku dzień dzien dnia kwartał kwartal kwartału
        godzinę godziny dobę
    """,
    number_endings="go ego tego gi ci ty tym im",
    few="kilka kilku kilkoma parę paru pare kilkanaście kilkunastu",
    ordinals={
        1: "pierwszy pierwsza pierwsze pierwszego pierwszej pierwszym pierwszą i",
        2: "drugi druga drugie drugiego drugiej drugim drugą ii",
        3: "trzeci trzecia trzecie trzeciego trzeciej trzecim trzecią iii",
        4: "czwarty czwarta czwarte czwartego czwartej czwartym czwartą iv",
        5: "piąty piąta piątego piątej piątym",
        -1: "ostatni ostatnia ostatnie ostatniego ostatniej ostatnim ostatnią",
    },
    in_="za",
    within="ciągu ciagu przeciągu przeciagu",
    by="ku do",
    until="do aż",
    before="przed wcześniej wczesniej",
    after="po począwszy",
    not_="nie ani",
    latest="najpóźniej najpozniej później pozniej",
    earliest="najwcześniej najwczesniej",
    ago="temu wstecz",
    ago_before="przed",
    from_now="później pozniej",
    on="w we na dnia dzień dniu z ze od około okolo ok dla pod niż niz gdzieś o",
    of="z ze w we",
    between="między pomiędzy miedzy pomiedzy",
    from_="od z ze",
    to="do a po",
    and_="i a oraz",
    or_="lub albo czy bądź",
    same="samego",
    then="czasu",
    year_cues="w we do od na początku połowie końcu końca roku rok r",
    week_names="tydzień tygodniu tygodnia tydzien",
    quarter_letters="q",
    feasts={
        "12-24": "wigilia wigilii wigilię wigilią",
        "12-25": "narodzenia narodzenie narodzeniem narodzeniu",
        "12-31": "sylwester sylwestra sylwestrem sylwestrze",
    },
    cues={
        Cue.FIX: """
            poprawie naprawie poprawka poprawki poprawkę poprawce poprawką poprawek poprawkami poprawke poprawkach
            poprawić poprawimy poprawię poprawi poprawią poprawiony poprawiona poprawione poprawioną poprawionej
            poprawiono poprawiliśmy poprawiłem poprawiłam poprawili poprawilismy poprawilem poprawiamy poprawiam
            poprawiać poprawienie poprawienia naprawa naprawy naprawę naprawie naprawą naprawić naprawimy naprawię
            naprawi naprawią naprawiony naprawiona naprawione naprawioną naprawionej naprawiono naprawiliśmy naprawiłem
            naprawiłam naprawili naprawilismy naprawilem naprawiamy naprawiam naprawiać naprawienie naprawienia naprawic
            łatka łatki łatkę łatce łatką łatek łatkami łatać latka latki latke latce łata łatę łaty załatamy załatam
            załata załatać załatany załatana załatane załataną załatano załataliśmy załatałem załatali załatanie
            załatania zalatamy zalatam zalatac zalatana zalatane zalatalem usunięcie usunięcia usunięciu usunąć usuniemy
            usunę usunie usunięta usunięto usunięte usunięty usunęliśmy usunąłem usuniecie usuniecia usuniemy usunac
            aktualizacja aktualizacji aktualizację aktualizacją aktualizacje aktualizacjach aktualizacjami
            aktualizacyjny aktualizacyjna zaktualizujemy zaktualizowany zaktualizowana zaktualizowano zaktualizowaliśmy
            zaktualizować wersja wersji wersję wersją wersje wersjach wersjami wersjo build builda buildzie buildu
            buildy kompilacja kompilacji kompilację firmware firmware'u firmware'em oprogramowanie oprogramowania
            oprogramowaniu patch patcha patchu patchem patche patchy patchować spatchujemy spatchowane hotfix hotfixa
            hotfixie hotfixem hotfiks fix fixa fixem fixie fiks fiksa bugfix poprawkowe obejście obejścia obejscie
            workaround rozwiązanie rozwiązania rozwiązaniu rozwiązaniem rozwiązać rozwiążemy rozwiązany rozwiązana
            rozwiązane rozwiązano rozwiązaliśmy rozwiazanie rozwiazania korekta korekty korektę korekcie eliminacja
            eliminacji wyeliminujemy wyeliminowano mitygacja mitygacji mitygację backport backportu backporty
            backportujemy zbackportujemy paczka paczki paczkę paczce paczek pakiet pakietu pakiety pakietów obraz obrazy
            obrazu commit commita uaktualnienie uaktualnienia uaktualnieniu sprostujemy
        """,
        Cue.RELEASE: """
            wydanie wydania wydaniu wydaniem wydań wydać wydamy wydam wyda wydadzą wydany wydana wydane wydaną wydanej
            wydano wydaliśmy wydałem wydali wydalismy wydajemy wydawać wydania wypuścić wypuścimy wypuszczę wypuści
            wypuszczą wypuszczony wypuszczona wypuszczone wypuszczono wypuściliśmy wypuściłem wypuszczamy wypuscimy
            wypuscic wypuszczenie wypuszczenia release release'u release'em relis udostępnić udostępnimy udostępnię
            udostępni udostępnią udostępniony udostępniona udostępnione udostępniono udostępniliśmy udostępniłem
            udostępniamy udostępnienie udostępnienia udostępnieniu udostepnimy udostepnic udostepniona udostepnienie
            dostępny dostępna dostępne dostępnej dostępnego dostępność dostępności dostepna dostepne dostepny ukaże
            ukażą ukazać ukazała ukazał ukazało ukazuje ukaze pojawi pojawią pojawić pojawiła pojawił pojawiło wyjdzie
            wyjdą wychodzi wychodzą wyjść wyszła wyszedł wyszło wyszły trafi trafią trafić trafiła trafił trafiło
            wdrożyć wdrożymy wdrożę wdrożony wdrożona wdrożone wdrożono wdrożyliśmy wdrożyłem wdrożenie wdrożenia
            wdrożeniu wdrażamy wdrozymy wdrozenie wdrozenia wdrozona wdrozone deploy deployu deployujemy zdeployujemy
            zdeployowane zdeployowaliśmy wgramy wgram wgrać wgrany wgrana wgrane wgrano wgraliśmy wgrałem wrzucić
            wrzucimy wrzucę wrzuci wrzucony wrzucona wrzucone wrzucono wrzuciliśmy wrzuciłem wrzucam wrzucamy wrzuce
            zmergować zmergujemy zmerguję zmergowany zmergowana zmergowane zmergowaliśmy zmergowałem scalić scalimy
            scalony scalona scalone scaliliśmy dostarczyć dostarczymy dostarczę dostarczony dostarczona dostarczone
            dostarczyliśmy produkcja produkcję produkcji gotowy gotowa gotowe gotowi leży lezy wypchniemy wypchnę
            wypchnęliśmy wejdzie wejdą weszła weszło wszedł włączymy włączony włączona włączone rozesłaliśmy roześlemy
            dystrybucja dystrybucji premiera premierę
        """,
        Cue.PUBLISH: """
            opublikować opublikujemy opublikuję opublikuje opublikują opublikowany opublikowana opublikowane
            opublikowano opublikowaliśmy opublikowałem publikować publikujemy publikuję publikacja publikacji publikację
            publikacją publikacje publikowania publikowanie opublikowania opublikowanie opublikowac opublikuje
            zamieścimy zamieszczony zamieszczono zamieściliśmy
        """,
        Cue.DISCLOSE: """
            ujawnić ujawnimy ujawnię ujawni ujawnienie ujawnienia ujawnieniu ujawnieniem ujawniać ujawniony ujawniona
            ujawnione ujawniono ujawniliśmy ujawnianie ujawniania ujawnic biuletyn biuletynu biuletynie biuletynem
            biuletyny embargo embarga embargiem embargu advisory ogłosić ogłosimy ogłoszenie ogłoszenia ogłoszono
            ogłoszony upublicznić upublicznimy upublicznienie upublicznienia upubliczniać upubliczniony publicznie
            publiczne publicznego publicznym publiczny szczegóły szczegółów szczegółami szczegoly komunikat komunikatu
            komunikacie wpis wpisu artykuł artykułu artykul ostrzeżenie ostrzeżenia
        """,
        Cue.WORK: """
            praca pracujemy pracuję pracuje prace prac pracach zajmiemy zajmę zajmiemy_się zajmujemy zajmie zrobić
            zrobimy zrobię zrobi zrobione zrobiony zrobiliśmy zrobiłem zrobie dokończymy dokończyć skończymy skończę
            skończyć zakończymy zakończyć zakończenie zakończenia kończymy przygotować przygotujemy przygotuję
            przygotuje przygotowujemy przygotowany przygotowana przygotowane przygotowaliśmy przygotowanie przygotowania
            przygotujemy opracujemy opracowujemy opracować opracowanie opracowania opracowano wprowadzimy wprowadzić
            wprowadzenie wdrażanie zaimplementujemy implementacja implementację implementacji implementujemy testy
            testów testach testujemy testowanie testowania przetestujemy siądę siądziemy usiądę usiądziemy siade
            ogarniemy ogarnę ogarniam ogarne uporamy upora zdążymy zdążę zdążyć zdazymy zdaze zdazyc wyrobimy wyrobię
            podeślemy_łatkę pull_request pulla gałąź gałęzi branch branchu dopracujemy domkniemy domknę przepiszemy
            dorobimy dorobię
        """,
        Cue.OTHER: """
            zgłoszenie zgłoszenia zgłoszeniu zgłoszeniem zgłoszeń zgloszenie zgloszenia zgłosić zgłosili zgłosił
            zgłoszono zgłoszony zgłoszona raport raportu raporcie raporty otrzymaliśmy otrzymałem otrzymano otrzymany
            otrzymana otrzymalismy dostaliśmy dostałem dostalismy wpłynęło wpłynął wysłaliśmy wysłałem wysłali wysłano
            wyślemy wyślę znalezione znaleziono znaleźliśmy wykryto wykryliśmy wykryta spotkanie spotkania spotkaniu
            spotkań rozmowa rozmowy rozmowę rozmowie telekonferencja call calla callu konferencja konferencji
            konferencję warsztaty odpowiedź odpowiedzi odpowiedzią odpowiemy odpowiem odpowie odpowiedzieć odpowiedz
            odpiszemy odpiszę odpisze odezwiemy odezwę odezwie odezwe wrócimy wrócę wróci wracam wracamy wrocimy wroce
            wrócić powrót powrocie powrotu skontaktujemy skontaktuję kontakt kontaktu poinformujemy poinformuję
            poinformować powiadomimy powiadomię damy_znać dam_znać dam_znac damy_znac znać informować informację_zwrotną
            status statusu statusie sprawdzimy sprawdzę sprawdzi sprawdzić sprawdzamy sprawdzam sprawdzenie sprawdze
            weryfikacja weryfikacji weryfikację weryfikujemy zweryfikujemy zweryfikować zweryfikowaliśmy analiza analizy
            analizę analizie analizujemy przeanalizujemy przeanalizować badamy zbadamy zbadać dochodzenie ocena oceny
            ocenę ocenimy rozpatrzenie rozpatrzenia rozpatrzymy rozpatrujemy przyjrzymy przyjrzę przyglądamy zerkniemy
            zerknę zerkne odtworzyliśmy odtworzyć potwierdziliśmy potwierdzimy potwierdzenie potwierdzenia urlop urlopie
            urlopu urlopem święto święta świąt świętach świętami swieta wakacje wakacji wakacjach zwolnieniu nieobecny
            nieobecna nieobecność nieobecności biurze biura biuro delegacji deadline deadline'u upływa wygasa wygaśnie
            zamrożenie zamrożenia freeze omówimy omówienie ustalimy ustalenie dopytam dopytamy nagroda nagrody nagrodę
            wypłata wypłaty wypłatę wypłacimy bounty cve zarejestrowano zarejestrowany zarejestrowaliśmy nadany nadano
            przydzielono przydzieliliśmy zarezerwowaliśmy zaczynamy zaczniemy zacznę rozpoczęliśmy rozpoczniemy start
            przekazaliśmy przekazałem przekażemy przekażę przekazano przekazalem eskalujemy eskalacja audyt audytu
            ankieta pisał pisała pisali napisał napiszę napiszemy napisze piszę decyzja decyzji decyzję zdecydujemy
        """,
        Cue.FLAW: """
            podatność podatności podatnością podatnosc podatnosci luka luki lukę luce luką luk lukami luke błąd błędu
            błędem błędzie błędy błędów blad bledu bledy bledow bug buga bugi bugów dziura dziury dziurę dziurą dziure
            problem problemu problemem problemie problemy problemów usterka usterki usterkę usterek wada wady wadę
            słabość słabości exploit exploita znalezisko
        """,
        Cue.MOVE: """
            przesunięcie przesunięcia przesunąć przesuniemy przesuniety przesunięty przesunięta przesunięte przesunięto
            przesuwamy przesuwa przesuwają przesunęła przesunął przesunęło przesunęliśmy przesuniecie przełożyć
            przełożymy przełożony przełożona przełożone przełożono przełożyliśmy przekładamy przelozone przelozona
            opóźnienie opóźnienia opóźnieniem opóźniony opóźniona opóźnione opóźni opóźnia opóźniło opóźniła opoznienie
            opoznienia opozni odłożyć odłożymy odłożony odłożona odłożone odkładamy odroczyć odroczymy odroczony
            odroczona odroczone odroczenie odroczenia wydłużyć wydłużymy wydłużenie wydłużony przedłużyć przedłużymy
            przedłużenie przedłużenia przedłużony przeciąga przeciągnie przeciągnęło poślizg poślizgu poślizgiem
            przeniesione przeniesiony przeniesiona przenieśliśmy przenosimy przyspieszymy przyspieszone
        """,
        Cue.HOLD: """
            wstrzymać wstrzymanie wstrzymania wstrzymajcie poczekać poczekajcie poczekanie zaczekać czekać zachować
            zachowanie_poufności poufność poufności poufnie poufne nie_ujawniać nie_publikować nie_upubliczniać
            nie_publikowanie nieujawnianie nieujawniania niepublikowanie powstrzymać powstrzymanie koordynować
            skoordynować wstrzymali wstrzymał zaczekali poczekali poczekał
        """,
        Cue.FUTURE: """
            planowaliśmy planowałem miał miała miało miały poprawie naprawie zalatam wypuszcze udostepnie wydamy
            naprawimy będzie będą będziemy będę bedzie beda bedziemy bede zostanie zostaną zostana ma mają planujemy
            planuję planuje planowany planowana planowane planowano planowaną planach plan planu planem zaplanowany
            zaplanowana zaplanowane zaplanowano zaplanowaliśmy zamierzamy zamierzam przewidujemy przewiduję przewidywany
            przewidywana przewidywane przewidziany przewidziana przewidziane spodziewamy spodziewam spodziewany
            spodziewana spodziewane oczekujemy oczekiwany celujemy celuję cel obiecujemy obiecuję powinien powinna
            powinno powinny chcemy chcę chcielibyśmy mamy_zamiar mam_zamiar termin terminie poprawimy poprawię poprawi
            poprawią naprawimy naprawię naprawi naprawią załatamy załatam załata zalatamy usuniemy usunę usunie
            rozwiążemy zaktualizujemy wydamy wydam wyda wydadzą wypuścimy wypuszczę wypuści wypuszczą wypuscimy
            udostępnimy udostępnię udostępni udostępnią udostepnimy ukaże ukażą ukaze pojawi pojawią wyjdzie wyjdą
            wychodzi trafi trafią wdrożymy wdrożę wdrozymy wgramy wgram wrzucimy wrzucę wrzuci wrzuce zmergujemy
            zmerguję scalimy dostarczymy dostarczę wypchniemy wypchnę wejdzie wejdą włączymy roześlemy opublikujemy
            opublikuję opublikuje opublikują zamieścimy ujawnimy ujawnię ogłosimy upublicznimy zrobimy zrobię zrobi
            zrobie dokończymy skończymy skończę zakończymy przygotujemy przygotuję przygotuje opracujemy wprowadzimy
            zajmiemy zajmę zajmie przetestujemy siądę siądziemy usiądę ogarniemy ogarnę ogarne uporamy zdążymy zdążę
            zdazymy zdaze wyrobimy wyrobię przesuniemy przełożymy odłożymy odroczymy backportujemy zbackportujemy
            dopracujemy domkniemy domknę dorobimy potrzebujemy potrzebuję zajmie_nam potrwa
        """,
        Cue.PAST: """
            był była było były zostal został została zostało zostały zostala zostalo poprawiliśmy poprawiłem poprawili
            naprawiliśmy naprawiłem naprawili załataliśmy załatałem usunęliśmy usunąłem rozwiązaliśmy wydaliśmy wydałem
            wydali wypuściliśmy wypuściłem udostępniliśmy udostępniłem ukazała ukazał ukazało pojawiła pojawił pojawiło
            wyszła wyszedł wyszło wyszły trafiła trafił trafiło wdrożyliśmy wdrożyłem wgraliśmy wgrałem wrzuciliśmy
            wrzuciłem zmergowaliśmy zmergowałem scaliliśmy dostarczyliśmy wypchnęliśmy weszła weszło wszedł
            opublikowaliśmy opublikowałem zrobiliśmy zrobiłem przygotowaliśmy planowaliśmy zgłosili otrzymaliśmy miał
            miała miało miały
        """,
        Cue.DONE: """
            poprawiony poprawiona poprawione poprawiono poprawiliśmy poprawiłem poprawiłam poprawili poprawilem
            poprawilismy naprawiony naprawiona naprawione naprawiono naprawiliśmy naprawiłem naprawiłam naprawili
            naprawilem naprawilismy załatany załatana załatane załatano załataliśmy załatałem zalatana zalatane usunięta
            usunięto usunięte usunięty usunęliśmy usunąłem zaktualizowany zaktualizowana zaktualizowano
            zaktualizowaliśmy rozwiązany rozwiązana rozwiązane rozwiązano rozwiązaliśmy wydany wydana wydane wydano
            wydaliśmy wydałem wydali wypuszczony wypuszczona wypuszczone wypuszczono wypuściliśmy wypuściłem
            udostępniony udostępniona udostępnione udostępniono udostępniliśmy udostępniłem udostepniona dostępny
            dostępna dostępne dostepna dostepne dostepny ukazała ukazał ukazało pojawiła pojawił pojawiło wyszła wyszedł
            wyszło wyszły trafiła trafił trafiło wdrożony wdrożona wdrożone wdrożono wdrożyliśmy wdrożyłem wgrany wgrana
            wgrane wgrano wgraliśmy wgrałem wrzucony wrzucona wrzucone wrzucono wrzuciliśmy wrzuciłem zmergowany
            zmergowana zmergowane zmergowaliśmy zmergowałem scalony scalona scalone scaliliśmy dostarczony dostarczona
            dostarczone dostarczyliśmy gotowy gotowa gotowe leży lezy wypchnęliśmy weszła weszło wszedł włączony
            włączona opublikowany opublikowana opublikowane opublikowano opublikowaliśmy opublikowałem ujawniony
            ujawniona ujawnione ujawniono ogłoszony ogłoszono zrobione zrobiliśmy zrobiłem przygotowany przygotowana
            przygotowane przygotowaliśmy
        """,
        Cue.HEDGE: """
            może moze możliwe możliwie mozliwe być_może chyba prawdopodobnie pewnie zapewne przypuszczalnie raczej
            wstępnie wstępny wstępna wstępne wstepnie orientacyjnie orientacyjny orientacyjna szacunkowo szacunkowy
            szacujemy szacuję szacowany około okolo mniej_więcej mniej_wiecej mniej przybliżeniu przybliżony
            mamy_nadzieję mam_nadzieję nadzieję nadzieje nadziei liczymy liczę postaramy postaram staramy staram
            spróbujemy spróbuję próbujemy sprobujemy sprobuje powinien powinna powinno powinny powinniśmy powinnismy
            myślę myślimy sądzę sądzimy mysle chcielibyśmy chciałbym chcemy celujemy celuję cel spodziewamy spodziewam
            spodziewany spodziewana oczekujemy oczekiwany oczekiwana przewidujemy przewidywany przewidywana przewidywane
            optymistycznie realnie teoretycznie idealnie byłoby mógłby mogłaby mogłoby możemy mogą moga jeśli_wszystko
            jak_dobrze powiedzmy plus_minus rozważamy prognozujemy tentatywnie proponujemy najprawdopodobniej
        """,
        Cue.NEGATION: """
            nie bez ani nigdy żaden żadna żadne żadnego żadnej żadnych zaden zadnych nic nikt brak nieplanowane
        """,
        Cue.UNLIKELY: """
            niemożliwe niemozliwe wykluczone wątpię watpie wątpliwe mało_prawdopodobne odmawiamy odrzucamy odrzucono
            przegapiliśmy nierealne nierealny nie_damy_rady nie_zdążyliśmy nie_wyrobiliśmy wątpliwości
        """,
        Cue.REQUEST: """
            proszę prosze prosimy prosi prosiłbym prosilibyśmy uprzejmie prośba prośbę prosba poprosić poprosimy
            wnioskujemy moglibyście mógłbyś byłbym_wdzięczny bylibyśmy_wdzięczni
        """,
        Cue.AGREE: """
            zgadzamy zgadzam zgoda zgodę zgody ok okej dobrze pasuje odpowiada akceptujemy akceptuję potwierdzamy
            potwierdzam ustalone umówieni zastrzeżeń przeciwwskazań
        """,
        Cue.CONDITION: """
            jeśli jesli jeżeli jezeli o_ile chyba_że zależy zalezy zależnie zależności uzależnione pod_warunkiem
            warunkiem gdyby w_przypadku wypadku
        """,
        Cue.THEIRS: """
            twój twoja twoje twojego twojej twoją twoim twoich państwa państwu państwem panstwa panstwu wasz wasza wasze
            waszego waszej waszym waszych pana panu pani pański pańska pańskie pańskiego pańskiej ciebie tobie ci wam
            was wami
        """,
        Cue.HEARSAY: """
            dostawca dostawcy dostawcę badacz badacza upstream upstreamu podobno rzekomo producent producenta
            podwykonawca podwykonawcy
        """,
    },
    carriers="""
        poprawka poprawki poprawkę poprawce poprawką poprawek poprawkami poprawke naprawa naprawy naprawę naprawie łatka
        łatki łatkę łatce łatką łatek łatkami latka latki latke łata łatę łaty aktualizacja aktualizacji aktualizację
        aktualizacją aktualizacje wersja wersji wersję wersją wersje wersjach build builda buildzie kompilacja
        kompilacji firmware oprogramowanie oprogramowania patch patcha patchu patchem patche hotfix hotfixa hotfixem fix
        fixa fixem bugfix wydanie wydania wydaniu wydaniem obejście workaround rozwiązanie rozwiązania korekta korekty
        mitygacja backport backporty paczka paczki paczkę paczek pakiet pakietu pakiety obraz obrazy uaktualnienie
        uaktualnienia release release'u
    """,
    be="""
        być byc będzie będą bedzie beda zostanie zostaną zostana powinna powinien powinno powinny ma mają gdy kiedy po
        do
    """,
    things="""
        podatność podatności luka luki lukę błąd błędu błędy problem problemu problemy dziura dziury usterka usterki
        zachowanie znalezisko
    """,
    but="ale lecz jednak chociaż choć natomiast ponieważ gdyż dlatego podczas_gdy bo",
    joins="""
        a i więc wiec to wtedy potem następnie my jeszcze proszę prosimy tak oraz ona ono on one
    """,
    subjects="""
        my ja to potem następnie wtedy poprawka poprawkę łatka łatkę aktualizacja biuletyn publikacja opublikujemy
        wydamy udostępnimy ujawnimy proszę prosimy
    """,
    leads="""
        ze_względu_na z_powodu ponieważ skoro choć chociaż kiedy gdy po jak_tylko zanim mimo w_związku_z
        biorąc_pod_uwagę
    """,
    abbreviations="""
        np tj itd itp tzn m.in min ok nr r ul pkt str wg ww tzw dot tyg godz mies dr inż mgr art ust sty lut mar kwi cze
        lip sie wrz paź lis gru pon wt śr czw pt sob niedz br bm ws ds ver wer zob por im p
    """,
    phrases={
        Says.CONFIRMED: """
            (potwierdzamy|potwierdzam|potwierdziliśmy|potwierdzilismy|potwierdziłem|potwierdziłam|potwierdził|
                potwierdziła|potwierdzili) ~ (podatnoś*|podatnos*|luk*|luka|lukę|błąd|błęd*|bled*|blad|problem*|
                istnieni*|występowani*|wystepowani*|dziur*|usterk*|obecnoś*|zachowani*|ustalenia|analizę|słabość|że)
            (udało nam się|udało mi się|udało się|udalo nam sie|udalo mi sie|udalo sie|zdołaliśmy|potrafimy|
                jesteśmy w stanie|możemy|mogę) ~ (odtworzyć|odtworzyc|potwierdzić|potwierdzic|zreprodukować|
                zreprodukowac|powtórzyć|zreplikować|wykorzystać|wywołać)
            (odtworzyliśmy|odtworzylismy|odtworzyłem|odtworzyłam|zreprodukowaliśmy|zreprodukowałem|zreplikowaliśmy|
                odtworzylem|odtworzył|odtworzyli|odtworzono|odtwarzamy|odtwarza|zreprodukowano|powtórzyliśmy|
                wywołaliśmy)
            (podatność|podatnosc|luka|problem|błąd|blad|zgłoszenie|zgloszenie|usterka|dziura|raport|znalezisko|
                słabość) ~ (potwierdzony|potwierdzona|potwierdzone|potwierdzono|zweryfikowany|zweryfikowana|
                zweryfikowane|odtworzony|odtworzona|odtwarzalny|odtwarzalna|występuje|wystepuje|istnieje|zasadny|
                zasadna|zasadne|zasadny|prawdziwy|prawdziwa|realny|realna|uznane|uznana|uznany|potwierdził się|
                potwierdziła się|potwierdziło się|słuszne|odtwarza się|faktycznie jest)
            (faktycznie|rzeczywiście|rzeczywiscie|istotnie|ewidentnie|bez wątpienia|zdecydowanie|niewątpliwie|
                naprawdę) [jest|mamy|to|to jest|występuje|istnieje|poważna|poważny] [poważna|poważny|tu|taki|
                taka] (dziur*|podatno*|luk*|luka|lukę|błąd|błęd*|blad|problem*|bug*|usterk*|podatn*|niebezpieczn*|
                da się|można|nieprawidłow*|niepoprawn*|wykonalne|możliwe|odtwarz*|działa|brakuje|wada)
            (to|jest to|to jest) [jest|rzeczywiście|faktycznie|zdecydowanie|prawdziwa|prawdziwy|poważna|poważny|realna|
                ewidentna|ewidentny|nasz|oczywisty|krytyczna] (podatność|podatnosc|luka|błąd po naszej|błąd w naszym|
                błąd w kodzie|błąd bezpieczeństwa|dziura|luka bezpieczeństwa)
            (poważna|poważny|realna|prawdziwa|istotna|krytyczna|krytyczny|ewidentna|ewidentny|groźna|paskudna) (luka|
                podatność|podatnosc|dziura|problem bezpieczeństwa|błąd bezpieczeństwa)
            (ma|mają|masz|macie) (pan|pani|państwo|panstwo|rację|racje) [całkowitą|pełną] [rację|racje]
            (masz|macie) [całkowitą|pełną] (rację|racje)
            (zgadzamy się|zgadzam się|zgadzam sie|zgadzamy sie) z (państwa|panstwa|twoją|twoim|pana|pani|waszą|oceną|
                analizą|wnioskami|ustaleniami)
            (nasz|nasze|nasza|moja|mój|moje) (błąd|blad|niedopatrzenie|przeoczenie|wina|pomyłka|wpadka|niedoróbka)
            (produkty|produkt|wersje|wersja|urządzenia|instalacje|gałęzie|serwery) ~ (jest podatny|jest podatna|
                są podatne|są podatni|sa podatne|jest dotknięta|są dotknięte|dotyczy ten problem|jest zagrożona|
                podatne na)
            (sklasyfikowaliśmy|sklasyfikowano|oceniliśmy|oceniono|oceniamy|nadaliśmy|nadano|przypisaliśmy|
                zakwalifikowaliśmy|zakwalifikowano|uznaliśmy|traktujemy|uznajemy|przyjęliśmy) ~ (wysok*|krytyczn*|
                średni*|srednio|jako podatność|za podatność|jako podatnosc|jako błąd bezp*|za błąd|jako luk*|za luk*|
                poziom zagro*|istotn*|jako zasadne|za zasadne)
            (znaleźliśmy|znalezlismy|ustaliliśmy|zidentyfikowaliśmy|namierzyliśmy|znalazłem|znalazłam|zlokalizowaliśmy|
                znamy|wiemy jaka) [już|jest|pierwotną|dokładną] (przyczynę|przyczyne|przyczyna|źródło|winowajcę|powód|
                miejsce)
            (dobre|świetne|dobry|świetny|niezłe|super|swietne) (znalezisko|złapanie|oko|wyłapanie|zgłoszenie)
            (poc|exploit|skrypt|przykład|test|dowód) ~ (działa u|zadziałał|zadziałało|działa bez|zadziałała|działa na|
                działa także|działa rów*)
            (brakuje|zabrakło|brak) (walidacji|sprawdzenia|sprawdzania|filtrowania|kontroli uprawnień|escapowania|
                autoryzacji|uwierzytelnienia)
            (podatność|podatnosc|luka|dziura|błąd|problem) (istnieje|występuje|wystepuje|obecna|obecny|realna|prawdziwa|
                dotyczy naszego|dotyczy wszystkich|dotyczy wersji)
            (u nas|lokalnie|na naszym środowisku|u mnie|na stagingu) [też|także|również|problem] (odtwarza|się odtwarza|
                występuje|to samo|działa exploit|wywala|crashuje|też się)
            ? (tak|potwierdzam|racja|zgadza się|zgadza sie|dokładnie) (to|jest|mamy|widzę|widzimy|faktycznie|
                rzeczywiście|potwierdz*|problem|błąd|luka|jesteśmy)
            ? (widzimy|widzę|widze|rozumiemy|rozumiem) (problem|błąd|lukę|blad|w czym problem|o co chodzi)
            ? (trzeba|należy|musimy|będziemy|muszę|wymaga) [to|go|ją] (poprawić|naprawić|załatać|poprawienia|poprawki|
                naprawy|naprawienia|usunąć)
        """,
        Says.REJECTED: """
            w (dokumentacji|instrukcji|regulaminie|polityce|readme|podręczniku|specyfikacji|faq) ~ (napisano|napisane|
                opisano|opisane|zaznaczono|zaznaczone|ostrzegamy|piszemy|mówimy|wyjaśniono|zaznaczamy|wskazano)
            (nie widzę|nie widzimy|nie ma|brak) (sensu|potrzeby|powodu|powodów|podstaw) [tego|by|aby|żeby|do|go|
                ich] [to|tego|go|jej|cokolwiek] (zmieniać|naprawiać|poprawiać|łatać|zmian|działań|zmiany|poprawki|
                ruszać|robić|interwencji)
            (to|jest to|raczej) (funkcja|cecha|feature|funkcjonalność|właściwość|ficzer) [a] (nie błąd|nie bug|nie luka|
                nie podatność|nie usterka|nie wada)
            nie (jest|są|stanowi|stanowią|uznajemy|uznaję|uważamy|uważam|traktujemy|uznaliśmy|uznajemy|kwalifikujemy|
                klasyfikujemy|postrzegamy|widzimy|widzę|kwalifikuje się|kwalifikują się|spełnia|spełniają|mieści się|
                mieszczą się|podlega|podpada|zalicza się|zaliczamy|nazwałbym|dopatrzyliśmy|stwierdziliśmy|stwierdzono|
                dostrzegamy|stanowiłby|wchodzi|obejmuje|zalicza) ~ (podatno*|luk*|luka|luką|lukę|błędem|błąd|błędu|
                zagroże*|ryzyk*|bezpieczeńst*|bezpieczenst*|problem*|kryteri*|zakres*|program*|definicj*|wymog*|wymag*|
                warunk*|usterk*|nagrod*|podatnością|defekt*|naruszen*|dziur*|incydent*)
            (to|jest to|tu|tutaj) nie [jest|żadna|żaden|nasz|do końca] (luka|podatność|podatnosc|błąd|blad|bug|problem|
                dziura|usterka|żadna luka|zagrożenie|wada|błędem|podatnością|nasza)
            (zachowanie|działanie|dzialanie|funkcja|funkcjonalność|mechanizm|działa|dziala|to) [to|jest|tu|
                systemu] (zamierzone|oczekiwane|celowe|prawidłowe|prawidlowe|poprawne|zaplanowane|zgodne|normalne|
                udokumentowane|przewidziane|zgodnie z założ*|zgodnie z dokument*|zgodnie z zamierz*|zgodnie z projekt*|
                zgodnie z oczekiw*|zgodnie ze specyf*|zgodnie z zaloz*|zgodnie z przeznacz*|zgodna z założeniami|
                zgodna z dokumentacją|celowa|zamierzona)
            (zamierzone|oczekiwane|celowe|prawidłowe|poprawne|udokumentowane|zaplanowane|zamierzonym|oczekiwanym|
                prawidłowym|celowym|świadome|spodziewane|przewidziane) (zachowanie|działanie|zachowaniem|działaniem|
                dzialanie)
            (działa|dziala|działają|zachowuje się|funkcjonuje|zostało zaprojektowane|zaprojektowano|zostało zrobione|
                zaimplementowano) [to|dokładnie|tak|się|w pełni|on|ona|ono] (zgodnie z|tak jak powinno|jak powinno|
                jak powinien|jak zaprojektowano|jak zamierzono|prawidłowo|jak należy|poprawnie|celowo|świadomie|
                jak zakładano|jak oczekiwano|tak jak ma|jak przewidziano|jak opisano|tak jak zakład*)
            (tak|to tak) (ma być|ma działać|miało być|ma to działać|zostało zaprojektowane|jest celowo|ma to wyglądać|
                zaplanowano|zaprojektowano)
            (poza zakresem|poza programem|wykracza poza|poza obszarem|nie w zakresie|spoza zakresu|wykluczone z|
                wyłączone z|poza naszym|poza modelem)
            (nie będziemy|nie bedziemy|nie zamierzamy|nie planujemy|nie będę|nie zamierzam|nie planuję|nie mamy zamiaru|
                nie widzimy potrzeby|nie widzę potrzeby|nie widzimy powodu|nie mamy planów|nie ma potrzeby|
                nie widzimy sensu|nie chcemy) [tego|go|jej|ich|niczego|żadnych|tu|by|aby|wydawać|wprowadzać] [tego|
                zmian|nic|poprawki|poprawek|dalszych|łatki] (naprawia*|poprawia*|łata*|lata*|usuwa*|zmienia*|naprawi*|
                poprawi*|działań|dzialan|podejmow*|zmian|wydawa*|poprawek|poprawki|łatek|robić z tym|reagować|
                wprowadza*|korygow*|rozwija*|aktualizow*|adresow*)
            nie (zostanie|zostaną|będzie|będą) [to|ona|on|już] (naprawion*|poprawion*|załatan*|usunięt*|rozpatr*|uznan*|
                zmienion*|traktowan*|rozwijan*)
            (odrzucamy|odrzucono|odrzuciliśmy|odrzucone|odrzucony|odrzucam|odmawiamy|oddalamy|odrzucilismy|
                odrzucimy) [to|państwa|twoje|zgłoszenie|pańskie|raport] [zgłoszenie|raport|uznania|jako|z|i]
            (zgłoszenie|zgloszenie|raport|ticket|sprawa|temat|zgłoszenia|sprawę|wątek|temat) [zostało|zostaje|zostanie|
                jest|to|uważamy|uznajemy|państwa|za] [niniejszym|już|za|więc] (odrzucon*|zamknięt*|zamykamy|zamykam|
                zamknęliśmy|oddalon*|niezasadn*|bezzasadn*|nieuzasadn*|bezprzedmiotow*|nieprawidłow*|nieaktualn*)
            (zamykamy|zamykam|zamknęliśmy|zamknąłem|zamkniemy|zamykany) [to|państwa|twoje|niniejsze|więc|zatem|
                ten] (zgłoszenie|raport|ticket|sprawę|temat|zgloszenie|wątek|sprawe|jako|issue|bez)
            nie (ma|mają|niesie|stwarza|powoduje|wpływa|narusza|pozwala|umożliwia|daje|prowadzi|zagraża|stanowi|dotyczy|
                generuje|wiąże się|przekracza) [to|na|żadnego|żadnych|tu|tutaj|realnego|w praktyce|istotnego|istotny|do|
                atakującemu] ~ (wpływ*|bezpieczeńst*|bezpieczenst*|zagroże*|ryzyk*|skutk*|użytkown*|dostęp*|danych|
                danymi|dane|atakując*|uprawnie*|przejęci*|poufno*|konsekw*|szkod*|naszych|naszego|naszej|produkt*|
                systemu|klient*|napastnik*|inne osoby|innych|granic*)
            (nie da się|nie można|nie mozna|niemożliwe jest|niemożliwe|nie jest możliwe|nie sposób|nie daje się|
                nie jest możliwa|niewykonaln*) ~ (wykorzystać|wykorzystac|wykorzystani*|eksploat*|wyeksploat*|
                zaatakować|nadużyć|przeprowadzić ataku|osiągnąć zdalnie|zdalnie wywołać|praktyczn*)
            (użytkownik|uzytkownik|użytkownicy|atakujący|napastnik|nikt|osoba z zewnątrz|haker) [zwykły|z zewnątrz|
                zdalny|i tak|bez uprawnień|w ten sposób] nie (może|moze|mogą|ma|mają|uzyska|uzyskuje|jest w stanie|
                zdoła|otrzyma|ma możliwości|kontroluje|zyskuje)
            (wymaga|wymagałoby|wymagany|wymagane|wymagałby|wymagałaby|potrzebne są|potrzebny jest|trzeba mieć|zakłada|
                konieczny jest|konieczne są|konieczne jest|musi mieć|musiałby|musi posiadać|niezbędne) [już|uprzedniego|
                wcześniejszego|posiadania|by|aby|atakujący] ~ (administrator*|root*|admina|fizyczn*|uprzywilej*|
                dostępu lokaln*|lokalnego|dostęp do serwera|przejęt*|skompromit*|pełnego dostępu|pełnych uprawnień|
                uprawnień|superuż*|uwierzytelnion*|zalogowan*)
            (już|i tak) (ma|posiada|miał|musi mieć|mieć|dysponuje|kontroluje) [on|wtedy|pełny|pełne|wszystkie] (dostęp*|
                uprawnie*|root*|kontrol*|praw*|wszystko|admin*)
            (już|jest|są|oficjalnie|dłużej|juz|została|produkt|wersja|od dawna) [dłużej|już|oficjalnie|
                jest] nie (jest wspieran*|są wspieran*|wspieramy|jest rozwijan*|rozwijamy|jest utrzymywan*|utrzymujemy|
                otrzymuje|jest już wspieran*|jest już rozwijan*|aktualizujemy|jest obsługiw*|będzie rozwijan*)
            nie (jest|są) [już|dłużej|oficjalnie|od dawna] (wspieran*|rozwijan*|utrzymywan*|obsługiwan*|aktualizowan*|
                produkowan*|sprzedawan*)
            (zakończono|zakończyliśmy|zakończyło|zakończył|zakończyła|zakończone|wycofan*|wycofaliśmy|koniec|wygasło|
                skończyło|skończył) [się|już|okres|jej|jego] (wsparci*|okres wsparcia|rozwoj*|cykl życia|ze sprzedaży|
                ze wsparcia|utrzymani*|produkcj*)
            (nieaktualn*|niewspieran*|porzucon*|przestarzał*|nierozwijan*|archiwaln*|starej|starszej) (wersj*|produkt*|
                model*|projekt*|gałęz*|wydani*|przeglądar*|oprogramow*|moduł*)
            (projekt|repozytorium|moduł|produkt|wtyczka|plugin) [ten|jest|został|została] [już|jest] (porzucon*|
                zarchiwizowan*|archiwaln*|martwy|martwa|wycofan*|zamknięt*)
            (fałszywy|falszywy|fałszywie) (alarm|pozytyw*|dodatni*)
            (halucynac*|wygenerowan* przez ai|wygenerowan* przez chat*|wygenerowan* przez llm|niemądre|bezzasadn*|
                niezasadn*)
            (odpowiedzialność|odpowiedzialnosc|odpowiedzialności|odpowiada za to|obowiązek|sprawa|decyzja|gestii|
                kwestia|po stronie) [to|leży|spoczywa|jest|po stronie|na|w] (użytkownik*|administrator*|klient*|
                właściciel*|operator*|integrator*|uzytkownik*|wdrażając*|programist*)
            (akceptujemy|akceptowane|akceptowaln*|zaakceptowaliśmy|świadomie przyjęt*|świadoma|świadomie) [to|ten|takie|
                na] (ryzyk*|kompromis*|decyzj*|ograniczen*)
            (brak|nie widzimy|nie widzę|nie stwierdziliśmy|nie znaleźliśmy|nie dostrzegamy|nie zauważamy|nie wykryliśmy|
                nie dopatrzyliśmy się|nie ma tu|nie ma tutaj|nie ma) [tu|tutaj|żadnego|realnego|praktycznego|żadnych|
                istotnego|praktycznych|jakiegokolwiek|realnych|w tym] (wpływu|zagrożeni*|zagrozeni*|ryzyka|podatności|
                podatnosci|luki|skutków|konsekwencji|implikacji|możliwości ataku|scenariusz*|wektora|szkody|naruszeni*|
                błędu bezp*|problemu bezp*|dowodów)
            (niski|niskie|niska|niskim|znikomy|znikome|znikoma|minimaln*|marginaln*|pomijaln*|niewielki*|
                czysto) (ryzyko|wpływ|prawdopodobieństwo|teoretyczn*|ryzyku|wpływie|zagrożenie|istotność)
            (teoretyczny|teoretyczna|teoretyczne|hipotetyczn*|naciągan*|nierealn*|nierealistyczn*|nieprawdopodobn*|
                akademick*) [jest|i|tylko] (scenariusz|atak|ataku|zagrożenie|problem|przypadek|problemem|scenariusz*|
                ryzyko|rozważan*)
            (kwestia|błąd|problem|niewłaściwa|nieprawidłowa|błędna|niepoprawna|sprawa|błędnej|złej|zła) (konfiguracji|
                konfiguracja|konfiguracyjny|użycia|użycie|wdrożenia|wdrożenie|funkcjonaln*|instalacji|użytkownika)
            (raczej|to) [to|raczej|co najwyżej|bardziej|tylko|jedynie] (sugestia|propozycja|usprawnienie|ulepszenie|
                życzenie|feature request|hardening|kwestia konfiguracji|dobra praktyka|błąd funkcjonalny|cecha|
                błąd użytkownika|zalecenie|rekomendacja|ograniczenie|niedogodność)
            (użytkownicy|klienci|administratorzy|administrator|użytkownik|klienci) (powinni|powinien|muszą|mogą|
                musi) [po prostu|sami|samodzielnie|raczej] (przejść na|nie używać|nie wystawiać|ograniczyć|
                skonfigurować|unikać|wyłączyć|zmienić|zadbać|zabezpieczyć|migrować|pilnować|zaprzestać|nie udostępniać)
            (nie nasz|nie nasza|nie nasze|nie nasza sprawa|nie po naszej|nie dotyczy naszego|nie dotyczy naszych|
                nie dotyczy naszej|nie odpowiadamy za|nie my)
            (zewnętrzn*|obcej|cudz*|podmiot* trzeci*|firmy trzeciej|firm trzecich|innego producenta|
                innego dostawcy) (bibliote*|komponent*|kod|kodu|produkt*|dostawc*|odpowiedzial*)
            (tylko|jedynie|wyłącznie) (siebie|samego siebie|własne|własnej|własnego|lokalnie|dla admin*|kosmetyczn*|
                przez administrator*|sam siebie|teoretyczn*|na samym sobie|w środowisku testow*|w kodzie testow*)
            (znane|udokumentowane|opisane|znanym) (ograniczeni*)
            (opisane|opisano|udokumentowano|wyjaśnione|ostrzegamy|napisane) [jest|to|już|wyraźnie|
                o tym] w (dokumentacji|instrukcji|readme|regulaminie|faq|polityce|podręczniku|specyfikacji)
            (nie ma czego|nie ma tu czego|nie ma co|nie ma sensu|bez sensu|nie warto) (naprawiać|poprawiać|łatać|
                zmieniać|z tym|tego)
            (postanowiliśmy|zdecydowaliśmy|zdecydowano|postanowiono|podjęliśmy decyzję|zadecydowaliśmy) [aby|żeby|się|
                że] nie ~
            nie (kwalifikuje|kwalifikują|zasługuje|nadaje|wymaga|uzasadnia|spełnia|spełniają) [się|to|też] ~ (cve|
                program*|nagrod*|popraw*|łatk*|działa*|naprawy|wyróżn*|podatn*|kryter*|wymog*|warunk*|zgłosz*|próg|
                progu|aktualizac*)
            nie (przyjmujemy|rozpatrujemy|nagradzamy|analizujemy) [takich|tego|tego typu|zgłoszeń] (takich|zgłoszeń|
                typu|rodzaju|raportów|znalezisk|podatności)
            (śmiało|proszę|można|możecie|możesz) [śmiało|to] (publikow*|opublikow*|ujawni*) ~ (nie|bo)
            (zostawiamy|zostawimy|pozostawiamy|pozostawimy|zostaje|pozostanie) [to|tak|bez] (tak jak jest|bez zmian|
                jak jest|zmian|jest)
            ? (nie|żadna) [jest|to|taka] (groźn*|niebezpieczn*|wykorzystywaln*|podatn*|krytyczn*|poważn*|eksploatowaln*|
                dotknięt*|istotn*)
            ? (nic|niczego) [tu|w tym] (groźnego|niepokojącego|niebezpiecznego|strasznego|poważnego|takiego)
        """,
        Says.DUPLICATE: """
            (pisano|pisali|pisał|pisała|zgłaszano|informowano|donoszono|donosili|zgłaszali|zgłaszał) [nam|o tym|
                to] [nam|o tym|to] (już|juz|wcześniej|o tym|wczesniej|przed)
            (ktoś|inny|inna|drugi) [już|niestety|badacz|osoba] (był szybszy|była szybsza|był pierwszy|był przed|
                zgłosił to|zgłosił ją)
            (identyczny|identyczne|identyczną|taki sam|takie samo|podobny|podobne) (raport|zgłoszenie|ticket|zgloszenie)
            (w tej sprawie|na to|do tego|w tym temacie|dla tego błędu|dla tej luki) [mamy|jest|istnieje|już|był] [już|
                jest|mamy] [założone|otwarte|otwarty|utworzone|założony|wewnętrzny|wewnętrzne|zarejestrowane|
                osobny] (ticket|zadanie|zgłoszenie|issue|sprawa|wpis|cve)
            (duplikat|duplikatem|duplikatu|duplikaty|zduplikowan*|dubel|dublem|dubluje|powiela|powielone)
            (już|juz|wcześniej|wczesniej|niezależnie|niezaleznie|uprzednio) [nam|to|był|była|było|ją|go|nam ją|o tym|
                ktoś|zostało|został|została|nam to|przez nas] (zgłoszon*|zgłosił*|zgłaszan*|zgloszon*|zglosil*|znan*|
                znamy|raportowan*|zaraportow*|zarejestrowan*|wiemy|wiedzieliśmy|wykryt*|wykryliśmy|odkryt*|znalezion*|
                znaleźliśmy|znalazł*|świadom*|otrzymaliśmy|dostaliśmy|śledzon*|śledzimy|opisan*|opisał*|pisał*|
                poinformował*|zidentyfikowan*|informowan*|w naszej bazie|na liście|przed panem|przed państwem|
                przed tobą|przyjęt*|ma cve|ma numer|nad tym|nad nią|pracujemy|pracowal*|w trackerze|w toku|zgłosi*)
            (znany|znana|znane|znaną|znanym|znanej) [nam|już|od dawna|wcześniej|dobrze|jest] [nam|od|już|nam już|
                wcześniej] (problem|błąd|błędem|luka|luką|podatność|podatnością|nam|od|wcześniej|od dawna|usterka|
                problemem)
            (problem|błąd|luka|podatność|sprawa|to|usterka|dziura) [ten|ta|ten sam|jest|był|była|został|została] [jest|
                nam|już|był|została] [nam|już|dobrze|od dawna] (znany|znana|znane|zgłoszony wcześniej|
                zgłoszona wcześniej|zgłaszany|zgłaszana)
            (wiemy|wiedzieliśmy|jesteśmy świadomi|mamy świadomość|jestem świadomy|wiem) [już|od dawna|o|istnienia] [o|
                już] (tym problemie|tym błędzie|tej luce|tej podatności|tym od|tego problemu|tej luki|tego błędu|
                tym już|tym|nim|niej)
            (inny|inna|innego|innym|inni|kolejny|drugi|dwóch|ktoś inny|innych|inną|ktoś) [niezależny|już|wcześniej|
                zewnętrzny] (badacz*|zgłaszając*|użytkownik*|osob*|raport*|zgłosze*|specjalist*|klient*|researcher*|
                zgłosił*) ~ (zgłosi*|zgłasza*|wcześniej|pierwsz*|ten sam|to samo|tę samą|identyczn*|znalaz*|opisuj*|
                ubieg*|wyprzedz*|dotyczy*|pokrywa*)
            (pokrywa się|pokrywają się|zbieżn*|zbiezn*|identyczn*|tożsam*|zgodn*|dotyczy tego samego|dotyczy tej samej|
                ten sam|ta sama|to samo|tą samą|tym samym|tę samą|taki sam|nakłada się) [z|co|problem|luka|błąd|
                podatność|luki|problemu|błędu|przyczyna|luką|co w|zgłoszenie] [z|co|który|która|źródłowa|które|
                jak] ~ (zgłosze*|raport*|ticket*|zgłosił*|znan*|wcześniej*|sprzed|cve|problem*|błęd*|otrzyma*|innym|
                innego|poprzedn*|zgłoszon*|inny badacz|już)
            (zgłosił|zgłosiła|zgłosili|zgłaszał|zgłaszali|informował|pisał) [nam|to|o tym|ją|go] (już|juz|inny|inna|
                ktoś|wcześniej|niezależnie|kto inny)
            (uprzedził|ubiegł|wyprzedził|uprzedziła|ubiegła) (pana|panią|państwa|cię|was)
            (uprzedzono|ubiegnięto|wyprzedzono) (pana|panią|państwa|cię|was)
            (łączymy|połączyliśmy|dołączyliśmy|dołączamy|scalamy|podpinamy|podpięliśmy|dopinamy|podłączyliśmy|dodaliśmy|
                przypisaliśmy) ~ (istniejąc*|wcześniejsz*|poprzedni*|z innym|z ticketem|do ticketu|do istniej*|
                z wcześniej*|otwart*)
            (mamy|istnieje|jest|posiadamy|zarejestrowaliśmy|założyliśmy) [już|w systemie|na to|do tego] [już|na to|
                otwarty|wewnętrzny|otwarte|w systemie] (ticket|zgłoszenie|issue|otwarty ticket|wpis|zadanie|raport|
                sprawę|cve|pull request|pr) [otwart*|wewnętrzn*] (na|o|dotycząc*|w tej|opisuj*|do|dla|w sprawie)
            (naprawion*|poprawion*|załatan*|usunięt*|naprawiliśmy|poprawiliśmy|załataliśmy|usunęliśmy) [to|ją|już|go|
                jeszcze|została] (już|wcześniej|dawno|jeszcze|w zeszłym|rok temu|miesiąc temu) [w|temu|przed]
            (ponowne|powtórne|kolejne|powtórzone) (zgłoszenie|zgloszenie) [tego|tej|już]
            ? (już|juz|dawno|od dawna) [jest|to|został|została|zostało|było|była|w|ją] (naprawion*|poprawion*|załatan*|
                usunięt*|poprawiliśmy|naprawiliśmy|zgłoszon*|rozwiązan*)
        """,
        Says.NEEDS_INFO: """
            (dałoby się|da się|można by|można prosić|mogę prosić|możesz|mozesz|mógłbyś|mogłabyś|mógłby pan|mogłaby pani|
                moglibyście|mogliby państwo|możecie|mógłby|mogłaby) ~ (przesłać|przeslac|podesłać|podeslac|podać|podac|
                dosłać|opisać|opisac|wyjaśnić|wyjasnic|doprecyzować|wskazać nam|sprawdzić|sprawdzic|przetestować|
                podrzucić|pokazać|potwierdzić czy|wkleić|dorzucić|powiedzieć jak|o logi|o poc|o szczegóły|o wersję|
                o przykład|o zrzut)
            (chętnie|chetnie) (zobaczę|zobaczyłbym|zobaczyłabym|zobaczymy|zobaczylibyśmy|obejrzę|obejrzymy|obejrzałbym|
                poznamy|dowiem|dowiemy)
            (trudno|ciężko|ciezko) (mi|nam) [tu|coś] [coś|cokolwiek] (powiedzieć|stwierdzić|ocenić|pomóc|zweryfikować)
            (bez) [działającego|przykładowego|konkretnego|waszego|tego|dodatkowych] (poc|pliku|przykładu|logów|
                szczegółów|informacji|danych|kroków|zrzutu) ~ (trudno|ciężko|nie)
            (proszę o|prosze o|prosimy o|prosiłbym o|uprzejmie prosimy o|prosząc o|poproszę o|poprosimy o|prośba o|
                prosba o|poprosze o) ~ (przesłanie|przeslanie|podanie|dosłanie|dostarczenie|wyjaśnieni*|wyjasnieni*|
                informacj*|szczegół*|szczegol*|doprecyzowanie|opis*|wskazanie|uzupełnieni*|udostępnienie|sprawdzenie|
                przetestowanie|weryfikacj*|logi|logów|poc|przykład*|wersj*|kroki|potwierdzenie czy|potwierdzenie że|
                dokładn*|zrzut*|nagranie|odpowiedź na|próbk*|plik*|dane|dodatkow*|więcej|ponowne|załączenie|konfigurac*|
                dowód|ponowienie|retest) ! (nieujawni*|niepublik*|nie ujawni*|nie publik*|ujawnian*|publikac*|poufn*|
                wstrzym*|embarg*|szyfr*|niezaszyfr*)
            (proszę|prosze|prosimy|uprzejmie prosimy|prosiłbym|poproszę) ~ (podać|podac|przesłać|przeslac|wysłać nam|
                dosłać|doslac|opisać|opisac|wyjaśnić|wyjasnic|doprecyzować|wskazać|uzupełnić|sprawdzić|sprawdzic|
                przetestować|zweryfikować|załączyć|zalaczyc|dołączyć|napisać jak|napisać na jakiej|potwierdzić czy|
                potwierdzić że|udostępnić nam|rozwinąć|pokazać|określić|spróbować|sprobowac|powtórzyć|dostarczyć|
                odesłać|nagrać|zaktualizować do) ! (nieujawni*|niepublik*|nie ujawni*|nie publik*|ujawnian*|publikac*|
                poufn*|wstrzym*|embarg*|szyfr*|niezaszyfr*)
            (czy|czy nie) ~ (może|moze|mógłby|moglaby|mogłaby|mogłoby|mógłbyś|mogłabyś|moglibyście|mogliby|możesz|
                mozesz|możecie|mogą państwo|mogą panstwo|dałoby się|da się|jest możliwość|byłaby możliwość|
                byłoby możliwe) ~~ (przesł*|przesl*|podać|podac|wysłać|dosł*|opisać|opisac|wyjaśni*|wyjasni*|doprecyz*|
                wskaz*|uzupełni*|sprawdzi*|przetest*|zweryf*|załącz*|dołącz*|pokaz*|potwierdzić|spróbować|sprobowac|
                powtórzyć|odtworzyć|dostarcz*|podziel*|udostępn*|powiedzie*|określ*|podesł*|podrzuc*)
            (podeślij|podeslij|podeślijcie|prześlij|przeslij|prześlijcie|podaj|podajcie|wyślij|wyślijcie|opisz|opiszcie|
                wyjaśnij|wyjasnij|wyjaśnijcie|podrzuć|podrzuc|podrzućcie|wrzuć|wrzuc|dorzuć|dorzuc|napisz|napiszcie|
                pokaż|pokaz|doślij|doslij|załącz|dołącz|daj|dajcie|powiedz|przypomnij) ~ (log*|wersj*|poc|szczegół*|
                szczegol*|kroki|kroków|przykład*|przyklad*|plik*|dump*|zrzut*|screen*|konfigur*|informac*|dane|dowód|
                exploit*|próbk*|opis*|jak|jaką|jakiej|na czym|co dokładnie|żądani*|zadani*|payload*|skrypt*|dokładn*|
                dokladn*|nagrani*|więcej|wiecej|który|której|przypadek|request*|stack*|trace*)
            (potrzebujemy|potrzebuję|potrzebuje|brakuje nam|brakuje mi|brakuje|przydałoby się|przydaloby sie|
                przydałyby się|przyda się|przydadzą się|wymagamy|niezbędne są|konieczne są|potrzebne są|potrzebna jest|
                chcielibyśmy otrzymać|chcielibyśmy dostać|chcielibyśmy poznać|potrzebne nam|przydałby się|
                brak) ~ (informac*|szczegół*|szczegol*|danych do|log*|poc|przykład*|kroków|krokow|dowodu|dowodów|
                wyjaśnie*|wyjasnie*|konfiguracji testow*|próbk*|zrzut*|plik*|numeru wersji|opisu|doprecyzow*|kontekst*|
                dump*|exploita|pcap|skrypt*)
            nie (udało się|udało nam się|udało mi się|udalo sie|udalo nam sie|udalo mi sie|jesteśmy w stanie|
                jestesmy w stanie|jestem w stanie|możemy|mozemy|mogę|moge|potrafimy|potrafię|zdołaliśmy|
                byliśmy w stanie|daliśmy rady|umiemy) [nam się|tego|jej|go|na razie|niestety|dotąd|jak dotąd|u siebie|
                jeszcze|problemu] [tego|problemu|błędu|luki|podatności|zgłoszonego|opisanego] (odtworzyć|odtworzyc|
                zreprodukować|zreprodukowac|powtórzyć|powtorzyc|potwierdzić|potwierdzic|zreplikować|wywołać|wywolac|
                uruchomić|zweryfikować|otworzyć|zobaczyć|otworzyc)
            nie (odtwarza|odtworzyliśmy|odtworzyłem|odtwarzamy|reprodukuje|występuje u nas|występuje u mnie|zadziałał|
                zadziałało|dzieje się u)
            (nie jest dla nas jasne|nie rozumiem|nie rozumiemy|nie jest jasne|niejasne|nie wiem|nie wiemy|
                nie do końca rozumiem*|nie jestem pewien|nie jesteśmy pewni|nie widzę|nie widzimy|nie bardzo rozumiem*|
                nie jest dla mnie jasne) ~ (jak|w jaki|co dokładnie|co dokladnie|gdzie|jaki|jaka|jaką|dlaczego|czemu|
                na czym|skąd|który|którą|czy to|scenariusz|po co|o jaką|o co)
            (proszę|prosze|prosimy) [jeszcze|raz|ponownie|także|też] (sprawdzić|sprawdzic|przetestować|przetestowac|
                zweryfikować|spróbować|ponownie|potwierdzić)
            (sprawdź|sprawdz|sprawdźcie|przetestuj|przetestujcie|zweryfikuj|spróbuj|sprobuj|potwierdź) [proszę|prosze|
                czy|jeszcze|to|też] (czy|na|w|u|z|czy u|jeszcze|ponownie|najnowsz*|proszę|ostatni*|wersj*|bez|to|raz)
            (nie znaleźliśmy|nie znalazłem|nie znalazłam|nie widzę|nie widzimy|nie ma|brak|brakuje|zabrakło|nie dotarł|
                nie dotarły|zapomniał*|nie dołączon*|nie otwiera się|uszkodzony|uszkodzone|pusty|
                nie otrzymaliśmy) ~ (załącznik*|zalacznik*|plik*|poc|zrzut*|zdjęć|archiwum|dowodu|logów|przykładu|
                kroków)
            (załącznik|zalacznik|plik|archiwum|link|zrzut*|obraz*) ~ (nie otwier*|nie dotar*|uszkodz*|pusty|puste|
                nie działa|wyciął|wycięt*|nie został dołącz*|zablokow*|wygasł*|nie przeszedł|zagin*)
            (czekamy|czekam|oczekujemy|oczekuję|będziemy czekać) [na|więc|jeszcze|zatem|na państwa] [na|państwa|pana|
                pani|twoją|twoje|wasze] (odpowiedź|odpowiedz|szczegół*|informac*|dane|wyjaśnie*|poc|logi|dodatkow*|
                uzupełn*|państwa|twoją|twoje|pana|dalsze|doprecyzow*|potwierdz*)
            (kilka|parę|pare|mamy|mam|jeszcze|dodatkowe|jedno|następujące|poniższe) [jeszcze|kilka|dodatkowych|
                dodatkowe|parę|szybkie] (pytań|pytania|pytanie|pytan|pytanko)
            (dajcie znać|daj znać|dajcie znac|daj znac|proszę dać znać|proszę o informację|proszę o info) [nam|mi|
                proszę] (czy|jak|która|jaka|jakiej|co)
            (jeśli|jesli|jeżeli|jezeli|gdyby|o ile) [tylko|też|nadal] (masz|mają państwo|ma pan|ma pani|macie|możesz|
                możliwe|mogą państwo|dysponuj*|posiadaj*|posiadasz|można) ~ (poc|log*|przykład*|szczegół*|prześ*|przes*|
                podeś*|podes*|dodatkow*|zrzut*|plik*|dump*|nagran*|exploit*|informac*)
            (interesuje nas|interesuje mnie|zastanawiam się|zastanawiamy się|ciekawi mnie|chciałbym wiedzieć|
                chcielibyśmy wiedzieć|chcemy zrozumieć|chciałbym zrozumieć|chcielibyśmy zrozumieć|ciekawi nas) ~ (jak|
                jaka|jaki|jaką|czy|dlaczego|skąd|w jaki|na czym)
            (wypełnić|wypelnic|wypełnienie|uzupełnić|wypełnij|odpowiedzieć na) ~ (formularz*|szablon*|ankiet*|pytani*)
            (bez|do czasu otrzymania) (działającego|poc|logów|dodatkowych|szczegółów|przykładu|tych) ~ (nie|trudno|
                ciężko|poc)
        """,
        Says.QUESTION: """
            (czy|a czy) ~ (wersj*|poc|odtwarz*|odtworz*|test*|sprawdz*|próbow*|probow*|eksploat*|wykorzyst*|log*|plik*|
                konfigur*|używa*|uzywa*|masz|macie|mają państwo|ma pan|ma pani|występuje|wystepuje|domyśln*|domysln*|
                zdaln*|uwierzyteln*|zalogowan*|dotyczy|nadal|załącz*|powtarzaln*|udało|udalo|atakując*|wymaga|uruchom*|
                najnowsz*|ostatni*|działa|dziala|możliw* jest|da się|użytkown*|przykład*|uprawnie*|widzi*|crash*|
                kompil*|da się|na pewno|środowisk*)
            (jaka|jaki|jaką|jakiej|jakim|jakimi|jakich|jakie|jakiego|której|którą|która|który|w której|na jakiej|
                na jakim|z jakiej) ~ (wersj*|build*|konfigur*|system*|środowisk*|srodowisk*|platform*|przeglądark*|
                kompilator*|firmware|scenariusz*|wpływ|wplyw|model*|urządze*|sposób|ustawie*|komend*|polece*|odpowied*|
                uprawnie*|rodzaj*|konto|kont*|skutk*|błęd*|endpoint*|moduł*|cel|używ*|test*|żądani*|wektor*|opcj*|flag*|
                parametr*|kompil*|plik*|narzędzi*|wersi*)
            (jak|gdzie|dlaczego|czemu|skąd|skad|kto|co|w jaki sposób|po co|na czym) [dokładnie|dokladnie|konkretnie|to|
                właściwie|niby] ~ (atakując*|eksploat*|odtworz*|wykorzyst*|wywoł*|uzysk*|kontrol*|dostęp*|plik*|błąd|
                błęd*|problem*|wersj*|widzi*|uruchom*|oczekiw*|spodziew*|polega*|dzieje*|użytkown*|wygląd*|znaczy|
                masz na myśli|mają państwo na|ma pan|konfigur*|sprawdz*|test*|log*|wynik*|dane|danych|występ*|zgłosz*|
                omin*|obejś*)
            (próbowałeś|próbowaliście|próbowali państwo|sprawdziłeś|sprawdzałeś|sprawdzaliście|testowałeś|testowaliście|
                udało się|masz może|macie może|mają państwo)
        """,
        Says.ASIDE: """
            (publik*|opublik*|ujawn*|podziękow*|embarg*|termin*|deadline|zamkn*|spotk*|rozmow*|wymien*|nagrod*|zgadza*|
                odpowiada|pasuje|przesun*|poczeka*|wstrzym*|kiedy|pgp|szyfr*|koordyn*|planuj*|data|datę|podpis*)
        """,
        Says.DEFERRED: """
            (odłożone|odłożony|odłożona|odkładamy|odłożyliśmy|odroczone|odroczony) [to|na|do|tę] (później|potem|
                przyszłość|na później|czasu|bliżej nieokreślon*|półkę|na razie|nieokreślon*)
            (niski|niskim|niższy|niskiego|najniższy) (priorytet*)
            (do backlogu|w backlogu|na backlog|na liście życzeń|na listę życzeń|na później|do zamrażarki)
            (rozważymy|rozważyć|weźmiemy|może kiedyś|uwzględnimy|rozpatrzymy|wrócimy do) ~ (w przyszłości|
                przyszłych wersjach|przyszłych wydaniach|kiedyś|w dalszej|w kolejnych|kolejnej dużej|przy okazji|
                później)
            (kiedyś|gdy znajdziemy czas|jak znajdziemy czas|przy okazji|w wolnej chwili)
        """,
        Says.ARRIVED: """
            (dziękujemy|dziekujemy|dziękuję|dziekuje|dzięki|dzieki|dzięks|wdzięczni|wdzięczny|
                podziękowania) ~ (zgłosze*|zgłosz*|zglosz*|raport*|wiadomo*|kontakt*|informac*|mail*|maila|e-mail*|
                znalezi*|uwag*|czujno*|pomoc*|analiz*|szczegół*|odpowied*|cierpliwo*|przesłan*|przeslan*|badani*|
                odpowiedzialn*|zwrócen*|wskazan*|sygnał*|opis*|poświęc*|współprac*|prac*|info|ping*|przypomnien*|za to|
                test*|sprawdzen*|wyjaśn*|uzupełn*|trosk*|zaangaż*|poc|cynk|wyłapan*|powiadom*)
            (dziękujemy|dziękuję|dziekuje|dzięki|dzieki) [bardzo|za|wielkie] (faktycznie|rzeczywiście|sprawdz*|zerkn*|
                spojrz*|popraw*|napraw*|przyjrz*|przekaz*|zajm*|racja|potwierdz*|widz*|już|zaraz|to|jutro|dziś|dobr*|
                wielkie)
            (otrzymaliśmy|otrzymalismy|otrzymałem|otrzymałam|dostaliśmy|dostalismy|dostałem|dotarło|dotarła|dotarł|
                wpłynęło|wpłynął|przyjęliśmy|przyjelismy|przyjęto|przyjęte|przyjąłem|odebraliśmy|zarejestrowaliśmy|
                zarejestrowano|zarejestrowane|odnotowaliśmy|odnotowano) [od|państwa|twoje|pana|pani|to|do nas|twój|
                pański] ~ (zgłosze*|zglosze*|raport*|wiadomo*|mail*|e-mail*|informac*|dane|do nas|dziękujemy|
                do rozpatrzenia|pod numerem|ticket*|pliki|załącznik*|szczegół*)
            (państwa|panstwa|twoje|pana|pani|pańskie|twój|twoja|twoją|twój|wasze) [pierwsze|ostatnie] (zgłoszenie|
                zgloszenie|raport|wiadomość|wiadomosc|mail|e-mail|sprawa|sprawę|informacje) [zostało|został|została|
                jest|do nas|zostały|już] ~ (przyjęt*|przyjet*|zarejestrowan*|przekazan*|otrzymal*|otrzyma*|rozpatr*|
                dotar*|analiz*|weryfik*|trafi*|wpłyn*|obsług*|skierowan*|przydziel*|odebran*|dosta*|w toku|nadan*)
            (przekazaliśmy|przekazałem|przekazałam|przekazalem|przekazujemy|przekażemy|przekażę|przekaze|przekazano|
                przesłaliśmy|przesłałem|skierowaliśmy|skierowałem|eskalowaliśmy|założyliśmy|założyłem|utworzyliśmy|
                zgłosiłem|zgłosiliśmy|podesłałem|przekazane|przesyłam|wysłałem) [je|to|zgłoszenie|sprawę|państwa|twoje|
                go|ją|informację] ~ (zespoł*|zespol*|dział*|dzial*|programist*|deweloper*|developer*|koleg*|ticket*|
                inżynier*|specjalist*|issue|wewnętrzn*|działu|odpowiedni*|bezpieczeń*|dalej|zgłoszeni*|deweloper*)
            (sprawdzimy|sprawdzę|sprawdze|sprawdzamy|sprawdzam|przyjrzymy się|przyjrzę się|przyjrze sie|przyglądamy się|
                zbadamy|badamy|zajmiemy się|zajmę się|zajmujemy się|przeanalizujemy|analizujemy|zweryfikujemy|
                weryfikujemy|zerknę|zerkne|zerkniemy|rozpatrzymy|rozpatrujemy|obejrzę|popatrzę|popatrzymy|spojrzę|
                spojrzymy|przejrzymy|przejrzę|rozpoczęliśmy analizę|rozpoczęliśmy weryfikację|bierzemy się|
                prowadzimy analizę|trwa analiza|trwa weryfikacja|ogarnę to|zapoznamy się|zapoznaliśmy się)
            (potwierdzamy|potwierdzam|potwierdzono) (otrzymanie|przyjęcie|odbiór|wpłynięcie|rejestrację|otrzymani*)
            (jest|została|zostało) (analizowan*|rozpatrywan*|weryfikowan*|przekazan* do|w trakcie analizy|
                w trakcie weryf*|w trakcie rozpatr*)
            (przepraszamy|przepraszam|wybaczcie|sorki|sorry) ~ (zwłok*|zwlok*|opóźni*|opozni*|późn*|pozn*|długi*|dlugi*|
                oczekiw*|milcz*|cisz*|spam*|niedogodn*|przeocz*|umkn*)
            ? (przyjąłem|przyjęliśmy|zanotowane|odnotowane|zanotowałem|rozumiem|jasne|przyjęte)
        """,
        Says.NOTHING_CAME: """
            nie (otrzymaliśmy|otrzymalismy|otrzymałem|otrzymałam|dostaliśmy|dostalismy|dostałem|dostałam|widzimy|
                odnotowaliśmy|znaleźliśmy|znalazłem) [jeszcze|dotąd|do tej pory|żadnego|zadnego|od|żadnej|
                jak dotąd] [od|państwa|ciebie|pana|pani|żadnego|żadnych] (wiadomo*|zgłosze*|zglosze*|raport*|maila|
                mejla|e-maila|takiego|niczego|żadn*|zadn*|od pana|od państwa|od ciebie|państwa|twojego|twojej)
            nie (dotarło|dotarła|dotarł|doszedł|doszło|doszła|przyszło|przyszedł|przyszła|wpłynęło) [do nas|nam|jeszcze|
                żadne|nic|państwa|twoje|żadna] (do nas|nic|żadne|zgłosze*|wiadomo*|mail|państwa|twoje|raport*|żadna)
            (wiadomość|mail|zgłoszenie|raport|e-mail) [od|państwa|ten|jeszcze|niestety|do nas] [do nas|jeszcze|
                nigdy] nie (dotar*|dosz*|przysz*|wpłyn*)
            (nic|niczego) [od|do nas|jeszcze|państwa] nie (dotar*|dosz*|przysz*|otrzyma*|dosta*|wpłyn*|widz*)
        """,
        Says.WRITE_PLAIN: """
            (proszę|prosze|prosimy|prosiłbym|prześlij|przeslij|wyślij|napisz|mógłbyś|czy może|
                czy mógłby) ~ (bez szyfrowania|niezaszyfrowan*|nieszyfrowan*|otwartym tekstem|nie szyfrować|
                jawnym tekstem|zwykłym tekstem|zwykłym mailem|bez pgp|bez gpg|bez szyfru|tekstem jawnym|nie szyfruj*|
                jako zwykły)
            (nie trzeba|nie ma potrzeby|nie musisz|nie musicie|nie jest konieczne|nie muszą państwo) [tego|używać|
                wiadomości] (szyfrować|szyfrowac|szyfrowania|szyfrowanie|pgp|gpg)
        """,
        Says.UNREADABLE: """
            nie (możemy|mozemy|mogę|moge|jesteśmy w stanie|udało się|udało nam się|udało mi się|potrafimy|potrafię|
                jestem w stanie|umiemy|da się) ~ (odszyfr*|rozszyfr*|zdeszyfr*|otworzyć wiadomo*|odczytać|odczytac|
                otworzyć zaszyfr*|przeczytać wiadomo*|przeczytać zaszyfr*|otworzyć maila)
            (nie używamy|nie obsługujemy|nie korzystamy z|nie wspieramy) [już|obecnie] (pgp|gpg|openpgp|szyfrowan*)
            (zgubiliśmy|utraciliśmy|straciliśmy|wygasł|nie mamy) [już|dostępu do|nasz|do] [do|klucza|naszego] (klucz*|
                pgp|gpg)
        """,
        Says.CREDIT: """
            (podziękowani*|podziekowani*|listę podziękowań|lista podziękowań|hall of fame|galeria sław)
            (jak|pod jakim|czy|jakie imię) ~ (wymienić|wymienieni|wymieniony|wymieniona|podpisać|przedstawić|
                podać nazwisk*|wymienił*|uhonorow*|figurow*) ~ (biuletyn*|podzięk*|advisory|imien*|nazwisk*|komunika*|
                autor*)
            (wymienimy|wymienić|wymieniony|wymieniona|wspomnimy|wspomnieć|podziękujemy|uhonorujemy|wymienieni) [pana|
                panią|państwa|cię|ciebie|jako|z] ~ (biuletyn*|advisory|podzięk*|autor*|odkrywc*|zgłaszając*|changelog|
                informac* o wydaniu|komunika*|stronie|imien*)
            (państwa|twoje|pana|pani|pańskie) (nazwisko|imię|nick|autorstwo) ~ (biuletyn*|advisory|podzięk*|stronie|
                changelog|komunika*|liście)
        """,
        Says.KEY: """
            (nasz|mój|nowy|załączam nasz|oto nasz|poniżej nasz|w załączniku nasz|aktualny|nasz aktualny) [nowy|
                publiczny|aktualny] (klucz pgp|klucz gpg|klucz publiczny|klucz openpgp|pgp|gpg|publiczny klucz)
            (klucz pgp|klucz gpg|klucz publiczny|klucz openpgp) [naszego zespołu|zespołu] (jest|znajduje|poniżej|
                w załączniku|załączam|dostępny|do pobrania|to)
            (odcisk klucza|fingerprint klucza|odcisk palca klucza)
        """,
        Says.NO_DATE: """
            (data|termin|terminy|daty|harmonogram|eta) ~ (nie jest znan*|nie jest jeszcze|nieznan*|nie został*|
                nie są znane|nie jest ustalon*|nie jest okreś*|jest nieznan*|do ustalenia|nie jest pewn*|
                pozostaje nieok*)
            nie (możemy|mozemy|mogę|moge|jesteśmy w stanie|jestesmy w stanie|jestem w stanie|chcemy|chcę|chcielibyśmy|
                podamy|podajemy|podam|znamy|mamy|posiadamy|obiecuję|obiecujemy|umiem|potrafimy|potrafię|zadeklarujemy|
                deklarujemy|wiemy|wiem|został|ustaliliśmy|określiliśmy|gwarantujemy) ~ (dat*|daty|datę|termin*|kiedy|
                harmonogram*|eta|czasu|zobowiąz*|deklar*|ram czasowych|na kiedy|dokładnego)
            (brak|nie ma|bez|żadnych|nie mamy) [jeszcze|na razie|obecnie|póki co|konkretnej|konkretnego|
                żadnej] [konkretnej|konkretnego|ustalonej|ustalonego|dokładnej|dokładnego|wiążącego|planowanej|
                przewidywanego|szacowanej|pewnego|oficjalnej] (daty|terminu|harmonogramu|eta|terminów|dat|planu wydania)
            (data|termin|harmonogram|eta|terminy|czas) [wydania|publikacji|poprawki|naprawy|udostępnienia|łatki|
                usunięcia|na razie|nie|jeszcze|jest|pozostaje|wdrożenia|aktualizacji] [poprawki|łatki|jest|jeszcze|
                nie jest|nie został|nie została|aktualizacji|pozostaje|na razie] (nieznan*|nie jest znan*|nieokreślon*|
                nieustalon*|ustalon*|do ustalenia|do potwierdzenia|znan*|niepewn*|nie został* ustal*|
                nie został* określ*|określon*|niewiadom*|niepotwierdz*|nie są znane|nieznany)
            (trudno|ciężko|ciezko|za wcześnie|zbyt wcześnie|za wczesnie|nie sposób|niemożliwe) ~ (powiedzieć|powiedziec|
                określić|określic|oszacować|podać|wyrokować|obiecać|przewidzieć|termin*|dat*|kiedy|deklarow*)
            (nie wiem|nie wiemy|nie powiem|nie powiemy|nie umiem powiedzieć|nie potrafię powiedzieć|
                nie wiadomo) [jeszcze|na razie|dokładnie|ile|czy i] (kiedy|ile czasu|jak długo|ile to|na kiedy|
                jak szybko)
            (będzie gotowe kiedy|kiedy będzie gotowe|jak będzie to będzie|będzie jak będzie)
        """,
        Says.WILL_NOT: """
            (nikt|już|juz|raczej|nigdy) [już|tego|tego już] nie (naprawi|poprawi|załata|usunie|zaktualizuje|naprawimy)
            nie (będziemy|bedziemy|będę|zamierzamy|zamierzam|planujemy|planuję|zostanie|zostaną|będzie|będą|
                mamy zamiaru|mamy planów|przewidujemy|wydamy|naprawimy|poprawimy|załatamy|udostępnimy) [już|tego|go|jej|
                więcej|dla|to|żadnej|żadnych] ~ (naprawia*|poprawia*|łata*|usuwa*|naprawi*|poprawi*|załata*|usun*|łatk*|
                popraw*|aktualizac*|wydawa*|wydani*|wydan*|backport*|wersji|naprawy|naprawion*)
            nie (naprawimy|załatamy|poprawimy|naprawiamy|poprawiamy)
            (poprawki|poprawek|łatki|łatek|aktualizacji|poprawka|łatka|aktualizacja|aktualizacje) ~ (nie będzie|
                nie planujemy|nie wydamy|nie zostanie|nie przewidujemy|nie udostępnimy|nie zostaną|nie będą|
                nie przewidziano|nie ukaże)
            (zostawiamy|pozostawiamy|pozostawimy|zostawimy) [to|tak] (bez zmian|bez poprawki|jak jest|tak jak)
        """,
        Says.LATER: """
            (wkrótce|wkrotce|niebawem|niedługo|niedlugo|lada dzień|lada chwila|lada moment|w najbliższym czasie|
                w najblizszym czasie|jak najszybciej|możliwie szybko|najszybciej jak|w najbliższych dniach|
                w najblizszych dniach|jak najprędzej|w niedalekiej przyszłości|w przyszłości|z czasem|w swoim czasie|
                w wolnej chwili|niezwłocznie|w pierwszym możliwym|przy najbliższej okazji|w krótkim czasie|
                w pierwszej kolejności|bez zbędnej zwłoki|w najbliższej przyszłości|szybko|docelowo|
                w najbliższych tygodniach)
            (następn*|nastepn*|kolejn*|najbliższ*|najblizsz*|przyszł*|przyszl*|nadchodząc*|planowan*|nowej|nowym|
                regularn*|jednej z kolejnych|jednym z kolejnych|jednej z najbliższych) [planowan*|regularn*|stabiln*|
                dużym|dużej|mniejsz*|zaplanowan*|głównym|głównej|poprawkow*|serwisow*|publicznym|cykliczn*|comiesięczn*|
                duż*] (wersj*|wydani*|aktualizac*|release*|łatk*|build*|poprawc*|wydań|iteracj*|cykl*|hotfix*|firmware|
                paczc*|sprin*|pakiec*|okienk*)
            (jak tylko|gdy tylko|kiedy|gdy|po tym jak|po zakończeniu|po zakonczeniu|po przejściu|po pozytywn*|
                po ukończeniu|zaraz po) (testy|testów|testow|będzie|bedzie|przejdzie|qa|skończymy|przetestujemy|
                weryfikac*|analiz*|zakończymy|prac|zrobimy|znajdę|to|my|ją|audytu|review|akceptac*)
        """,
        Says.OUT_NOW: """
            (już|juz|teraz|właśnie|wlasnie|dziś|dzisiaj|od dziś|obecnie|nareszcie|w końcu) [jest|są|na|w] (dostępn*|
                dostepn*|wydan*|wydaliśmy|opublikowan*|opublikowaliśmy|udostępnion*|udostępniliśmy|wypuściliśmy|
                wypuściłem|wydałem|wrzuciłem|wrzuciliśmy|wdrożon*|wdrożyliśmy|na produkcji|gotow* do pobrania|
                na serwerze|do pobrania|wypuszczon*|wyszła|wyszedł|wyszło|zmergowan*|wgran*|na stronie)
            (jest|są|leży|wisi|znajduje się) [już|teraz] (dostępna|dostępny|dostępne|dostepna|dostepne|do pobrania|
                na stronie|na serwerze|na githubie|na pypi|na npm|w repozytorium|w sklepie|w repo|na produkcji)
            (dostępna|dostępny|dostępne|dostepna|dostepne) (do pobrania|na stronie|na serwerze|na githubie|od dziś|
                od teraz|w repozytorium|już|pod adresem|w sklepie|w panelu|publicznie|u)
            (poprawka|łatka|aktualizacja|wersja|patch|hotfix) (jest dostępna|jest już|jest gotowa|wyszła|już jest|
                wydana|opublikowana|została wydana|została opublikowana|została udostępniona|jest opublikowana)
        """,
        Says.SEND: """
            (wyślij|wyślijcie|wyslij|wysłać|wyslac|wysyłać|przesłać|przeslac|przesyłać|prześlij|napisz|napisać|napisac|
                pisać|pisz|piszcie|zgłoś|zglos|zgłosić|zglosic|zgłaszać|zgłaszajcie|skontaktuj*|skontaktować|kontakt|
                kontaktować|kierować|skierować|skieruj|użyj|użyć|skorzystać|skorzystaj|zwrócić się|zwróć się|założyć|
                załóż|otworzyć|utworzyć|wypełnić|wypełnij|adres|przekazać|przekaż|przez|przyjmujemy|mailem|przesłanie|
                zgłoszenie|zgłaszanie|kierowanie|wysłanie|odsyłam|odsyłamy|odwiedź|prosimy o)
        """,
        Says.ASKING: """
            (proszę|prosze|prosimy|prosiłbym|prośba|należy|nalezy|można|mozna|możesz|mozesz|trzeba|powinno|powinny|
                powinien|najlepiej|lepiej|zalecamy|sugerujemy|mógłbyś|moglibyście|tylko|wyłącznie|przyjmujemy|zachęcamy|
                właściwy|właściwe|wyślij|wyślijcie|napisz|pisz|prześlij|zgłoś|użyj|skieruj|zgłaszać|skontaktuj*|
                przez formularz|poprzez)
        """,
        Says.RATHER_NOT: """
            (nie trzeba|nie ma potrzeby|proszę nie|prosimy nie|nie należy|nie wysyłaj|nie pisz|nie musisz)
        """,
        Says.LEAVING: """
            (pytani*|pytań|więcej informacji|wiecej informacji|szczegóły|szczegóły znajd*|dalsze informacje|zobacz|
                dokumentac*|informacje o wydaniu|changelog|do pobrania|pobrać|pobierz|opisan*|znajdziesz|znajdą państwo|
                dostępn*|w razie)
        """,
        Says.RECEIPT: """
            (otrzymani*|odbiór|odbioru|odbiór|otrzymaliśmy|otrzymałem|otrzymanie|wpłynięci*|dostarczeni*|poprawk*|
                poprawek|łatk*|łatek|naprawion*|naprawiliśmy|wydani*|wydamy|termin*|dat*|datę|publikac*|embarg*|
                ujawnien*|spotkani*|adres*|harmonogram*|dostępnoś*|aktualizac*|przyjęci*)
        """,
        Says.NOT: """
            (nie|bez|ani|nigdy|brak|niestety nie|żaden|żadna|żadne|żadnego|żadnej|żadnych|zamiast|niemożliwe)
        """,
        Says.CONDITION: """
            (jeśli|jesli|jeżeli|jezeli|czy|gdyby|o ile|gdy|kiedy|jak tylko|zanim|pod warunkiem|w przypadku|chyba że|
                dopóki)
        """,
        Says.NOT_YET: """
            (będziemy|będzie|będę|bedziemy|bedzie|spróbujemy|sprobujemy|spróbuję|postaramy|postaram|próbujemy|chcemy|
                chcę|aby|żeby|zeby|musimy|planujemy|zanim|potwierdzimy|odtworzymy|zostanie|zamierzamy|trzeba)
        """,
        Says.SOFT: """
            (może się zmienić|może ulec|mogą ulec|mogą się zmienić|może się przesunąć|mogą się przesunąć|nie gwarantuj*|
                bez gwarancji|nie obiecuj*|wstępn* termin*|wstępna data|orientacyjn*|jeśli wszystko|jak wszystko|
                o ile nic|jeśli nic|plus minus|mniej więcej|mniej wiecej|możliwe opóźnieni*|możliwe przesunięci*|
                nie jest wiążąc*|niewiążąc*|nie wiążąc*|zależy od|uzależnion*|przy dobrych wiatrach|jak dobrze pójdzie|
                z zastrzeżeniem|w najlepszym razie|w najlepszym wypadku|nie jest ostateczn*|to nie obietnica|
                przy sprzyjających|lub coś koło|może potrwać dłużej)
        """,
        Says.WOULD: "(byłoby|byłaby|mógłby|mogłaby|mogłoby|najwcześniej|najwczesniej|w najlepszym razie|nie wcześniej)",
        Says.GOAL: """
            (cel|celem|celujemy|celuję|planujemy|planowan*|zaplanowan*|planuję|spodziewamy|spodziewan*|oczekiwan*|
                oczekujemy|przewidywan*|przewidujemy|liczymy na|nadziej*|powinien|powinna|powinno|powinniśmy|
                prawdopodobnie|pewnie|chyba|zapewne|myślę|sądzę|postaramy|potrzebujemy jeszcze|dajcie nam|daj mi|
                proszę dać nam|zamierzamy|chcemy|szacujemy|w ciągu|eta|termin)
        """,
        Says.YES: """
            (pasuje nam|pasuje mi|odpowiada nam|nam pasuje|nam odpowiada|zgadzamy się|zgadzam się|zgoda|
                nie mamy zastrzeżeń|bez zastrzeżeń|nie mamy nic przeciwko|nie mam nic przeciwko|akceptujemy|akceptuję|
                może być|jest w porządku|jest ok|w porządku|dobrze|okej|przyjmujemy|umowa stoi|brak przeciwwskazań|
                nie widzę przeszkód)
        """,
        Says.OURS: """
            (państwa|panstwa|twoja|twoje|twój|twojej|twojego|pana|pani|wasz|wasza|wasze|waszej|waszego|pańska|pański|
                pańskiej) [planowan*|proponowan*|90 dniow*|zaproponowan*|wskazan*|wyznaczon*|podan*|własn*|publiczn*|
                pierwotn*] (termin*|dat*|publikac*|deadline*|zgłosze*|zglosze*|raport*|ujawnien*|embarg*|biuletyn*|
                artykuł*|polityk*|wpis*|prezentac*|wiadomo*|mail*|plan*|harmonogram*|wystąpien*|propozyc*)
            (planują państwo|planujecie|planujesz|zamierzają państwo|zamierzacie|zamierzasz|zaproponowa*|zasugerowa*|
                chcą państwo|chcecie|wskazali państwo|podali państwo|pisali państwo|zgłosili państwo|napisałeś|
                napisaliście|proponują państwo|proponujesz|proponujecie|wyznaczyliście|wyznaczyli państwo|
                wyznaczon* przez|opublikują państwo|wskazan* przez)
            (deadline*|ostateczn* termin*|termin* ostateczn*)
        """,
        Says.SHARED: """
            (z państwem|z panstwem|z tobą|z wami|z panem|z panią|wspólnie|wspoln*|razem|skoordynowan*|koordynac*)
        """,
        Says.TOPIC: """
            (popraw*|napraw*|zgłosze*|zglosze*|raport*|podatno*|luka|luki|lukę|luką|błąd|błęd*|blad|bled*|wydani*|cve|
                biuletyn*|wersj*|eksploat*|exploit*|odtworz*|bezpieczeń*|bezpieczen*|ujawni*|crash*|przepełn*|atak*|
                dziur*|łatk*|latk*|poc|aktualizac*|kod|kodu|kodzie|commit*|ticket*|test*|problem*|usterk*|zmerg*|
                serwer*|patch*)
        """,
        Says.SPEAKER: """
            (nam|nas|nami|nasz|nasza|nasze|naszej|naszego|naszym|mój|moja|mnie|mi|dziękujemy|dziękuję|dzięki|dzieki|
                dziekuje|dziekujemy|państwa|państwu|państwo|twoje|twój|prosimy|proszę|jesteśmy|mamy|możemy|mam|mogę|
                pracujemy|wydamy|naprawimy|poprawimy|załatam|załatamy|sprawdzimy|sprawdzę|potwierdzamy|przepraszamy)
        """,
        Says.ASSIGNED: """
            (nadan*|nadaliśmy|zarejestrowan*|zarejestrowaliśmy|utworzon*|utworzyliśmy|założon*|założyliśmy|otwart*|
                numer*|zgłosze*|ticket*|sprawa|sprawie|sprawy|państwa|twoje|przydzielon*|pod|identyfikator*|sygnatur*|
                referencyjn*|oznaczon*)
        """,
    },
)
