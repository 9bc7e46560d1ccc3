from pathlib import Path

import pytest

from crawler.catalogue import load_sources
from crawler.config import ConfigError
from crawler.workspace import choose_sources, copy_from_catalogue, create_workspace
from pipelines.operator_error import UsageError


def workspace(folder: Path) -> Path:
    create_workspace(folder)
    return folder / "sources"


def test_several_publishers_are_copied_at_once(tmp_path: Path) -> None:
    sources = workspace(tmp_path)

    copied = copy_from_catalogue(sources, ["econotimes", "the-guardian"])

    assert [path.name for path in copied] == ["econotimes.toml", "the-guardian.toml"]
    assert list(load_sources(sources)) == ["econotimes", "the-guardian"]


@pytest.mark.parametrize("wrong", ["the-gardian", "../../etc/passwd", "econotimes"])
def test_nothing_is_copied_when_one_of_them_cannot_be(tmp_path: Path, wrong: str) -> None:
    sources = workspace(tmp_path)
    copy_from_catalogue(sources, ["econotimes"])

    with pytest.raises(UsageError):
        copy_from_catalogue(sources, ["the-guardian", wrong])

    assert list(load_sources(sources)) == ["econotimes"]


def test_a_mistyped_slug_is_answered_with_the_nearest(tmp_path: Path) -> None:
    sources = workspace(tmp_path)
    copy_from_catalogue(sources, ["econotimes"])

    with pytest.raises(UsageError, match="did you mean the-guardian"):
        copy_from_catalogue(sources, ["the-gardian"])
    with pytest.raises(UsageError, match=r"unknown source econtimes; did you mean econotimes\?"):
        choose_sources(sources, ["econtimes"])


def test_an_unknown_slug_among_hundreds_does_not_print_them_all() -> None:
    from crawler.catalogue import BUNDLED_SOURCES

    with pytest.raises(UsageError) as told:
        choose_sources(BUNDLED_SOURCES, ["econtimes"])

    assert len(str(told.value)) < 200


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(ConfigError, match="file: cannot be written: Not a directory"):
        create_workspace(tmp_path / "file")
    with pytest.raises(ConfigError, match="file: cannot be written: Not a directory"):
        copy_from_catalogue(tmp_path / "file", ["econotimes"])


def test_a_workspace_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    workspace(tmp_path)
    (tmp_path / "firstseen.toml").write_text("# mine\n")

    assert create_workspace(tmp_path) == []
    assert (tmp_path / "firstseen.toml").read_text() == "# mine\n"
