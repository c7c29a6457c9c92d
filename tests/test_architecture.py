"""The rooms of the house and their doors: who may import whom, in one direction.

Every module is parsed, imports inside functions and under TYPE_CHECKING included; nothing is imported to find out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = "cvdmail"
MOST_LINES = 400
MOST_FUNCTION_LINES = 60


@dataclass(frozen=True)
class Import:
    """One import: the module it names, its line, and whether it runs when the module is loaded."""

    module: str
    line: int
    at_load: bool


@dataclass(frozen=True)
class Module:
    """One source file, parsed."""

    name: str
    path: Path
    tree: ast.Module = field(repr=False)
    imports: tuple[Import, ...] = field(repr=False)

    @property
    def room(self) -> str:
        """The first name below the package: core, edge, work ...; the package itself is its own room."""
        return self.name.split(".")[1] if "." in self.name else self.name

    def ours(self) -> set[str]:
        """The modules of this program that it imports."""
        return {one.module for one in self.imports if one.module.split(".")[0] == PACKAGE}

    def foreign(self) -> set[str]:
        """The first names of everything else it imports."""
        return {one.module.split(".")[0] for one in self.imports} - {PACKAGE, "__future__"}


@cache
def modules() -> dict[str, Module]:
    """Every module of the program by its dotted name."""
    paths = sorted((SOURCE / PACKAGE).rglob("*.py"))
    names = {_name(path): path for path in paths}
    found = {}
    for name, path in names.items():
        tree = ast.parse(path.read_text(), str(path))
        found[name] = Module(name, path, tree, tuple(_imports(tree, name, path, names)))
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(tree: ast.Module, name: str, path: Path, names: dict[str, Path]) -> Iterator[Import]:
    """Yield every import; ``from package import module`` names the module, ``from module import thing`` the module."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    loaded = set(_run_at_load(tree))
    for node in ast.walk(tree):
        at_load = id(node) in loaded
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_load)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield Import(whole if whole in names else base, node.lineno, at_load)


