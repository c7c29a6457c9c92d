"""Words by which mail programs frame what they quote, in the languages vendors write in.

They are a bonus: the rules of :mod:`cvdmail.core.extract.zones` rest on structure first.
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
    afzender | da | de | expéditeur | feladó | fra | from | från | kimden | lähettäjä | mittente | od
    remitente | van | von | από | от | отправитель | از | 发件人 | 寄件人 | 寄件者 | 差出人 | 送信元
    送信者 | 보낸 사람 | 보낸사람
    """
    )
)
HEADER_KEYS = FROM_KEYS | frozenset(
    entries(
        """
    a | aan | an | assunto | asunto | bcc | betreff | cc | data | date | datum | do | emne | enviado
    envoyé | envoyé le | fecha | gesendet | gönderme | inviato | kime | konu | kopie | objet | oggetto
    onderwerp | para | reply-to | sendt | sent | sent on | skickat | subject | temat | til | till | to
    verzonden | wysłano | à | ämne | дата | кому | копия | отправлено | тема | 主旨 | 主题 | 件名 | 傳送時間
    发送时间 | 宛先 | 抄送 | 收件人 | 收件者 | 日付 | 日時 | 日期 | 时间 | 送信日時 | 날짜 | 받는 사람
    받는사람 | 보낸 날짜 | 보낸날짜 | 제목
    """
    )
)
WRITING_VERBS = entries(
    """
    wrote | writes | schrieb | schreibt | a écrit | écrit | escribió | escribio | escreveu | ha scritto
    scrive | schreef | geschreven | skrev | kirjoitti | napisał | pisze | napsal | írta | yazdı | пишет
    написал | пише | 写道 | 寫道 | 书写 | 撰写 | のメール | 書きました | 書いた | 作成 | 작성 | wrote on
    """
)
CLOSINGS = frozenset(
    entries(
        """
    abraços | all the best | atenciosamente | atentamente | best | best regards | best wishes | beste grüße
    bien cordialement | bien à vous | br | cheers | com os melhores cumprimentos | cordialement
    cordiales saludos | cordiali saluti | cumprimentos | danke | distinti saluti | freundliche grüsse
    freundliche grüße | gracias | grazie | groet | groeten | gruß | grüße | herzliche grüße | kind regards
    kindest regards | many thanks | many thanks and best regards | med venlig hilsen | med vänlig hälsning
    med vänliga hälsningar | meilleures salutations | merci | met vriendelijke groet
    met vriendelijke groeten | mfg | mit freundlichem gruß | mit freundlichen gruessen
    mit freundlichen grüßen | muchas gracias | obrigada | obrigado | pozdrawiam | regards | respectfully
    rgds | s pozdravem | saludos | saludos cordiales | salutations | saluti | saygılarımla | schöne grüße
    sincerely | sincerely yours | sincères salutations | thank you | thanks | thanks & regards
    thanks again | thanks and regards | thanks in advance | thx | un saludo | vennlig hilsen | viele grüsse
    viele grüße | vielen dank | warm regards | warmest regards | with best regards | with kind regards
    yours faithfully | yours sincerely | yours truly | ystävällisin terveisin | z poważaniem | üdvözlettel
    с наилучшими пожеланиями | с уважением | спасибо | よろしくお願いいたします | よろしくお願い致します
    以上 | 以上、よろしくお願いいたします | 何卒よろしくお願いいたします | 敬礼 | 此致 | 祝好 | 谢谢
    顺颂商祺 | 감사합니다
    """
    )
)
MOBILE_TAGS = entries(
    """
    sent from my | sent from outlook | sent from mail for | sent from yahoo | sent from proton
    sent with proton | get outlook for | von meinem | gesendet von meinem | gesendet mit der | envoyé de mon
    envoyé depuis mon | enviado desde mi | enviado do meu | inviato da | verzonden vanaf mijn | отправлено с
    iphoneから送信 | 发自我的 | 從我的
    """
)
DISCLAIMERS = entries(
    """
    this e-mail and any | this email and any | this message and any | this e-mail (and any
    this email (and any | this message (including | this e-mail (including | this email (including
    this communication is confidential | this message is confidential | this message contains confidential
    this e-mail contains confidential | this email contains confidential | this e-mail message is
    this email message is | the information contained in this | the information in this e
    the contents of this e | confidentiality notice | confidentiality: | confidential: | disclaimer:
    diese e-mail enthält vertrauliche | diese e-mail kann vertrauliche | diese nachricht ist vertraulich
    der inhalt dieser e-mail | ce message et toutes les pièces | ce courriel et les
    ce message est confidentiel | este mensaje y sus | este correo electrónico y | esta mensagem pode conter
    questo messaggio | 本メールには | このメールには機密 | 本邮件及其附件 | 此邮件包含
    """
)
SEPARATORS = entries(
    """
    original message | original appointment | forwarded message | ursprüngliche nachricht
    weitergeleitete nachricht | message d'origine | message original | message transféré | mensaje original
    mensaje reenviado | mensagem original | messaggio originale | messaggio inoltrato
    oorspronkelijk bericht | doorgestuurd bericht | ursprungligt meddelande | oprindelig meddelelse
    alkuperäinen viesti | wiadomość oryginalna | původní zpráva | исходное сообщение
    пересылаемое сообщение | 元のメッセージ | 原始邮件 | 原始郵件 | 转发的邮件 | 원본 메시지 | 원본 메일
    begin forwarded message | anfang der weitergeleiteten | début du message réexpédié
    """
)
REPLY_ABOVE = entries(
    """
    reply above this line | type your reply above | please type your reply | write above this line
    respond above this line | antworten sie oberhalb | répondez au-dessus | responda por encima
    """
)
OPENERS = tuple(
    f"{word} " for word in entries("on | am | le | el | il | em | op | den | dnia | w dniu | в | 在 | dne | vào")
)
