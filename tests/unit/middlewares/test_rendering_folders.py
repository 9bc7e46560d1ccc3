"""Folders of browsers that were killed with their process are removed, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.middlewares.rendering_folders import new_folder, remove_abandoned


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def abandoned(folder: Path) -> Path:
    """Return a folder that a process left behind when it was killed."""
    code = (
        "import os; from crawler.middlewares.rendering_folders import new_folder;"
        "print(new_folder(), flush=True); os.kill(os.getpid(), 9)"
    )
    env = os.environ | {"TMPDIR": str(folder)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    path = Path(done.stdout.strip())
    (path / "Default").mkdir()
    (path / "Default" / "Cookies").write_text("left")
    return path


def test_a_folder_whose_process_was_killed_is_removed(temporary: Path) -> None:
    left, mine = abandoned(temporary), new_folder()

    assert remove_abandoned(temporary) == 1
    assert not left.exists()
    assert mine.exists()


def test_a_process_that_got_the_same_number_later_does_not_keep_a_folder(temporary: Path) -> None:
    left = temporary / f"firstseen-browser-{os.getpid()}-1-abc"
    left.mkdir()

    assert remove_abandoned(temporary) == 1
    assert not left.exists()


def test_links_and_other_names_are_left_alone(temporary: Path) -> None:
    precious = temporary / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    link = temporary / "firstseen-browser-4194305-1-link"
    link.symlink_to(precious)
    other = temporary / "firstseen-browser-notes"
    other.mkdir()
    file = temporary / "firstseen-browser-4194305-1-file"
    file.write_text("kept")
    inside = temporary / "firstseen-browser-4194305-1-inside"
    inside.mkdir()
    (inside / "link").symlink_to(precious)

    assert remove_abandoned(temporary) == 1
    assert not inside.exists()
    assert (precious / "file").read_text() == "kept"
    assert link.is_symlink()
    assert other.exists()
    assert file.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's folder")
def test_another_users_folder_is_left_alone(temporary: Path) -> None:
    theirs = temporary / "firstseen-browser-4194305-1-theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)

    assert remove_abandoned(temporary) == 0
    assert theirs.exists()
