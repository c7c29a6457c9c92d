"""A person's own editor, on a file in memory, kept from leaving copies elsewhere.

Editors are the biggest hole in "no readable text on disk": swap files, backups, undo and history files, scratch
buffers.  Each editor we know gets the options that turn these off; one that cannot be kept from it is refused; one we
do not know gets a home of its own in memory, and the person a warning.  Whatever any of them leaves beside the file
goes with the folder.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from cvdmail.core.display import visible
from cvdmail.edge.memory_disk import MemoryFolder, in_memory
from cvdmail.errors import Refused

_WHAT = "draft edit"
_WAIT_SECONDS = 3.0

# Set before the person's own settings are read, and again after them.  viminfo is Vim's name, shada Neovim's.
_VIM_SETTINGS = " | ".join(
    f"silent! set {one}"
    for one in ("noswapfile", "nobackup", "nowritebackup", "noundofile", "viminfo=", "shada=", "nomodeline")
)
_VIM = ("-n", "-i", "NONE", "--cmd", _VIM_SETTINGS, "-c", _VIM_SETTINGS)
_EMACS = (
    "-Q",  # packages keep undo and histories of their own
    "--eval",
    "(setq make-backup-files nil auto-save-default nil auto-save-list-file-prefix nil create-lockfiles nil"
    " enable-local-variables nil)",
)
# Restricted nano writes no backup, no history and no positions, and no other file than the one it was given.
_NANO = ("--restricted",)
OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("vi", "vim", "vim.basic", "vim.tiny", "vim.nox", "vim.gtk3", "vimx", "view", "nvim"), _VIM),
    **dict.fromkeys(("nano", "rnano"), _NANO),
    **dict.fromkeys(("emacs", "emacs-nox", "emacs-gtk", "emacs-lucid", "emacs-pgtk"), _EMACS),
    **dict.fromkeys(("hx", "helix", "busybox"), ()),  # these keep nothing
    **dict.fromkeys(("nvi", "nview", "micro"), ()),  # see _environment
    **dict.fromkeys(("ed", "red"), ()),  # see _SCRATCH_IN_TMP
}
# micro writes options given on its command line into the person's settings; away from home it can keep what it likes.
_HOMELESS = frozenset({"micro"})
# GNU ed keeps its buffer in a file that tmpfile(3) makes in /tmp, whatever TMPDIR says.
_SCRATCH_IN_TMP = frozenset({"ed", "red"})
# These hand the text to another process, which keeps drafts, backups and undo by its own rules.
REFUSED = frozenset({
    "code", "code-insiders", "code-oss", "codium", "vscodium", "cursor", "windsurf", "zed", "zeditor", "subl",
    "sublime_text", "atom", "gedit", "gnome-text-editor", "kate", "kwrite", "mousepad", "xed", "pluma", "geany",
    "gvim", "gview", "mvim", "neovide", "emacsclient", "idea", "pycharm", "libreoffice", "soffice",
})  # fmt: skip


_HOMES = ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "MICRO_CONFIG_HOME")


@dataclass(frozen=True, slots=True)
class Editor:
    """An editor to be started: its words without the file, and what the person should know first.

    ``at_home`` says whether it may read, and write, the person's settings.
    """

    words: tuple[str, ...]
    at_home: bool
    warning: str = ""


def chosen_editor() -> Editor:
    """Return what ``$VISUAL``, else ``$EDITOR``, else ``vi`` names; raise ``Refused`` for what may not be used."""
    named = os.environ.get("VISUAL", "").strip() or os.environ.get("EDITOR", "").strip() or "vi"
    try:
        words = shlex.split(named)
    except ValueError:
        raise Refused(_WHAT, "$VISUAL or $EDITOR is not a command", "correct its quotes") from None
    program = shutil.which(words[0])
    if program is None:
        raise Refused(_WHAT, "the editor is not there", "set $VISUAL or $EDITOR, or give the text with --file")
    called, real = Path(words[0]).name, Path(program).resolve().name
    if {called, real} & REFUSED or _is_graphical(called, words):
        raise Refused(
            _WHAT, "this editor keeps copies outside of memory", "set $VISUAL to a terminal editor, or use --file"
        )
    name = real if real in OPTIONS else re.split("[-.]", real)[0]  # emacs-29.4, vim.athena; not nvi called as vi
    if name in _SCRATCH_IN_TMP and not in_memory(Path("/tmp")):  # noqa: S108  # where ed writes, not we
        raise Refused(_WHAT, "ed keeps its text in a file in /tmp", "set $VISUAL to another editor, or use --file")
    first = str(Path(program).absolute())  # it is started in another folder
    if name in OPTIONS:
        return Editor((first, *OPTIONS[name], *words[1:]), at_home=name not in _HOMELESS)
    warning = (
        f"{visible(called, 40)} is not an editor known to cvdmail: it gets an empty home in memory;"
        " make sure that it keeps no copies elsewhere"
    )
    return Editor((first, *words[1:]), at_home=False, warning=warning)


def _is_graphical(called: str, words: list[str]) -> bool:
    """Vim shows itself in a window, and leaves at once, with ``-g`` or under another name."""
    return called.startswith(("vim", "vi")) and "-g" in words


def has_terminal() -> bool:
    """Say whether there is a terminal to edit on."""
    return sys.stdin is not None and sys.stdin.isatty()


def edit(editor: Editor, folder: MemoryFolder, file: Path) -> None:
    """Run the editor on a file in the folder until it ends; raise ``Refused`` unless it ended well.

    Ctrl-C belongs to the editor while it runs.  If this process is ended, so is the editor.
    """
    terminal = sys.stdin.fileno()
    modes = termios.tcgetattr(terminal)
    with _keys_are_the_editors():
        process = subprocess.Popen(
            [*editor.words, str(file)],
            cwd=folder.path,
            env=_environment(editor, folder.path),
            stdin=terminal,
            stdout=None if sys.stdout.isatty() else terminal,  # standard output may be a pipe for --json
            pass_fds=(folder.lock,),
        )
        try:
            status = process.wait()
        except BaseException:
            _end(process)
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
            raise
    if status < 0:
        termios.tcsetattr(terminal, termios.TCSANOW, modes)  # an editor that was killed leaves the terminal raw
    if status != 0:
        how = f"with status {status}" if status > 0 else f"by signal {-status}"
        raise Refused(_WHAT, f"the editor ended {how}", "nothing was changed")


def _environment(editor: Editor, folder: Path) -> dict[str, str]:
    """Return the person's environment, with every place for temporary files in memory."""
    made = {**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(folder))}
    made["NEXINIT"] = f"set recdir={folder}|set directory={folder}"  # nvi would make its recovery files in /var/tmp
    if not editor.at_home:
        made |= dict.fromkeys(_HOMES, str(folder))
    return made


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def read_back(file: Path, limit: int) -> bytes:
    """Return what the editor left in the file, at most ``limit`` bytes and one; raise ``Refused`` if it is no file."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as opened:
            return opened.read(limit + 1)
    except OSError:
        raise Refused(_WHAT, "the editor left no file that can be read", "nothing was changed") from None


@contextmanager
def _keys_are_the_editors() -> Iterator[None]:
    """Do nothing here on Ctrl-C and its like; by a function, for what is ignored would be ignored in the editor too."""
    before = {one: signal.signal(one, _not_ours) for one in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for one, old in before.items():
            signal.signal(one, old)


def _not_ours(_number: int, _frame: FrameType | None) -> None:
    """Leave a key to the editor."""
