"""Words with which mails end: closing formulas, mobile tags, disclaimers, banners, what ticket systems add."""

from __future__ import annotations

from cvdmail.core.extract.zone_words import entries

THANKS = frozenset(
    entries(
        """
    danke | danke schön | dank | dankjewel | dziękuję | gracias | muchas gracias | grazie | grazie mille
    hartelijk dank | kiitos | köszönöm | many thanks | merci | merci beaucoup | merci d'avance | obrigada | obrigado
    muito obrigado | tack | tack så mycket | tak | takk | teşekkürler | thank you | thank you very much
    thank you so much | thanks | thanks a lot | thanks again | thanks in advance | thx | tia | vielen dank
    danke im voraus | vielen dank im voraus | děkuji | спасибо | дякую | благодарю | ありがとうございます
    ありがとうございました | 谢谢 | 謝謝 | 多谢 | 感謝 | 감사합니다 | 고맙습니다
    """
    )
)
"""Formulas that are words of their own: they are only a closing with a name below them."""
CLOSINGS = THANKS | frozenset(
    entries(
        """
    abraços | abs | all the best | all my best | atenciosamente
    atentamente | atte | best | best regards | best wishes | best greetings | beste grüße | beste grüsse
    bien cordialement | bien à vous | bien à toi | br | cheers | cordially | com os melhores cumprimentos
    melhores cumprimentos | cordialement | cordiales saludos | cordiali saluti | cumprimentos | distinti saluti
    freundliche grüsse | freundliche grüße | liebe grüße | lg | vg | groet | groeten | greetings | gruß | grüße
    gruss | grüsse | herzliche grüße | kind regards | kindest regards | kindly | many thanks and best regards
    med venlig hilsen | med vennlig hilsen | vennlig hilsen | hilsen | mvh | mange hilsner | venlig hilsen
    med vänlig hälsning | med vänliga hälsningar | vänliga hälsningar | vänlig hälsning | hälsningar
    bästa hälsningar | meilleures salutations | sincères salutations | salutations | amicalement | respectueusement
    met vriendelijke groet | met vriendelijke groeten | vriendelijke groeten | vriendelijke groet | mvg | mfg
    mit besten grüßen | mit besten grüssen | mit freundlichem gruß | mit freundlichem gruss
    mit freundlichen gruessen | mit freundlichen grüßen | mit freundlichen grüssen | pozdrawiam
    pozdrawiam serdecznie | serdecznie pozdrawiam | z poważaniem | z wyrazami szacunku | regards | respectfully
    respectfully yours | rgds | s pozdravem | s přátelským pozdravem | hezký den | saludos | saludos cordiales
    un cordial saludo | un saludo | reciba un cordial saludo | saluti | un saluto | saygılarımla | saygılarımızla
    iyi çalışmalar | schöne grüße | viele grüsse | viele grüße | beste groeten | sincerely | sincerely yours
    thanks & regards | thanks and regards | thanks and best regards | thanks & best regards | warm regards
    thank you and best regards | thank you and kind regards | warmest regards | with best regards | with kind regards
    with regards | yours | yours faithfully | yours sincerely | yours truly | take care | cu stimă | o zi bună
    ystävällisin terveisin | ystävällisesti | terveisin | terveiset | parhain terveisin | üdvözlettel | üdvözlet
    tisztelettel | köszönettel | v/r | με εκτίμηση | φιλικά | с наилучшими пожеланиями | с уважением | искренне ваш
    з повагою | щиро ваш | よろしくお願いいたします | よろしくお願い致します | よろしくお願いします
    宜しくお願いいたします | 宜しくお願い致します | 以上 | 敬具 | 以上、よろしくお願いいたします
    以上、よろしくお願い致します | 何卒よろしくお願いいたします | 何卒よろしくお願い致します
    引き続きよろしくお願いいたします | 今後ともよろしくお願いいたします | 敬礼 | 此致 | 此致敬礼 | 祝好 | 顺颂商祺
    順頌商祺 | 敬祝 | 祝您工作愉快 | 祝工作顺利 | 敬上 | 감사합니다 | 드림 | 올림 | 수고하세요
    """
    )
)
MOBILE_TAGS = entries(
    """
    sent from my | sent from outlook | sent from mail for | sent from yahoo | sent from proton | sent from samsung
    sent from a mobile | sent from mobile | sent via | sent with proton | sent with airmail | sent with spark
    sent using | sent by my | get outlook for | get bluemail | download outlook | von meinem | gesendet von
    gesendet mit | diese nachricht wurde von meinem | outlook für | holen sie sich outlook | laden sie outlook
    envoyé de mon | envoyé depuis | envoyé à partir de | obtenir outlook | obtenez outlook | télécharger outlook
    enviado desde | enviado do meu | enviado a partir | enviado del | obtener outlook | obter o outlook
    obtenha o outlook | inviato da | inviato dal | scarica outlook | ottieni outlook | verzonden vanaf
    verstuurd vanaf | verzonden met | outlook voor | skickat från | hämta outlook | sendt fra | hent outlook
    lähetetty | hanki outlook | wysłane z | wysłano z | pobierz outlook | odesláno z | získejte outlook
    iphone-omról küldve | elküldve | iphone'umdan gönderildi | outlook'u edinin | отправлено с | отправлено из
    надіслано з | скачать outlook | iphoneから送信 | ipadから送信 | android 版 outlook | iphone 版 outlook
    outlook for ios を入手 | 发自我的 | 发自 | 從我的 | 从我的 | 獲取 outlook | 获取 outlook | 나의 iphone에서 보냄
    내 iphone에서 보냄 | iphone용 outlook | outlook for
    """
)
DISCLAIMERS = entries(
    """
    this e-mail and any | this email and any | this message and any | this e-mail (and any | this transmission
    this email (and any | this message (including | this e-mail (including | this email (including
    this email, including | this e-mail, including | this communication is confidential | this communication and any
    this message is confidential | this message contains confidential | this email is confidential
    this e-mail is confidential | this e-mail contains confidential | this email contains confidential
    this e-mail message is | this email message is | this message is intended | this email is intended
    this e-mail is intended | this message may contain | this email may contain | this e-mail may contain
    the information contained in this | the information in this e | the information transmitted
    the contents of this e | the content of this e | the content of this message | confidentiality notice
    confidentiality: | confidential: | disclaimer: | legal notice: | important notice: | privileged and confidential
    if you are not the intended | if you have received this | please consider the environment | think before you print
    please don't print this | before printing | save paper | diese e-mail enthält vertrauliche
    diese e-mail kann vertrauliche | diese nachricht ist vertraulich | diese nachricht kann | diese e-mail ist
    der inhalt dieser e-mail | der inhalt dieser nachricht | bitte denken sie an die umwelt | ce message et toutes
    ce message et ses | ce message, ainsi | ce message contient | ce courriel et | ce courriel peut
    ce message est confidentiel | cet e-mail | pensez à l'environnement | avant d'imprimer | este mensaje y sus
    este mensaje puede | este mensaje contiene | este mensaje va dirigido | este correo electrónico y
    este correo electrónico puede | aviso legal | aviso de confidencialidad | antes de imprimir
    esta mensagem pode conter | esta mensagem e | esta mensagem é | este e-mail pode | aviso de confidencialidade
    questo messaggio | le informazioni contenute | la presente e-mail | prima di stampare | ai sensi del
    dit bericht kan | dit bericht is | deze e-mail is | deze e-mail kan | de informatie in dit | detta meddelande kan
    detta e-postmeddelande | denne e-mail | denne e-post | denne meddelelse | tämä viesti | tämä sähköposti
    ta wiadomość | niniejsza wiadomość | treść tej wiadomości | tato zpráva | tento e-mail | ez az e-mail
    ez az üzenet | bu e-posta | bu mesaj | bu ileti | данное сообщение | это сообщение и | настоящее сообщение
    это электронное сообщение | це повідомлення | 本メールには | 本メールに | このメールには機密 | このメッセージには
    本邮件及其附件 | 此邮件包含 | 本邮件包含 | 本電子郵件 | 此電子郵件 | 本信件 | 이 메일은 | 본 메일은 | 이 전자우편
    """
)
DISCLAIMING = entries(
    """
    intended recipient | named recipient | intended only for | solely for the use | intended solely
    not the addressee | received it in error | received this email in error | received this e-mail in error
    received this message in error | notify the sender | notify us immediately | legally privileged
    privileged information | privileged and confidential | destroy any copies | delete this e-mail | delete this email
    delete it and tell us | delete it from your system | unauthorised use | unauthorized use | virus-free
    free of viruses | computer viruses | registered office | registered in england | company number
    nicht der richtige adressat | nicht der vorgesehene empfänger | irrtümlich erhalten | vernichten sie diese
    rechtlich geschützte | sitz der gesellschaft | registergericht | geschäftsführer: | geschäftsführung: | par erreur
    destinataire | le détruire | por error | destinatario | por engano | per errore | abusievelijk | niet de beoogde
    av misstag | ved en fejl | ved en feil | erehdyksessä | przez pomyłkę | omylem | tévedésből | yanlışlıkla
    по ошибке | помилково | 誤って | 误收 | 誤收 | 잘못 수신
    """
)
"""Words of a disclaimer's body: two of them in one paragraph tell, or one in a paragraph below a disclaimer."""
BANNERS = entries(
    """
    caution: | caution! | caution - | warning: this e | external email | external e-mail | external mail
    external sender | [external | *external | **external | [extern | this email originated from outside
    this message originated from outside | this email was sent from outside | you don't often get email from
    achtung: externe | achtung: diese e-mail | externe e-mail | attention : ce | attention: ce | attention: this email
    precaución: | atención: este | attenzione: | atenção: este | let op: deze | bu e-posta kurum dışından
    внимание: это письмо | 注意：此邮件来自外部 | 【社外メール】 | [外部メール | [ext]
    """
)
BANNER_WORDS = entries(
    """
    outside | external | extern | links | attachments | originated | do not click | don't often | anhänge
    pièces jointes | adjuntos | allegati | anexos | bijlagen | kurum dışı | вложения | 外部 | 社外
    """
)
REPLY_ABOVE = entries(
    """
    reply above this line | type your reply above | please type your reply | write above this line
    reply above the line | respond above this line | reply above this dotted line | please reply above
    antworten sie oberhalb | bitte antworten sie über | antworten sie über dieser | répondez au-dessus
    veuillez répondre au-dessus | responda por encima | escriba su respuesta por encima | responda acima desta
    escreva sua resposta acima | rispondi sopra | antwoord boven deze | ответьте выше | 此行上方
    """
)
TICKETED = entries(
    """
    reply above | above this line | oberhalb | au-dessus | por encima | acima | above the line | receiving this
    received this | have received | view it on git | view request: | turn off this request | delivered by | atlassian
    ref: | ref:_ | display.html | has been updated | additional comments | commented | comment # | comment added
    unsubscribe | message id: | message-id: | notification | your request ( | ticket #
    """
)
"""Words without which no ticket system wrote: all other rules about them are then passed over."""
FURNITURE = entries(
    """
    you are receiving this | you're receiving this | you received this message because | you received this bug
    you have received this notification | you received this email because | you received this notification
    reply to this email directly | reply to this email or view | to reply to this | message id: < | view it on git
    view on git | this message was sent by atlassian | this message is automatically generated by jira
    this email is a service from | this is an email notification | delivered by | view request: | view request ·
    view request | turn off this request | this is shared with | to add additional comments
    add your comment by replying | to view this discussion | to view the discussion | to unsubscribe from this
    to stop receiving | to unsubscribe send | to change your notification | groups.io links | view/reply online
    mute this topic | manage all notifications | manage your notification | unsubscribe: | ref:msg | ref:_00d | [ ref:
    ref:! | ref:00d | thread:: | your request ( | your request # | <url: http | https://bugzilla. | to view the ticket
    you can view the ticket | view this ticket | powered by zendesk | powered by freshdesk | powered by jira
    """
)
"""What begins a line that a ticket system or a list wrote."""
