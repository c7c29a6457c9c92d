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
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
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
        self._drop: list[str] = []
        self._config = str(self.base / "dovecot.conf")

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
        self._drop = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if root else []
        if root:
            for place in (self.base, *self.base.rglob("*"), self.pair.key_file):
                shutil.chown(place, user.pw_uid, group)
        await self.start()
        return self

    async def start(self) -> None:
        """Start it, or start it anew on what is there."""
        # the signal: it ends with us even when we are killed
        command = ["setpriv", "--pdeathsig=TERM", *self._drop, "/usr/sbin/dovecot", "-F", "-c", self._config]
        # with the signals that Python ignores: a write over the limit of fill_disk is an error, not a death
        self._process = await asyncio.create_subprocess_exec(*command, start_new_session=True, restore_signals=False)
        try:
            await self._ready()
        except BaseException:
            await self.stop()
            raise

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

    async def kill(self) -> None:
        """End it as a power cut does: every process of it, without a word to anybody."""
        process, self._process = self._process, None
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    def processes(self, name: str = "") -> list[int]:
        """The numbers of its processes, or of those of one kind (``imap``)."""
        assert self._process is not None
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = status.read_text().rpartition(")")
            except OSError:
                continue  # it has ended
            group, command = words[2].split()[2], words[0].partition("(")[2]
            if group == str(self._process.pid) and name in ("", command):
                found.append(int(status.parent.name))
        return found

    def hang_up(self) -> None:
        """Have the server close every IMAP session, with a BYE."""
        for process in self.processes("imap"):
            os.kill(process, signal.SIGTERM)

    async def fill_disk(self, full: bool = True) -> None:
        """Let no process of it write to any file but the log; or (False) let them again."""
        for number in set(self.processes()).difference(self.processes("log")):
            limit = f"--fsize={0 if full else 'unlimited'}:unlimited"
            command = ["setpriv", *self._drop, "prlimit", f"--pid={number}", limit]
            process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
            _, said = await process.communicate()
            assert process.returncode == 0 or b"No such process" in said, said.decode()

    def maildir(self, user: str) -> Path:
        """The folder of a user's INBOX, once there is one."""
        return self.base / "mail" / user

    def put(self, user: str, mails: Mapping[str, bytes]) -> None:
        """Lay mails into a user's INBOX as a delivering program does: into ``tmp``, then by renaming into ``new``."""
        for name, raw in mails.items():
            place = self.maildir(user) / "tmp" / name
            place.write_bytes(raw)
            if self._drop:
                shutil.chown(place, "nobody", "nogroup")
            place.rename(self.maildir(user) / "new" / name)

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
        Path(self._config).write_text(text)
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
