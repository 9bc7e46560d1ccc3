from datetime import date
from pathlib import Path

import pytest

from crawler.catalogue import SourceFileError, load_source_file, load_sources

GOOD = """
name = "The Valley Post"
home_url = "https://valleypost.example/"
country = "NO"
language = "nb"
family = "valley-media"
[[sections]]
key = "politics"
kind = "feed"
url = "https://valleypost.example/politics.rss"
[[rules]]
valid_until = 2026-06-30
body = "div.old"
[[rules]]
body = "div.new"
drop = [".ad"]
"""


def write(folder: Path, text: str, name: str = "valley-post.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_source_file_becomes_a_definition(tmp_path: Path) -> None:
    source = load_source_file(write(tmp_path, GOOD))

    assert (source.slug, source.country, source.publisher_family) == (
        "valley-post",
        "NO",
        "valley-media",
    )
    assert source.sections[0].kind == "feed"
    assert source.enabled


def test_rules_apply_until_their_last_day(tmp_path: Path) -> None:
    source = load_source_file(write(tmp_path, GOOD))

    old, new = source.rules_on(date(2026, 6, 30)), source.rules_on(date(2026, 7, 1))

    assert old is not None
    assert new is not None
    assert (old.body, new.body) == ("div.old", "div.new")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('country = "NO"', "country = false"), "country = False must be an ISO 3166-1 code"),
        (('name = "The Valley Post"', 'nmae = "x"'), "unknown key ['nmae']; known keys are"),
        (('kind = "feed"', 'kind = "rss"'), "must be one of feed, sitemap, front"),
        (("https://valleypost.example/politics.rss", "file:///etc/passwd"), "http:// or https://"),
        (('key = "politics"', ""), "['key'] must be given"),
        (("[[sections]]", "[sections]"), "double brackets"),
        (("[[sections]]", '[[sections]]\ninclude = ["("]'), "is not a regular expression"),
        (("valid_until = 2026-06-30", 'valid_until = "soon"'), "a date like 2026-12-31"),
        (('name = "The', "name = The"), "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    path = write(tmp_path, GOOD.replace(*change, 1))

    with pytest.raises(SourceFileError) as error:
        load_source_file(path)

    assert told in str(error.value)
    assert "valley-post.toml" in str(error.value)


def test_two_files_of_one_slug_are_refused(tmp_path: Path) -> None:
    (tmp_path / "no").mkdir()
    (tmp_path / "se").mkdir()
    write(tmp_path / "no", GOOD)
    write(tmp_path / "se", GOOD)

    with pytest.raises(SourceFileError, match="is taken by"):
        load_sources(tmp_path)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "valley-post.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SourceFileError, match="is not UTF-8"):
        load_source_file(path)


@pytest.mark.parametrize(
    ("key", "value", "most"),
    [
        ("language", "en" + "-abcdefg" * 5, "35"),
        ("family", "x" * 101, "100"),
        ("wikidata", "Q1" + "2" * 20, "20"),
    ],
)
def test_a_name_longer_than_the_database_keeps_is_refused_with_its_key(
    tmp_path: Path, key: str, value: str, most: str
) -> None:
    lines = {"name": "P", "home_url": "https://p.example/", "country": "GB", "language": "en"}
    text = "".join(f'{name} = "{told}"\n' for name, told in (lines | {key: value}).items())
    path = tmp_path / "my-paper.toml"
    section = '[[sections]]\nkey = "{}"\nkind = "feed"\nurl = "https://p.example/rss"\n'
    path.write_text(text + section.format("a"))
    with pytest.raises(SourceFileError, match=f"my-paper.toml.*{key}.*at most {most}"):
        load_source_file(path)


def test_a_section_key_and_a_file_name_are_no_longer_than_the_database_keeps(
    tmp_path: Path,
) -> None:
    head = 'name = "P"\nhome_url = "https://p.example/"\ncountry = "GB"\nlanguage = "en"\n'
    section = '[[sections]]\nkey = "{}"\nkind = "feed"\nurl = "https://p.example/rss"\n'
    path = tmp_path / "my-paper.toml"
    path.write_text(head + section.format("k" * 101))
    with pytest.raises(SourceFileError, match=r"my-paper\.toml.*key.*at most 100"):
        load_source_file(path)
    path.write_text(head + section.format("k" * 100))
    assert load_source_file(path).sections[0].key == "k" * 100
    with pytest.raises(SourceFileError, match="at most 100"):
        load_source_file(path.rename(tmp_path / ("p" * 101 + ".toml")))
