"""The program's entry: a table of commands, imported only when one is called, so that ``--help`` is quick."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping

import click

from cvdmail import __version__
from cvdmail.cli.context import FAILED, Options, fail, global_options
from cvdmail.errors import CvdmailError

# name -> (module, attribute, help line, chapter)
COMMANDS: Mapping[str, tuple[str, str, str, str]] = {
    "init": ("setting_up", "init", "Lay out a working folder with keys and an empty store.", "Setting up"),
    "doctor": ("setting_up", "doctor", "Check everything, and say how to mend what is wrong.", "Setting up"),
    "demo": ("setting_up", "demo", "Show the whole job on loopback, with throw-away keys and servers.", "Setting up"),
    "store": ("setting_up", "store", "Upgrade the database; change who can read it.", "Setting up"),
    "case": ("case", "case", "Open, list, show and erase cases.", "Researcher"),
    "participant": ("case", "participant", "Add parties to a case and remove them.", "Researcher"),
    "contact": ("contact", "contact", "Find whom to tell; confirm contacts.", "Researcher"),
    "key": ("contact", "key", "Find, check and pin OpenPGP keys.", "Researcher"),
    "draft": ("draft", "draft", "Look at drafts, edit and approve them.", "Researcher"),
    "send": ("send", "send", "Put approved drafts, or a folder of reports, into the outbox.", "Researcher"),
    "reply": ("reply", "reply", "Write a letter to one participant of a case.", "Researcher"),
    "pen": ("pen", "pen", "Mail that waits for a person to file it.", "Researcher"),
    "fact": ("fact", "fact", "Facts read from replies: accept, reject or correct them.", "Researcher"),
    "watch": ("daemon", "watch", "The daemon: deliver what is due, file what arrives.", "Daemon"),
    "import": ("importing", "command", "Take in an existing mailbox with both sides in it.", "Daemon"),
    "ingest": ("ingest", "ingest", "Treat mail from files or standard input as newly arrived.", "Daemon"),
    "reprocess": ("ingest", "reprocess", "Read old mail again, after a key import or an upgrade.", "Daemon"),
    "status": ("daemon", "status", "Say whether the daemon is well.", "Daemon"),
    "export": ("archive", "export", "Write a signed archive of a case.", "Auditor"),
    "verify": ("archive", "verify", "Check an archive without the database.", "Auditor"),
    "ledger": ("archive", "ledger", "Check the ledger of the store.", "Auditor"),
    "extract": ("extract", "extract", "Read the facts out of mail files; needs no configuration.", "Offline tools"),
    "securitytxt": ("securitytxt", "command", "Read security.txt files; needs no configuration.", "Offline tools"),
}


class Lazy(click.Group):
    """A group that knows its commands by name and loads them when asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _, _ = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(f"cvdmail.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by chapter, without importing any."""
        chapters: dict[str, list[tuple[str, str]]] = {}
        for name, (_, _, line, chapter) in COMMANDS.items():
            chapters.setdefault(chapter, []).append((name, line))
        for chapter, rows in chapters.items():
            with formatter.section(chapter):
                formatter.write_dl(rows)


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cvdmail")
@global_options
@click.pass_context
def cli(context: click.Context) -> None:
    """Report vulnerabilities to vendors over encrypted mail, and keep every answer with its case.

    \b
    A first report, from nothing:
      cvdmail init lab --mailbox outbounddisclosures@lab.example --batch
      cd lab
      cvdmail case new --template > finding.md     # fill it in
      cvdmail case new finding.md
      cvdmail contact find vendor.example
      cvdmail key pin vendor.asc --contact security@vendor.example
      cvdmail draft preview 1
      cvdmail draft approve 1
      cvdmail send CVD-2026-0001
      cvdmail watch

    Shell completion: eval "$(_CVDMAIL_COMPLETE=bash_source cvdmail)", or zsh_source, fish_source.
    """  # \b is click's mark for a paragraph that is not to be wrapped
    context.ensure_object(Options)


def main() -> None:
    """Run one command and end with its status; no expected failure shows a traceback."""
    from cvdmail.edge.disk import harden

    harden()
    try:
        cli(prog_name="cvdmail", standalone_mode=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except (CvdmailError, OSError) as error:
        sys.exit(fail(error))


if __name__ == "__main__":
    main()
