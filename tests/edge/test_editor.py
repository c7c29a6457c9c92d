"""Which editor is started and how: recognised by what a name leads to, kept from leaving copies, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from cvdmail.edge.editor import OPTIONS, REFUSED, Editor, chosen_editor
from cvdmail.edge.memory_disk import in_memory
from cvdmail.errors import Refused


def program(folder: Path, name: str, leads_to: str = "") -> Path:
    """Make a program; with ``leads_to``, a link to another, as Debian's alternatives are."""
    path = folder / name
    if leads_to:
        path.symlink_to(program(folder, leads_to))
    else:
        path.write_text("#!/bin/sh\n")
        path.chmod(0o700)
    return path


def chosen(monkeypatch: pytest.MonkeyPatch, editor: str, visual: str = "") -> Editor:
    monkeypatch.setenv("VISUAL", visual)
    monkeypatch.setenv("EDITOR", editor)
    return chosen_editor()


@pytest.mark.parametrize(
    ("called", "leads_to", "known_as"),
    [
        ("vim", "", "vim"),
        ("vi", "vim.basic", "vim.basic"),
        ("editor", "nano", "nano"),
        ("editor", "vim.athena", "vim"),
        ("emacs", "emacs-29.4", "emacs"),
        ("vi", "nvi", "nvi"),
        ("vi", "busybox", "busybox"),
        ("hx", "", "hx"),
    ],
)
def test_an_editor_is_known_by_the_program_its_name_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, called: str, leads_to: str, known_as: str
) -> None:
    path = program(tmp_path, called, leads_to)
    found = chosen(monkeypatch, f"{path} -R 'two words'")
    assert found == Editor((str(path), *OPTIONS[known_as], "-R", "two words"), at_home=True)


def test_micro_does_what_it_likes_away_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, "micro")
    assert chosen(monkeypatch, str(path)) == Editor((str(path),), at_home=False)


def test_an_unknown_editor_is_sent_away_from_home_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = chosen(monkeypatch, str(program(tmp_path, "my\x1beditor")))
    assert not found.at_home
    assert found.warning.startswith(r"my\u{1b}editor is not an editor known to cvdmail")


def test_visual_goes_before_editor_and_both_before_vi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visual, editor, vi = (program(tmp_path, name) for name in ("hx", "nano", "vi"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chosen(monkeypatch, "nano", "hx").words[0] == str(visual)
    assert chosen(monkeypatch, "nano", " ").words[0] == str(editor)
    assert chosen(monkeypatch, "").words[0] == str(vi)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_editors_that_hand_the_text_on_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for path in (program(tmp_path, name), tmp_path / "mine"):
        if not path.exists():
            path.symlink_to(tmp_path / name)
        with pytest.raises(Refused, match="keeps copies outside of memory"):
            chosen(monkeypatch, f"{path} --wait")


@pytest.mark.parametrize("words", ["vim -g", "vi -f -g", "''", "'", "no-such-editor-anywhere"])
def test_what_cannot_be_used_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    for name in ("vim", "vi"):
        program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refusal:
        chosen(monkeypatch, words)
    assert refusal.value.remedy


def test_ed_is_refused_where_its_buffer_would_be_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = program(tmp_path, "ed")
    if in_memory(Path("/tmp")):
        assert chosen(monkeypatch, str(path)).at_home
        return
    with pytest.raises(Refused, match="ed keeps its text in a file in /tmp"):
        chosen(monkeypatch, str(path))
