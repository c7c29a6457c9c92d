"""Dovecot 2.3 as an IMAP and LMTP server for one test: the real peer of the IMAP edge.

Runs as root (the mail then belongs to nobody) and as any user.  Without ``-F`` it would become a daemon of its own and
outlive the tests.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from servers.certificates import Pair, free_ports, right

_CONFIG = """
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{base}/mail/%Ln
mail_max_userip_connections = 100
recipient_delimiter = +
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Ln {base}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/mail/%Ln
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap_port}
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
protocol lmtp {{
  auth_username_format = %Ln
}}
"""


class Dovecot:
    """One server, running between ``async with`` and its end.

    ``users`` maps local parts to passwords.  ``port`` is IMAP over TLS, ``lmtp_port`` takes deliveries, ``auth_port``
    answers Postfix's questions about log-ins.
    """

    def __init__(self, folder: Path, users: Mapping[str, str], pair: Pair | None = None) -> None:
        self.base = folder / "dovecot"
        self.users = dict(users)
        self.pair = pair or right(folder)
        self.ca_file = self.pair.ca_file
        self.host = "127.0.0.1"
        self.port, self.lmtp_port, self.auth_port = free_ports(3)
        self._process: asyncio.subprocess.Process | None = None

    @staticmethod
    def possible() -> bool:
        """Whether Dovecot is installed."""
        return shutil.which("dovecot", path="/usr/sbin:/usr/bin") is not None

    async def __aenter__(self) -> Self:
        root = os.geteuid() == 0
        user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        group = "nogroup" if root else str(os.getegid())
        for place in (self.base, self.base / "run", self.base / "mail"):
            place.mkdir()
        self._write(user.pw_name, group)
        drop = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if root else []
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self.base / "dovecot.conf")]
        if root:
            for place in (self.base, *self.base.rglob("*"), self.pair.key_file):
                shutil.chown(place, user.pw_uid, group)
        # the signal: it ends with us even when we are killed
        command = ["setpriv", "--pdeathsig=TERM", *drop, *command]
        self._process = await asyncio.create_subprocess_exec(*command, start_new_session=True)
        try:
            await self._ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End it for sure, with all its children."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def _write(self, user: str, group: str) -> None:
        text = _CONFIG.format(
            base=self.base,
            user=user,
            group=group,
            cert=self.pair.cert_file,
            key=self.pair.key_file,
            imap_port=self.port,
            lmtp_port=self.lmtp_port,
            auth_port=self.auth_port,
        )
        (self.base / "dovecot.conf").write_text(text)
        lines = (f"{name}:{{PLAIN}}{password}::::::\n" for name, password in self.users.items())
        (self.base / "users").write_text("".join(lines))

    async def _ready(self) -> None:
        for _ in range(200):
            if self._process is None or self._process.returncode is not None:
                break
            try:
                for port in (self.port, self.lmtp_port, self.auth_port):
                    _, writer = await asyncio.open_connection(self.host, port)
                    writer.close()
            except OSError:
                await asyncio.sleep(0.05)
            else:
                return
        log = self.base / "dovecot.log"
        raise RuntimeError(f"dovecot did not start: {log.read_text() if log.exists() else 'no log'}")
