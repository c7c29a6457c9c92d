"""Words by which mail programs frame what they quote, in the languages vendors write in.

They are a bonus: the rules of :mod:`cvdmail.core.extract.zones` rest on structure first.  The ends of mails, where
words count for more, have their tables in :mod:`cvdmail.core.extract.zone_end_words`.
"""

from __future__ import annotations


def entries(table: str) -> tuple[str, ...]:
    """Split a table of words, written with bars and line ends between them; outer blanks do not count."""
    return tuple(entry.strip() for entry in table.replace("\n", "|").split("|") if entry.strip())


def wordset(table: str) -> frozenset[str]:
    """Read a table of words written with blanks and line ends between them."""
    return frozenset(table.split())


FROM_KEYS = frozenset(
    entries(
        """
    absender | afzender | da | de | de la | dari | desde | expediteur | expéditeur | feladó | fra | from | från
    kimden | gönderen | lähettäjä | mittente | nadawca | od | odesílatel | remetente | remitente | saatja | van | von
    avsändare | avsender | afsender | kas | no | nuo | pošiljatelj | từ | od koho | szerző | από | от | от кого
    отправитель | подател | від | відправник | מאת | من | จาก | 发件人 | 寄件人 | 寄件者 | 發件人 | 差出人 | 送信元
    送信者 | from（差出人） | 보낸 사람 | 보낸사람 | 보낸이 | 발신 | 발신인
    """
    )
)
HEADER_KEYS = FROM_KEYS | frozenset(
    entries(
        """
    a | aan | adresat | aihe | an | asunto | asia | assunto | bcc | betreff | blindkopie | cc | címzett | copie
    copia | data | date | datum | dato | datums | destinataire | destinatario | destinatário | do | dla | dátum | día
    elküldve | emne | enviada em | enviado | enviado el | enviado em | envoye | envoyé | envoyé le | fecha | gesendet
    gesendet am | gönderildi | gönderilme | gönderme | inviato | inviata | inviato il | kime | komu | konu | kopia
    kopie | kopio | kopi | lähetetty | måte | másolatot kap | objet | odesláno | oggetto | onderwerp | para | pentru
    predmet | předmět | priorität | priority | importance | reply-to | répondre à | antwort an | attachments | anlagen
    pièces jointes | saadetud | sendt | sent | sent on | sent at | skickat | subiect | subject | teema | temat | tarih
    til | till | tárgy | to | trimis | vastaanottaja | verzonden | verzonden op | wysłano | wysłane | à | ämne | pvm
    päiväys | θέμα | προς | ημερομηνία | κοιν. | στάλθηκε | дата | кому | копия | копія | надіслано | отправлено
    изпратено | тема | до | относно | אל | תאריך | נושא | נשלח | إلى | التاريخ | الموضوع | تاريخ الإرسال | ถึง
    วันที่ | เรื่อง | 主旨 | 主题 | 主題 | 件名 | 傳送時間 | 发送时间 | 發送時間 | 发送日期 | 寄件日期 | 宛先 | 抄送
    副本 | 收件人 | 收件者 | 日付 | 日時 | 日期 | 时间 | 時間 | 送信日時 | 送信日 | to（宛先） | 날짜 | 받는 사람
    받는사람 | 받는이 | 보낸 날짜 | 보낸날짜 | 발신일 | 수신 | 수신인 | 일시 | 제목 | 참조
    """
    )
)
DATE_KEYS = frozenset(
    entries("date | datum | sent | gesendet | data | fecha | envoyé | дата | 日時 | 日期 | 发送时间 | 送信日時 | 날짜")
)
PLAIN_KEYS = frozenset(
    entries(
        """
    contact | email | e-mail | phone | tel | mobile | fax | meeting | when | where | what | why | product | version
    fixed in | release | released | status | note | notes | affected | fix | patch | ticket | case | reporter
    reported | advisory | vendor | cve | cvss | severity | component | author | reviewed-by | signed-off-by | acked-by
    tested-by | fixes | reported-by | co-developed-by | suggested-by | link | closes | maintainer | call | dial-in
    kontakt | termin | telefon | hinweis | produkt | contacto | produit | producto | kontaktperson | 联系人 | 電話
    連絡先
    """
    )
)
"""Words before a colon that no mail program writes: lines with them are the writer's own list, not a header."""
WRITING_VERBS = entries(
    """
    wrote | writes | schrieb | schreibt | geschrieben | a écrit | écrit | escribió | escribio | escribe | escreveu
    ha scritto | scritto | scrive | schreef | geschreven | skrev | skriver | kirjoitti | napisał | pisze | napsal
    napísal | piše | írta | a scris | έγραψε | yazdı | yazmış | пишет | написал | написав | пише | писал | כתב | كتب
    đã viết | menulis | kirjutas | 写道 | 寫道 | 书写 | 撰写 | 写的 | のメール | 書きました | 書いた | 書き込みました
    作成 | 작성 | 쓴 글 | 님이 | wrote on
    """
)
SEPARATORS = entries(
    """
    original message | original appointment | original email | forwarded message | forwarded by | forwarded mail
    forwarded email | replied message | reply message | fwd message | ursprüngliche nachricht | originalnachricht
    original-nachricht | weitergeleitete nachricht | message d'origine | message original | message transféré
    message transmis | mail original | mensaje original | mensaje reenviado | mensagem original | mensagem encaminhada
    mensagem reencaminhada | messaggio originale | messaggio inoltrato | oorspronkelijk bericht | doorgestuurd bericht
    origineel bericht | ursprungligt meddelande | originalmeddelande | vidarebefordrat meddelande
    oprindelig meddelelse | oprindelig besked | videresendt meddelelse | opprinnelig melding | videresendt melding
    alkuperäinen viesti | välitetty viesti | wiadomość oryginalna | oryginalna wiadomość | treść oryginalnej
    przekazana wiadomość | wiadomość przekazana | původní zpráva | přeposlaná zpráva | eredeti üzenet
    továbbított üzenet | orijinal mesaj | özgün ileti | yönlendirilen mesaj | iletilen ileti | mesaj original
    mesaj redirecționat | исходное сообщение | пересылаемое сообщение | пересланное сообщение | конец пересылаемого
    оригінальне повідомлення | вихідне повідомлення | переслане повідомлення | αρχικό μήνυμα | προωθημένο μήνυμα
    הודעה מקורית | الرسالة الأصلية | 元のメッセージ | 元のメール | 転送メッセージ | 転送されたメッセージ | 原始邮件
    原始郵件 | 原邮件 | 邮件原件 | 转发的邮件 | 转发邮件信息 | 转发邮件 | 轉寄的郵件 | 轉寄郵件 | 回复的原邮件
    원본 메시지 | 원본 메일 | 원본메일 | 전달된 메시지 | 전달된 메일 | begin forwarded message
    start of forwarded message | anfang der weitergeleiteten | début du message réexpédié | début du message transféré
    inicio del mensaje reenviado | inizio messaggio inoltrato | início da mensagem | begin doorgestuurd bericht
    vidarebefordrat brev | början på vidarebefordrat | välitetty viesti alkaa | начало переадресованного
    開始轉寄訊息 | 开始转发的邮件 | 전달된 메시지 시작
    """
)
FORWARDS = entries(
    """
    forward | fwd | weitergeleitet | transféré | transmis | réexpédié | reenviad | encaminhad | reencaminhad
    inoltrat | doorgestuurd | vidarebefordr | videresendt | välitet | przekazan | přeposlan | továbbított | yönlendir
    iletilen | redirec | пересыла | переслан | переадрес | προωθ | 転送 | 转发 | 轉寄 | 전달된
    """
)
"""Words in a separator that say that the mail below is somebody else's, and was passed on."""
OPENERS = tuple(
    f"{word} "
    for word in entries(
        "on | am | le | el | il | em | op | den | dnia | w dniu | в | 在 | dne | vào | at | a | pada | στις | în"
    )
)
INLINE = entries(
    """
    inline | in-line | in line | in red | in blue | in green | in colour | in color | in bold | in rot | in blau | in grün
    en rouge | en bleu | en rojo | en azul | in rosso | em vermelho | in het rood | インライン
    """
)
"""Words with which a writer says that the answers stand among the questions."""
BELOW = entries(
    """
    below | unten | ci-dessous | plus bas | abajo | sotto | abaixo | hieronder | nedan | nedenfor | alapuolella | poniżej
    níže | alább | aşağıda | ниже | нижче | 以下 | 下記 | 下面 | 如下 | 아래
    """
)
ANSWERS = entries(
    """
    answer | comment | repl | respon | my notes | antwort | kommentar | répon | respuest | respond | comentári | rispost
    antwoord | svar | vastau | odpowied | odpov | válasz | yanıt | cevap | ответ | отвеч | відпов | 回答 | 回复 | 答复 | 回覆 | 답변
    """
)
"""Words that say with those of ``BELOW`` that the answers stand further down."""
