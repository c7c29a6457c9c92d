"""Commands without the wait for imports: a process that has the whole program loaded, and forks for each command.

What runs in the child is the real entry point with its own arguments, environment, folder and files; only the start of
the interpreter is saved, which the tests that restart the daemon a hundred times would otherwise spend their time on.

Protocol: a line of JSON in; the child's process id out, and when it has ended its status, negative for a signal.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

from whole.lab import TIMEOUT, Lab, Ran

_PR_SET_PTRACER = 0x59616D61
_LOADED = """
cvdmail.cli.main cvdmail.cli.daemon cvdmail.cli.case cvdmail.cli.archive cvdmail.cli.draft cvdmail.daemon
cvdmail.wiring cvdmail.edge.imap cvdmail.edge.smtp cvdmail.work.audit cvdmail.work.show cvdmail.work.queue
cvdmail.work.file_mail mailparser aiosqlite sqlalchemy.dialects.sqlite.aiosqlite
"""


class Zygote:
    """One such process; one command at a time."""

    def __init__(self, folder: Path) -> None:
        """``folder`` takes what the commands print, for a moment; it must be memory."""
        self._folder = folder
        paths = [str(Path(__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "whole.zygote"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.communicate(timeout=TIMEOUT)

    def __call__(
        self,
        lab: Lab,
        person: str | None,
        words: tuple[str, ...],
        started: Callable[[int], None] = lambda _: None,
        *,
        gate: Path | None = None,
    ) -> Ran:
        """Run a command to its end; ``started`` hears its process id.  With a ``gate`` it waits for that file."""
        with tempfile.TemporaryDirectory(dir=self._folder) as place:
            out, err = Path(place) / "out", Path(place) / "err"
            asked: Mapping[str, Any] = {
                "words": words, "environment": lab.environment(person), "folder": str(lab.folder),
                "out": str(out), "err": str(err), "gate": str(gate or ""),
            }  # fmt: skip
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            started(self._answer())
            return Ran(words, self._answer(), out.read_bytes(), err.read_bytes())

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


def _serve() -> None:
    for name in _LOADED.split():
        __import__(name)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(asked)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(asked: Mapping[str, Any]) -> None:
    """Be the command."""
    from cvdmail.cli.main import main

    status = 70
    try:
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        for number, (path, flags) in enumerate(
            (
                (os.devnull, os.O_RDONLY),
                (asked["out"], os.O_WRONLY | os.O_CREAT),
                (asked["err"], os.O_WRONLY | os.O_CREAT),
            )
        ):
            os.dup2(os.open(path, flags, 0o600), number)
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, -1, 0, 0, 0)  # where only parents may trace (Yama)
        while asked["gate"] and not Path(asked["gate"]).exists():
            time.sleep(0.002)
        sys.argv = ["cvdmail", *asked["words"]]
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as problem:
        print(type(problem).__name__, file=sys.stderr)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
