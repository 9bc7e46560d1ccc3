"""The README is true: each line of its `sh` blocks is run, in order, in one folder."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest

from crawler.cli import COMMANDS, build_parser
from crawler.config import Options
from crawler.demo import DemoWeb
from tests.e2e.conftest import Demonstration
from tests.e2e.running import CONTACT, REPOSITORY, Done, run

README = REPOSITORY / "README.md"
DOCUMENTATION = [README, *sorted((REPOSITORY / "docs").glob("*.md"))]
_BLOCKS = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Who plays a publisher the README names; all others are played by the Talbote.
PLAYED_BY = {"econotimes": "harbour-courier", "valley-post": "voix-du-delta"}


def blocks(language: str) -> list[str]:
    return [text for kind, text in _BLOCKS.findall(README.read_text("utf-8")) if kind == language]


@dataclass
class Reader:
    """Somebody who types what the README shows. Publishers are played by the demonstration web."""

    web: DemoWeb
    here: Path
    demo: Path  # a finished demonstration, left as it is

    def type(self, line: str) -> Done:
        """Do what one line says, and return how it went."""
        words = shlex.split(line)
        if words[0] == "cd":
            self.here = (self.here / words[1]).resolve()
            return Done(0 if self.here.is_dir() else 1, "", "")
        if words[0] == "make":  # its recipe is the set-up of the environment this test runs in
            return run("make", "--dry-run", *words[1:], cwd=REPOSITORY)
        if words[:2] == [".", ".venv/bin/activate"]:
            return Done(
                0 if "VENV := .venv" in (REPOSITORY / "Makefile").read_text() else 1, "", ""
            )
        if words[:2] == ["scrapy", "crawl"]:
            line += f" -a sources_folder={shlex.quote(str(self.here / 'sources'))}"
        if words[:3] == ["firstseen", "sources", "record"]:
            line = line.replace(words[3], self.web.published("voix-du-delta")[0].url)
        self._play()
        return run("bash", "-c", line, cwd=self.here, env=self._environment())

    def _environment(self) -> dict[str, str]:
        return {
            "FIRSTSEEN_FETCH_ALLOW": ",".join(o.host_port for o in self.web.outlets),
            "FIRSTSEEN_FETCH_DELAY_SECONDS": "0",
            "FIRSTSEEN_FETCH_CONTACT": CONTACT,
            # Scrapy finds its settings by scrapy.cfg in the checkout; we must not write there.
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
        }

    def _play(self) -> None:
        """Point every source at an outlet on this machine: no publisher is asked by a test."""
        texts = self.web.sources()
        for path in self.demo.parent.glob("*/sources/*.toml"):
            if path.is_relative_to(self.demo):
                continue
            path.write_text(texts[PLAYED_BY.get(path.stem, "talbote")], encoding="utf-8")


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(speed=0, crawl_delay=0) as started:
        yield started


def test_every_command_in_the_readme_works(
    web: DemoWeb, demonstration: Demonstration, tmp_path: Path
) -> None:
    shutil.copytree(demonstration.folder, tmp_path / "firstseen-demo")
    reader = Reader(web, tmp_path, tmp_path / "firstseen-demo")
    (own,) = blocks("toml")

    for line in (line for block in blocks("sh") for line in block.splitlines()):
        if "valley-post" in line:
            (reader.here / "sources" / "valley-post.toml").write_text(own, encoding="utf-8")
        done = reader.type(line)

        assert done.status == 0, (line, done)
        assert "Traceback" not in done.err, line
    assert (reader.here / "backup.db").stat().st_size > 0
    assert (reader.here / "out.jsonl").read_text(encoding="utf-8").count("\n") > 2


def test_the_source_file_in_the_readme_is_one(tmp_path: Path) -> None:
    from crawler.catalogue import load_source_file

    path = tmp_path / "valley-post.toml"
    path.write_text(blocks("toml")[0], encoding="utf-8")

    assert load_source_file(path).name == "The Valley Post"


def test_every_block_of_the_readme_says_whether_it_is_run() -> None:
    kinds = {kind for kind, _ in _BLOCKS.findall(README.read_text("utf-8"))}

    assert kinds <= {"sh", "text", "toml"}


def test_the_readme_shows_each_of_the_daily_subcommands() -> None:
    shown = "\n".join(blocks("sh"))

    for words in ("crawl", "search", "export", "init", "db check", "db upgrade"):
        assert f"firstseen {words}" in shown
    for action in ("list", "enable", "check", "record", "test"):
        assert f"firstseen sources {action}" in shown


def test_every_subcommand_and_option_is_in_the_documentation() -> None:
    text = "\n".join(path.read_text("utf-8") for path in DOCUMENTATION)
    missing = [name for name in COMMANDS if f"`{name}" not in text]
    for parser in build_parser().with_all_below():
        options = {word for action in parser._actions for word in action.option_strings}
        missing += [
            f"{parser.prog} {option}"
            for option in options - {"-h"}
            if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text)
        ]
        actions = parser.prog.split()[2:]
        missing += [parser.prog for action in actions if f"{action}`" not in text]

    assert missing == []


def test_every_option_of_the_configuration_is_in_the_documentation() -> None:
    text = (REPOSITORY / "docs" / "operating.md").read_text("utf-8")
    missing = []
    for table in fields(Options):
        kind = getattr(Options(workspace=Path()), table.name)
        if not is_dataclass(kind):
            continue  # the workspace itself, and tables whose names the operator chooses
        names = [f"`[{table.name}]`", *(f"`{key.name}`" for key in fields(kind))]
        missing += [name for name in names if name not in text]

    assert missing == []


@pytest.mark.parametrize("path", [README, REPOSITORY / "CONTRIBUTING.md", *DOCUMENTATION[1:]])
def test_links_to_other_files_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8"))

    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_tree_in_the_readme_is_the_tree() -> None:
    drawn = next(text for text in blocks("text") if text.startswith("crawler/"))
    folder, missing = "", []
    for line in drawn.splitlines():
        name = line.split()[0]
        path = folder + name if line.startswith(" ") else name
        folder = folder if line.startswith(" ") else name
        if not (REPOSITORY / path).is_dir():
            missing.append(path)

    assert missing == []
