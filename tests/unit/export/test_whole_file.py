"""An output file is there when it is whole; until then what was there stays."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from pipelines.export.whole_file import OutputFileError, whole_file


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, content: bytes = b"new") -> None:
    with whole_file(str(path)) as stream:
        stream.write(content)


def test_the_file_appears_at_the_end_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with whole_file(str(path)) as stream:
        stream.write(b"new")
        assert not path.exists()

    assert path.read_bytes() == b"new"
    assert names_in(tmp_path) == ["out.csv"]


def write_half(path: Path, end: type[BaseException]) -> None:
    with whole_file(str(path)) as stream:
        stream.write(b"new" * 100_000)
        raise end


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, ValueError, BrokenPipeError])
def test_whatever_ends_it_early_leaves_the_old_file(
    tmp_path: Path, end: type[BaseException]
) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")

    with pytest.raises(end):
        write_half(path, end)

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["out.csv"]


def test_a_full_disk_is_told_with_the_file_that_could_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with (
        pytest.raises(OutputFileError, match=r"out.csv: cannot be written: No space left"),
        whole_file(str(path)),
    ):
        raise OSError(28, "No space left on device")
    assert names_in(tmp_path) == []


def test_a_replaced_file_keeps_its_rights_and_a_new_one_has_the_usual_ones(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_bytes(b"old")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write(old)
        write(new)
    finally:
        os.umask(before)

    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o640, 0o640]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "out.csv", tmp_path / "out.csv"
    target.write_bytes(b"old")
    link.symlink_to(target)

    write(link)

    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_is_written_to_directly(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()

    write(pipe)

    reader.join(5)
    assert read == [b"new"]
    assert names_in(tmp_path) == ["pipe"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputFileError, match="is a folder; name a file in it"):
        write(tmp_path)
    with pytest.raises(OutputFileError, match="No such file or directory"):
        write(tmp_path / "missing" / "out.csv")
