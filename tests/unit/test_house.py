"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("crawler", "pipelines")
LONGEST_FILE = 300
LONGEST_OF_NINE_IN_TEN = 30
NAMELESS = {"utils", "util", "base", "common", "helpers", "helper", "misc"}
#: Called by Scrapy; what they do is Scrapy's to say.
SCRAPYS_WORDS = {"from_crawler", "process_item"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


ALL_MODULES = [path for package in (*PACKAGES, "migrations") for path in modules(package)]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_table_of_data(tree: ast.Module) -> bool:
    """Whether a module holds a docstring, imports, and literals under names; nothing else."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Assign | ast.AnnAssign) and _is_literal(node.value))
        for node in tree.body
    )


_CONTAINERS = ("frozenset", "set", "dict", "tuple", "Mapping")


def _is_literal(node: ast.expr | None) -> bool:
    for inner in ast.walk(node) if node else ():
        is_container = isinstance(inner, ast.Name) and inner.id in _CONTAINERS
        if isinstance(inner, ast.Call) and not _is_container_call(inner):
            return False
        if isinstance(inner, ast.Name) and not is_container and not inner.id.isupper():
            return False
        if isinstance(inner, ast.Lambda | ast.comprehension | ast.IfExp | ast.Await):
            return False
    return True


def _is_container_call(node: ast.Call) -> bool:
    function = node.func
    if isinstance(function, ast.Attribute):  # "words in one line".split()
        return function.attr == "split" and isinstance(function.value, ast.Constant)
    return isinstance(function, ast.Name) and function.id in _CONTAINERS


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""Words."""\nA = {"a": 1, "b": [2, (3, "x")]}\n', True),
        ('from x import B\nA: dict[str, int] = {**B, "a": -1}\nC = frozenset("a b".split())', True),
        ("A = compute()", False),
        ("A = [x for x in range(3)]", False),
        ("def f(): ...", False),
    ],
)
def test_tables_of_data_are_known_by_holding_nothing_else(source: str, expected: bool) -> None:
    assert is_table_of_data(ast.parse(source)) is expected


def test_files_fit_on_a_few_screens() -> None:
    too_long = {
        name_of(path): lines
        for path in ALL_MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        and not is_table_of_data(parsed(path))
    }

    assert too_long == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_nine_functions_in_ten_fit_in_thirty_lines(package: str) -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in modules(package)
        for node in ast.walk(parsed(path))
        if isinstance(node, Function)
    )

    assert lengths[int(len(lengths) * 0.9)] <= LONGEST_OF_NINE_IN_TEN


def test_every_module_has_a_subject() -> None:
    nameless = [
        name_of(path)
        for path in ALL_MODULES
        if NAMELESS & {part.removeprefix("_") for part in (path.stem, path.parent.name)}
    ]

    assert nameless == []


def test_every_module_begins_with_its_caption() -> None:
    silent = [
        name_of(path)
        for path in ALL_MODULES
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(parsed(path))
    ]

    assert silent == []


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Yield what another module may use and that has no docstring.

    Methods of a class that extends another, or that a Protocol of the same file describes, are
    left out: their meaning is the parent's.
    """
    described = {method.name for node in protocols(tree) for method in methods_of(node)}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield node.name
        if isinstance(node, ast.ClassDef) and not node.bases:
            for method in methods_of(node):
                if method.name not in SCRAPYS_WORDS | described and not ast.get_docstring(method):
                    yield f"{node.name}.{method.name}"


def methods_of(node: ast.ClassDef) -> Iterator[Function]:
    for method in node.body:
        if isinstance(method, Function) and not method.name.startswith("_"):
            yield method


def protocols(tree: ast.Module) -> Iterator[ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(
            isinstance(parent, ast.Name) and parent.id == "Protocol" for parent in node.bases
        ):
            yield node


def test_everything_public_says_what_the_caller_gets() -> None:
    silent = [
        f"{name_of(path)}: {name}"
        for package in PACKAGES
        for path in modules(package)
        for name in undocumented(parsed(path))
    ]

    assert silent == []


def test_nobody_imports_the_bare_name_that_scrapy_uses() -> None:
    """Scrapy hands every component an argument called crawler."""
    bare = [
        name_of(path)
        for path in [*ALL_MODULES, *modules("tests")]
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Import) and any(alias.name == "crawler" for alias in node.names)
    ]

    assert bare == []


# ---------------------------------------------------------------- what is in the repository


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file of the repository that is text; of an unpacked archive, every file of the tree."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode == 0:
        paths = [ROOT / name for name in listing.stdout.decode().split("\0") if name]
    else:
        folders = (*PACKAGES, "migrations", "tests", "docs")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [p for p in paths if p.is_file() and p.suffix not in (".gz", ".png", ".jpg", ".pyc")]


# Written apart, so that this file does not find itself.
REGISTRIES = [
    *(
        "pypi" + ".org",
        "files.python" + "hosted.org",
        "registry.npm" + "js.org",
        "arti" + "factory",
    ),
    *("--index" + "-url", "--extra-index" + "-url", "index_" + "url"),
]
#: Folders of the machine this runs on; "/home/ann" in an example is nobody's.
MACHINE_PATHS = [str(ROOT) + "/", str(Path.home()) + "/", "/wo" + "rk/", "/ro" + "ot/"]


def test_no_file_names_a_registry_or_a_path_of_one_machine(tracked: list[Path]) -> None:
    folders = "|".join(map(re.escape, MACHINE_PATHS))
    pattern = re.compile("|".join([*map(re.escape, REGISTRIES), rf"(?<![\w.])(?:{folders})"]))

    found = [
        f"{name_of(path)}:{number}: {match[0]}"
        for path in tracked
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), 1
        )
        if (match := pattern.search(line))
    ]

    assert found == []


def test_migrations_import_nothing_of_ours() -> None:
    """A migration must still mean in ten years what it meant when it was written."""
    importing = [
        name_of(path)
        for path in modules("migrations/versions")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES
    ]

    assert importing == []


# ---------------------------------------------------------------- what is imported when

PRINT_MODULES = "import sys; sys.stderr.write(chr(10).join(sys.modules))"


def loaded_by(statement: str) -> set[str]:
    """Return the modules that are loaded after a statement in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}\n{PRINT_MODULES}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stderr.split())


HELP = """
import contextlib, io
from crawler.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["--help"])
"""


def test_help_is_quick_because_it_imports_little() -> None:
    loaded = loaded_by(HELP)

    assert "crawler.cli" in loaded
    assert not loaded & {"scrapy", "twisted", "sqlalchemy", "lxml", "rich", "apscheduler"}


@pytest.mark.parametrize("command", ["search", "export", "db", "init"])
def test_commands_that_fetch_nothing_never_import_scrapy(command: str) -> None:
    loaded = loaded_by(f"import crawler.commands.{command}")

    assert not loaded & {"scrapy", "twisted"}


@pytest.mark.parametrize("command", ["crawl", "sources", "init", "demo"])
def test_arguments_are_declared_without_a_database(command: str) -> None:
    assert "sqlalchemy" not in loaded_by(f"import crawler.commands.{command}")
