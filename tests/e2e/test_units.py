"""systemd itself accepts the printed units; their exposure is measured and kept low."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from crawler.cli import main

# 0 is closed, 10 is open (`systemd-analyze security`). A looser bound would let a lost line pass.
MOST_EXPOSED = {"firstseen": 1.5, "firstseen-rendering": 2.5}

WAYS = (
    ["--daemon"],
    ["--daemon", "--rendering"],
    ["--daemon", "--credential", "pgpass:/etc/firstseen/pgpass"],
    ["--timer"],
    ["--timer", "--rendering"],
    ["--daemon", "--user"],
    ["--timer", "--user"],
)


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        assert not os.environ.get("CI"), "CI installs systemd"
        pytest.skip("needs systemd-analyze (Debian: apt-get install systemd)")
    return found


def run(command: list[str], folder: Path) -> str:
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "SYSTEMD_COLORS": "0"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=environ
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_systemd_accepts_the_units(way: list[str], tmp_path: Path, analyze: str) -> None:
    workspace, units = tmp_path / "news desk", tmp_path / "units"
    workspace.mkdir()
    (workspace / "firstseen.toml").touch()
    assert main(["units", *way, "--workspace", str(workspace), "--into", str(units)]) == 0
    files = sorted(map(str, units.iterdir()))

    told = run([analyze, "verify", *(["--user"] if "--user" in way else []), *files], tmp_path)

    assert told == ""


@pytest.mark.parametrize("way", [way for way in WAYS if "--user" not in way], ids=" ".join)
def test_the_units_are_closed_where_the_work_allows_it(
    way: list[str], tmp_path: Path, analyze: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # no workspace here: the one under /var/lib
    monkeypatch.delenv("FIRSTSEEN_WORKSPACE", raising=False)
    assert main(["units", *way, "--into", str(tmp_path)]) == 0
    service = next(tmp_path.glob("*.service"))

    told = run([analyze, "security", "--offline=true", str(service)], tmp_path)

    exposure = re.search(r"exposure level for .*: ([\d.]+)", told)
    assert exposure is not None, told
    print(f"{' '.join(way)}: exposure {exposure[1]}")
    assert float(exposure[1]) <= MOST_EXPOSED[service.stem]
