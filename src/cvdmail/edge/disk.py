"""Files and folders that hold secrets: made private, checked before use, written whole or not at all."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import stat
import subprocess
import tempfile
import time
from importlib import resources
from pathlib import Path

from cvdmail.config import SecretSource
from cvdmail.errors import Refused, ServerRefused

MAX_SECRET = 64 * 1024
_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Make this process keep what it holds: private files, no core dump, no reading by other processes of the user.

    Called once at the start of every command (rule 2).
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the core limit stands


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter, or check that it is one; raise ``Refused``."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(str(path), f"the folder cannot be made ({error.strerror})", "check its place") from None
    check_private(path)
    return path


def check_private(path: Path) -> None:
    """Raise ``Refused`` unless a file or folder belongs to us and nobody else can read or write it."""
    try:
        found = path.stat()
    except FileNotFoundError:
        raise Refused(str(path), "it does not exist", "check the configuration") from None
    except OSError as error:
        raise Refused(str(path), f"it cannot be looked at ({error.strerror})", "check its permissions") from None
    if found.st_uid not in (os.geteuid(), 0):
        raise Refused(str(path), "it belongs to another user", "make it yours (chown)")
    if stat.S_IMODE(found.st_mode) & 0o077:
        mode = "700" if stat.S_ISDIR(found.st_mode) else "600"
        raise Refused(str(path), "other users can read or write it", f"run: chmod {mode} {path}")


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file so that it is there whole or not at all: temporary neighbour, fsync, rename, fsync of the folder."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            os.fchmod(handle, mode)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise Refused(str(path), f"it cannot be written ({error.strerror})", "check disk and permissions") from None


def remove(path: Path) -> None:
    """Remove a file of ours, if it is there."""
    path.unlink(missing_ok=True)


Mark = tuple[int, int, int, int, int]
"""What changes when a file is replaced or written: device, inode, size, and both times in nanoseconds."""


def mark(path: Path) -> Mark | None:
    """Return the mark of a file, by which it can be told unchanged; None if there is none, or it changed just now.

    A file written within the last two seconds could be written again within the same tick of its clock.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    if time.time_ns() - found.st_mtime_ns < 2_000_000_000 or time.time_ns() - found.st_ctime_ns < 2_000_000_000:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def read_file(path: Path, limit: int, what: str) -> bytes:
    """Read a file a person named, at most ``limit`` bytes; raise ``Refused`` in one clear line."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except IsADirectoryError:
        raise Refused(what, f"{path} is a folder", "name a file") from None
    except FileNotFoundError:
        raise Refused(what, f"there is no file {path}", "check the name") from None
    except OSError as error:
        raise Refused(what, f"{path} cannot be read ({error.strerror})", "check its permissions") from None
    if len(data) > limit:
        raise Refused(what, f"{path} is larger than {limit // 1024} KB", "use a smaller file")
    return data


async def read_secret(source: SecretSource, what: str) -> bytes:
    """Read a secret from where the configuration says, without its line end; never logged, never cached on disk.

    Raise ``Refused`` for an unreadable or world-readable file, ``ServerRefused`` for a command that fails.
    """
    if source.file is not None:
        check_private(source.file)
        return (await asyncio.to_thread(read_file, source.file, MAX_SECRET, what)).rstrip(b"\r\n")
    if source.credential:
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        if not folder or "/" in source.credential:
            raise Refused(what, "systemd handed over no credentials", "set LoadCredential= in the unit")
        found = await asyncio.to_thread(read_file, Path(folder) / source.credential, MAX_SECRET, what)
        return found.rstrip(b"\r\n")
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", source.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise ServerRefused(what, "its command gave no answer in 60 seconds", "check the command") from None
    if process.returncode != 0 or not output.strip():
        raise ServerRefused(what, f"its command ended with status {process.returncode}", "check the command")
    return output.rstrip(b"\r\n")[:MAX_SECRET]


def shipped(name: str) -> bytes:
    """Return a file that comes with the program (``cvdmail.toml``, ``policy.toml``, ``templates/...``)."""
    packaged = resources.files("cvdmail") / "shipped" / name
    if packaged.is_file():
        return packaged.read_bytes()
    return (Path(__file__).parents[3] / "config" / name).read_bytes()
