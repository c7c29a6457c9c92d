"""Postfix as a submission server for one test: implicit TLS and STARTTLS, log-in by Dovecot, delivery by LMTP.

Needs root and the Debian package; ask :meth:`Postfix.possible` first.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from servers.certificates import Pair, free_ports, right

_MAIN = """
compatibility_level = 3.6
queue_directory = {base}/spool
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {base}/data/mail.log
maillog_file_prefixes = {base}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.test.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
alias_maps =
alias_database =
local_recipient_maps =
relayhost =
recipient_delimiter = +
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = texthash:{base}/etc/known
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
lmtp_destination_concurrency_limit = 4
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
default_transport = error:no outside mail
smtpd_reject_unlisted_recipient = yes
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 100
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth_port}
smtpd_sasl_auth_enable = yes
message_size_limit = 52428800
biff = no
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:{starttls_port} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


class Postfix:
    """One server, running between ``async with`` and its end.

    ``domains`` are delivered, of them only the addresses in ``known``, everything else is refused with 550.  ``port``
    is implicit TLS, ``starttls_port`` insists on STARTTLS; both want a log-in that ``auth_port`` (Dovecot's) knows.
    """

    def __init__(
        self,
        folder: Path,
        domains: Sequence[str],
        known: Sequence[str],
        *,
        lmtp_port: int,
        auth_port: int,
        pair: Pair | None = None,
    ) -> None:
        self.base = folder / "postfix"
        self.pair = pair or right(folder)
        self.ca_file = self.pair.ca_file
        self.host = "127.0.0.1"
        self.port, self.starttls_port = free_ports(2)
        self._domains, self._known = domains, known
        self._lmtp_port, self._auth_port = lmtp_port, auth_port

    @staticmethod
    def possible() -> bool:
        """Whether Postfix is installed and may be started."""
        return os.geteuid() == 0 and Path("/usr/lib/postfix/sbin/master").exists()

    async def __aenter__(self) -> Self:
        for place in (self.base, self.base / "etc", self.base / "spool", self.base / "data"):
            place.mkdir()
        shutil.chown(self.base / "data", "postfix")
        self._write()
        try:
            await self._run("start")
            await self._ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End it for sure: ``stop`` waits for the queue and may be ignored, ``abort`` does not wait."""
        await self._run("abort")

    def _write(self) -> None:
        etc = self.base / "etc"
        main = _MAIN.format(
            base=self.base,
            domains=", ".join(self._domains),
            lmtp_port=self._lmtp_port,
            auth_port=self._auth_port,
            cert=self.pair.cert_file,
            key=self.pair.key_file,
        )
        (etc / "main.cf").write_text(main)
        (etc / "master.cf").write_text(_MASTER.format(port=self.port, starttls_port=self.starttls_port))
        (etc / "known").write_text("".join(f"{address} kept\n" for address in self._known))

    async def _run(self, verb: str) -> None:
        process = await asyncio.create_subprocess_exec(
            "/usr/sbin/postfix",
            "-c",
            str(self.base / "etc"),
            verb,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asyncio.wait_for(process.wait(), 30)

    async def _ready(self) -> None:
        for _ in range(200):
            try:
                for port in (self.port, self.starttls_port):
                    _, writer = await asyncio.open_connection(self.host, port)
                    writer.close()
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
        log = self.base / "data" / "mail.log"
        raise RuntimeError(f"postfix did not start: {log.read_text() if log.exists() else 'no log'}")
