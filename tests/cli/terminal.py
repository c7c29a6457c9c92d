"""A command on a terminal of its own: a pseudo terminal as standard input, pipes for what it says."""

from __future__ import annotations

import fcntl
import os
import pty
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.lab import Lab, Outcome


@dataclass
class Session:
    """A running command and the terminal it is on; ``screen`` collects what is drawn there."""

    process: subprocess.Popen[bytes]
    master: int
    screen: bytearray = field(default_factory=bytearray)

    def type(self, keys: bytes) -> None:
        """Type keys."""
        os.write(self.master, keys)

    def wait_for(self, path: Path, seconds: float = 20) -> None:
        """Wait until a file is there."""
        self._until(path.exists, seconds)

    def wait_to_see(self, words: bytes, seconds: float = 20) -> None:
        """Wait until the terminal shows words."""
        self._until(lambda: words in self.screen, seconds)

    def _until(self, there: object, seconds: float) -> None:
        assert callable(there)
        until = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < until, bytes(self.screen)
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)

    def ended(self) -> Outcome:
        """Wait for the end; return how the command ended and what it said."""
        out, err = self.process.communicate(timeout=60)
        return Outcome(self.process.returncode, out.decode(), err.decode())


@contextmanager
def terminal(lab: Lab, who: str, *words: str, environment: Mapping[str, str]) -> Iterator[Session]:
    """Start a command as somebody on a new terminal, as the one in its foreground."""
    master, slave = pty.openpty()

    def take_terminal() -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    env = {name: value for name, value in lab.env(who).items() if name not in ("VISUAL", "EDITOR", "XDG_RUNTIME_DIR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "cvdmail", *words],
        stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=lab.place,
        env={**env, "TERM": "xterm", **environment}, start_new_session=True, preexec_fn=take_terminal,
    )  # fmt: skip
    os.close(slave)
    session = Session(process, master)
    threading.Thread(target=_collect, args=(session,), daemon=True).start()
    try:
        yield session
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _collect(session: Session) -> None:
    try:
        while data := os.read(session.master, 4096):
            session.screen += data
    except OSError:
        pass  # the terminal has gone with its last process
    finally:
        os.close(session.master)
