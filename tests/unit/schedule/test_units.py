"""The units say what the machine needs, and quote what their formats would misread."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.schedule.units import Installation, cron_line, daemon_units, timer_units

PROGRAM = Path("/opt/firstseen/bin/firstseen")
PLAIN = Installation(PROGRAM, program_paths=(Path("/opt/firstseen"), Path("/usr")))
OWN = replace(PLAIN, workspace=Path("/srv/news desk"), owner="desk")


def service(at: Installation) -> str:
    return daemon_units(at)[f"{at.name}.service"]


def test_the_daemon_tells_systemd_when_it_is_ready_and_that_it_lives() -> None:
    lines = service(PLAIN).splitlines()

    assert {"Type=notify", "WatchdogSec=2min", "Restart=always"} <= set(lines)
    assert f"ExecStart={PROGRAM} run --workspace /var/lib/firstseen" in lines
    assert "WantedBy=multi-user.target" in lines


def test_without_a_workspace_systemd_makes_the_folder_and_the_user() -> None:
    lines = service(PLAIN).splitlines()

    assert {"DynamicUser=yes", "StateDirectory=firstseen", "ProtectSystem=strict"} <= set(lines)
    assert not any(line.startswith("User=") for line in lines)


def test_a_workspace_is_served_by_its_owner_and_nothing_else_can_be_written() -> None:
    lines = service(OWN).splitlines()

    assert {"User=desk", 'ReadWritePaths="/srv/news desk"', "ProtectSystem=strict"} <= set(lines)
    assert f'ExecStart={PROGRAM} run --workspace "/srv/news desk"' in lines
    assert "DynamicUser=yes" not in lines


def test_a_program_in_a_home_folder_stays_readable_while_the_homes_are_hidden() -> None:
    at = replace(PLAIN, program_paths=(Path("/home/ann/venv"),), workspace=Path("/home/ann/news"))

    lines = service(at).splitlines()

    assert "ProtectHome=tmpfs" in lines
    assert "BindReadOnlyPaths=/home/ann/venv" in lines
    assert "BindPaths=/home/ann/news" in lines


@pytest.mark.parametrize(
    ("rendering", "has", "lacks"),
    [
        (False, "MemoryDenyWriteExecute=yes", "RestrictNamespaces=user pid net"),
        (True, "RestrictNamespaces=user pid net", "MemoryDenyWriteExecute=yes"),
    ],
)
def test_only_the_unit_for_rendering_is_loose_enough_for_a_browser(
    rendering: bool, has: str, lacks: str
) -> None:
    lines = service(replace(PLAIN, rendering=rendering)).splitlines()

    assert has in lines
    assert lacks not in lines


def test_the_units_with_and_without_browser_exclude_each_other() -> None:
    assert "Conflicts=firstseen-rendering.service" in service(PLAIN)
    assert "Conflicts=firstseen.service" in service(replace(PLAIN, rendering=True))


def test_a_machine_that_slept_catches_up_and_machines_do_not_ask_all_at_once() -> None:
    lines = timer_units(PLAIN)["firstseen.timer"].splitlines()

    assert {"Persistent=true", "RandomizedDelaySec=60s", "FixedRandomDelay=true"} <= set(lines)


def test_a_run_in_which_some_sections_failed_does_not_fail_the_unit() -> None:
    lines = timer_units(PLAIN)["firstseen.service"].splitlines()

    assert {"Type=oneshot", "SuccessExitStatus=3"} <= set(lines)


def test_credentials_are_shown_to_the_service_alone_and_the_password_file_is_named() -> None:
    lines = service(replace(PLAIN, credentials=("pgpass:/etc/firstseen/pgpass",))).splitlines()

    assert "LoadCredential=pgpass:/etc/firstseen/pgpass" in lines
    assert "Environment=PGPASSFILE=%d/pgpass" in lines


@pytest.mark.parametrize(
    ("credential", "told"),
    [
        ("DESK_SECRET:/etc/firstseen/desk", ["Environment=DESK_SECRET_FILE=%d/DESK_SECRET"]),
        ("desk-secret:/etc/firstseen/desk", []),  # no `${NAME}` can name it
    ],
)
def test_a_credential_is_found_where_secrets_are_looked_for(
    credential: str, told: list[str]
) -> None:
    lines = service(replace(PLAIN, credentials=(credential,))).splitlines()

    assert f"LoadCredential={credential}" in lines
    assert [line for line in lines if "_FILE=" in line] == told


def test_a_units_own_signs_in_a_path_are_written_twice() -> None:
    text = service(replace(OWN, workspace=Path("/srv/100%/$news")))

    assert "--workspace /srv/100%%/$$news" in text
    assert "ReadWritePaths=/srv/100%%/$news" in text


def test_the_crontab_line_escapes_percent_signs_and_starts_at_the_machines_own_minute() -> None:
    at = replace(OWN, workspace=Path("/srv/100% news"))

    lines = {cron_line(at, f"machine-{number}") for number in range(40)}

    assert {line.split("-")[0] for line in lines} == {"0", "1", "2", "3", "4"}
    assert all(r"--workspace '/srv/100\% news'" in line for line in lines)


def test_the_metrics_folder_is_writable_where_the_metrics_go_to_a_file() -> None:
    at = replace(PLAIN, metrics_file=Path("/var/lib/prometheus/firstseen.prom"))

    text = timer_units(at)["firstseen.service"]

    assert "crawl --due --metrics-file /var/lib/prometheus/firstseen.prom" in text
    assert "ReadWritePaths=/var/lib/prometheus" in text