def _run_at_load(tree: ast.Module) -> Iterator[int]:
    """Yield the identities of the nodes that run on import: not inside functions, not under TYPE_CHECKING."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield id(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        waiting.extend(ast.iter_child_nodes(node))


def in_room(module: str, *rooms: str) -> bool:
    """Say whether a module is one of ``rooms`` (``core``, ``edge.tls``) or below one."""
    return any(module == f"{PACKAGE}.{room}" or module.startswith(f"{PACKAGE}.{room}.") for room in rooms)


def room(*rooms: str) -> list[Module]:
    found = [module for module in modules().values() if in_room(module.name, *rooms)]
    assert found, f"there is no room {rooms}"
    return found


# Which rooms of ours a room may import.  A room may always import itself, except edge (see below).
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "core": ("errors", "core"),
    "ports": ("core", "errors"),
    "config": ("core", "errors"),
    "edge": ("errors", "core", "ports", "config"),
    "store": ("errors", "core", "store"),
    "work": (
        "core",
        "errors",
        "ports",
        "config",
        "work",
        "store.transaction",
        "store.inbox",
        "store.vault",
    ),
    "mailbox_key": ("edge", "config", "mailbox_key"),
    "daemon": ("work", "core", "config", "errors", "ports", "daemon"),
    "wiring": ("edge", "store", "work", "core", "config", "errors", "ports", "mailbox_key", "wiring"),
    "setup": ("edge", "store", "work", "core", "config", "errors", "ports", "mailbox_key", "wiring", "setup"),
    "checkup": ("edge", "work", "core", "config", "errors", "mailbox_key", "wiring", "setup", "checkup"),
    "verify": ("edge", "core", "errors", "verify"),
    "embedded": ("core", "errors", "ports", "config", "embedded"),
    "demo": (
        "work",
        "core",
        "config",
        "errors",
        "ports",
        "wiring",
        "daemon",
        "setup",
        "store",
        "edge",
        "embedded",
        "demo",
    ),
    "cli": ("work", "core", "config", "errors", "wiring", "daemon", "setup", "checkup", "verify", "cli", "demo"),
    "__main__": ("cli",),
}

# The few pairs of one edge module that may import another, and the few that the command line still reaches for itself.
EDGE_PAIRS = {
    "edge.imap": {"edge.tls", "edge.imap_mailbox", "edge.imap_wire"},
    "edge.imap_mailbox": {"edge.imap_words", "edge.imap_wire"},
    "edge.imap_words": {"edge.imap_wire"},
    "edge.smtp": {"edge.tls", "edge.smtp_line", "edge.smtp_settings"},
    "edge.smtp_line": {"edge.smtp_settings"},
    "edge.gpg": {"edge.gpgprocess"},
    "edge.gpg_worker": {"edge.gpg", "edge.frames", "edge.worker"},
    "edge.worker": {"edge.frames"},
    "edge.reader_worker": {"edge.frames", "edge.worker"},
    "edge.keyring": {"edge.gpgprocess"},
    "edge.keyfiles": {"edge.keyring", "edge.disk"},
    "edge.mailfiles": {"edge.disk"},
    "edge.web": {"edge.addresses", "edge.tls"},
    "edge.editor": {"edge.memory_disk"},
}
CLI_EDGES = {"edge.disk", "edge.editor", "edge.memory_disk", "edge.mailfiles", "edge.web", "edge.system"}


def test_every_room_is_known() -> None:
    rooms = {module.room for module in modules().values()}
    assert rooms - {PACKAGE} <= set(MAY_IMPORT)


@pytest.mark.parametrize("name", [name for name in MAY_IMPORT if name not in ("embedded", "demo")])
def test_a_room_imports_only_what_lies_below_it(name: str) -> None:
    problems = []
    for module in room(name):
        short = module.name.removeprefix(f"{PACKAGE}.")
        extra: set[str] = set()
        if name == "edge":
            extra = EDGE_PAIRS.get(short, set())
        elif name == "cli":
            extra = CLI_EDGES
        for imported in sorted(module.ours()):
            if imported in (PACKAGE, module.name) or in_room(imported, *MAY_IMPORT[name], *extra):
                continue
            problems.append(f"{module.name} imports {imported}")
    assert problems == []


def test_the_demonstration_is_seen_by_the_command_line_only() -> None:
    problems = []
    for module in modules().values():
        for imported in module.ours():
            if in_room(imported, "embedded") and module.room not in ("demo", "embedded"):
                problems.append(f"{module.name} imports {imported}")
            if in_room(imported, "demo") and module.room not in ("demo", "cli"):
                problems.append(f"{module.name} imports {imported}")
    assert problems == []


def test_the_pairs_listed_here_are_used() -> None:
    """A list of exceptions shrinks: a pair that is no longer needed must leave it."""
    used = {
        (module.name.removeprefix(f"{PACKAGE}."), imported.removeprefix(f"{PACKAGE}."))
        for module in modules().values()
        for imported in module.ours()
    }
    listed = {(one, other) for one, others in EDGE_PAIRS.items() for other in others}
    assert listed - used == set()
    assert CLI_EDGES - {imported for one, imported in used if one.startswith("cli")} == set()


def test_there_are_no_cycles_at_load() -> None:
    arrows = {
        name: {one.module for one in module.imports if one.at_load and one.module in modules()} - {name}
        for name, module in modules().items()
    }
    done: set[str] = set()
    cycles: list[str] = []

    def visit(name: str, above: list[str]) -> None:
        if name in above:
            cycles.append(" -> ".join([*above[above.index(name) :], name]))
        elif name not in done:
            for target in sorted(arrows[name]):
                visit(target, [*above, name])
            done.add(name)

    for start in sorted(arrows):
        visit(start, [])
    assert cycles == []


# --- foreign packages -------------------------------------------------------------------------------------------------

CORE_FOREIGN = {"cryptography", "yaml", "jinja2", "cvss", "flufl", "mailparser"}
# The standard library as far as it computes; what touches the world, the clock, chance or the process is not here.
CORE_STANDARD = {
    "__future__", "abc", "base64", "binascii", "bisect", "calendar", "codecs", "collections", "contextlib", "copy",
    "dataclasses", "datetime", "decimal", "difflib", "email", "encodings.aliases",
    "enum", "fractions", "functools", "hashlib", "heapq",
    "hmac", "html", "ipaddress", "itertools", "json", "math", "operator", "quopri", "re", "statistics", "string",
    "struct", "textwrap", "tomllib", "types", "typing", "unicodedata", "urllib.parse",
}  # fmt: skip
# Beyond that: an archive is built and read in memory; the tables of words are loaded when they are first asked for;
# foreign readers of hostile input have their logs switched off where they are used.
CORE_MORE = {
    "core.archive": {"io", "tarfile"},
    "core.extract": {"importlib"},
    "core.extract.languages": {"importlib"},
    "core.extract.bounces": {"logging"},
    "core.sender": {"logging"},
}


def test_core_imports_nothing_that_touches_the_world() -> None:
    problems = []
    for module in room("core", "errors"):
        more = CORE_MORE.get(module.name.removeprefix(f"{PACKAGE}."), set())
        allowed = CORE_STANDARD | CORE_FOREIGN | more | {PACKAGE}
        problems += [
            f"{module.name}:{one.line} imports {one.module}"
            for one in module.imports
            if one.module not in allowed and one.module.split(".")[0] not in allowed
        ]
    assert problems == []


def test_what_core_loads_late_is_its_own() -> None:
    """``import_module`` would be a door past this test: it may name nothing but the package it stands in."""
    calls = [
        (module.name, ast.unparse(node.args[0]))
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module")
    ]
    wanted = [f"{PACKAGE}.core.extract", f"{PACKAGE}.core.extract.languages", f"{PACKAGE}.cli.main"]
    for name, argument in calls:
        assert name in wanted
        home = f"{PACKAGE}.cli" if name.endswith("main") else name
        assert argument.startswith((f"f'{home}.", f"'{home}.")), argument


FORBIDDEN_CALLS = re.compile(
    r"(datetime|date)\.(now|today|utcnow)\b|\btime\.(time|monotonic|sleep)\b|\bos\.|\benviron\b|^(open|print|input|eval|exec"
    r"|compile|__import__|breakpoint)$|\.(read_text|read_bytes|write_text|write_bytes)$"
)


def test_core_asks_no_clock_and_opens_nothing() -> None:
    problems = []
    for module in room("core", "errors", "ports"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and FORBIDDEN_CALLS.search(ast.unparse(node.func)):
                problems.append(f"{module.name}:{node.lineno} calls {ast.unparse(node.func)}")
            if isinstance(node, ast.Global | ast.Await | ast.AsyncFunctionDef) and in_room(module.name, "core"):
                problems.append(f"{module.name}:{node.lineno} is not pure")
    assert problems == []


@pytest.mark.parametrize(
    ("package", "places"),
    [
        ("sqlalchemy", r"store(\..+)?"),
        ("alembic", r"store(\..+)?"),
        ("gnupg", r"edge\.keyring"),
        ("aioimaplib", r"edge\.imap[a-z_]*"),
        ("aiosmtplib", r"edge\.smtp_line"),
        ("aiohttp", r"edge\.(web|addresses)|embedded"),
        ("mailparser", r"core\.sender"),
        ("flufl", r"core\.extract\.bounces"),
        ("yaml", r"core\.front_matter"),
        ("jinja2", r"core\.letters"),
        ("cvss", r"core\.severity"),
        ("rfc8785", r"nowhere"),
        ("tomllib", r"config|core\.policy"),
        ("click", r"cli(\..+)?"),
        ("rich", r"(cli|demo)(\..+)?"),
        ("pymap", r"(embedded|demo)(\..+)?"),
        ("aiosmtpd", r"(embedded|demo)(\..+)?"),
        ("subprocess", r"edge\.[a-z_]+"),
        ("smtplib", r"nowhere"),
        ("imaplib", r"nowhere"),
        ("pickle", r"nowhere"),
        ("marshal", r"nowhere"),
        ("shelve", r"nowhere"),
        ("tempfile", r"edge\.[a-z_]+|demo(\..+)?|verify"),
        ("requests", r"nowhere"),
        ("httpx", r"nowhere"),
    ],
)
def test_a_foreign_package_has_one_place(package: str, places: str) -> None:
    allowed = re.compile(places)
    problems = [
        module.name
        for module in modules().values()
        if package in module.foreign() and not allowed.fullmatch(module.name.removeprefix(f"{PACKAGE}."))
    ]
    assert problems == []


def test_work_knows_neither_edges_nor_sql() -> None:
    problems = [
        f"{module.name} imports {imported}"
        for module in room("work", "ports", "config")
        for imported in [*module.ours(), *module.foreign()]
        if in_room(imported, "edge")
        or imported in ("sqlalchemy", "alembic", "aiosmtplib", "aioimaplib", "gnupg", "aiohttp")
    ]
    assert problems == []


# --- every socket asks the guard --------------------------------------------------------------------------------------


def test_every_edge_that_sends_asks_the_guard() -> None:
    """Rule 1: whoever speaks SMTP, or appends over IMAP, imports the guard and calls it."""
    for name in ("edge.smtp", "edge.imap_mailbox", "edge.memory"):
        module = modules()[f"{PACKAGE}.{name}"]
        assert f"{PACKAGE}.core.guard" in module.ours(), name
        calls = {ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
        assert calls & {"inspect", "guard.inspect"}, name


def test_nobody_else_speaks_to_a_mail_server() -> None:
    """Only the edges named above hold a connection on which a mail could leave."""
    libraries = {"aiosmtplib", "aioimaplib", "smtplib", "imaplib"}
    speaking = {module.name for module in modules().values() if module.foreign() & libraries}
    allowed = re.compile(rf"{PACKAGE}\.edge\.(smtp_line|imap[a-z_]*)")
    assert f"{PACKAGE}.edge.smtp_line" in speaking
    assert [name for name in sorted(speaking) if not allowed.fullmatch(name)] == []


# --- sizes and names --------------------------------------------------------------------------------------------------


def test_no_module_is_longer_than_a_person_reads() -> None:
    problems = [
        f"{module.name} has {len(module.path.read_text().splitlines())} lines"
        for module in modules().values()
        if len(module.path.read_text().splitlines()) > MOST_LINES
        and "migrations" not in module.path.parts
        and module.name != f"{PACKAGE}.store.tables"  # one table after the other, nothing to lose one's way in
        and not in_room(module.name, "core.extract.languages")  # nothing but words
    ]
    assert problems == []


def test_a_language_is_nothing_but_its_words() -> None:
    data = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
    written = {"languages", "language"}
    languages = [one for one in room("core.extract.languages") if one.name.rpartition(".")[2] not in written]
    assert languages
    for module in languages:
        assert all(isinstance(node, data) for node in module.tree.body), module.name
        called = {ast.unparse(node.func) for node in ast.walk(module.tree) if isinstance(node, ast.Call)}
        assert called <= {"Language", "Unspaced"}, module.name


def test_no_function_is_longer_than_a_page() -> None:
    problems = []
    for module in modules().values():
        if "migrations" in module.path.parts:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    problems.append(f"{module.name}:{node.lineno} {node.name} has {length} lines")
    assert problems == []


FORBIDDEN_WORDS = ("service", "manager", "handler", "helper", "util", "common", "base", "misc")


def test_no_file_or_class_has_a_name_that_says_nothing() -> None:
    word = re.compile(rf"(?:^|_)(?:{'|'.join(FORBIDDEN_WORDS)})s?(?:$|_)")
    problems = []
    for module in modules().values():
        parts = module.path.relative_to(SOURCE).with_suffix("").parts
        problems += [module.name for part in parts if word.search(part.lower())]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                snake = re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()
                if word.search(snake):
                    problems.append(f"{module.name}: {node.name}")
    assert problems == []


def test_nothing_is_caught_and_forgotten() -> None:
    """No bare ``except``, and no ``except BaseException`` that swallows a cancellation."""
    problems = []
    for module in modules().values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = ast.unparse(node.type) if node.type is not None else ""
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            if (node.type is None or "BaseException" in caught) and not raises:
                problems.append(f"{module.name}:{node.lineno}")
    assert problems == []


def test_the_test_sees_imports_wherever_they_hide() -> None:
    """The judge is judged: relative, aliased, in a function, under TYPE_CHECKING, in a class."""
    text = (
        "from typing import TYPE_CHECKING\nimport os.path as p\nfrom . import ids\nfrom ..errors import Refused\n"
        "if TYPE_CHECKING:\n    from cvdmail.edge import smtp\n"
        "def f():\n    from cvdmail.store.rows import x\n    import asyncio\nclass A:\n    import random\n"
    )
    names = {f"{PACKAGE}.core.ids": Path(), f"{PACKAGE}.edge.smtp": Path(), f"{PACKAGE}.errors": Path()}
    found = list(_imports(ast.parse(text), f"{PACKAGE}.core.x", Path("x.py"), names))
    assert {(one.module, one.at_load) for one in found} == {
        ("typing", True),
        ("os.path", True),
        ("cvdmail.core.ids", True),
        ("cvdmail.errors", True),
        ("cvdmail.edge.smtp", False),
        ("cvdmail.store.rows", False),
        ("asyncio", False),
        ("random", True),
    }
