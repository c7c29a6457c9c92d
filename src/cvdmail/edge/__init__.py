"""One file per outside world (gpg, SMTP, IMAP, web, disk); asynchronous; foreign errors end here."""
