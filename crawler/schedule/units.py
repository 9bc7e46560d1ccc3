"""Writes the systemd units and the crontab line by which firstseen runs on a machine."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

# `crawl --due` decides what is due; the timer only has to ask often enough for the busiest section.
MINUTES_BETWEEN_CRAWLS = 5
_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]*")
_HOMES = ("/home", "/root", "/run/user")  # what ProtectHome= hides


@dataclass(frozen=True, slots=True)
class Installation:
    """What the units must know of this machine.

    ``workspace`` None means the state folder that systemd makes (/var/lib/firstseen), used under a
    user that exists only while the service runs. ``owner`` is whom a workspace belongs to.
    ``program_paths`` must be readable: the folders of the program and of its Python.
    ``credentials`` are "name:/path" pairs; systemd shows the files to the service alone.
    """

    program: Path
    workspace: Path | None = None
    owner: str = ""
    program_paths: tuple[Path, ...] = ()
    credentials: tuple[str, ...] = ()
    user: bool = False  # for `systemctl --user`
    rendering: bool = False  # chromium must be able to run
    metrics_file: Path | None = None

    @property
    def name(self) -> str:
        """The units' name without suffix."""
        return "firstseen-rendering" if self.rendering else "firstseen"


def daemon_units(at: Installation) -> dict[str, str]:
    """Return the service of `firstseen run`: file name -> text."""
    service = [
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={_command(at, 'run')}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "WatchdogSec=2min",
        "Restart=always",
        "RestartSec=10s",
        "TimeoutStartSec=5min",  # a migration of a big archive comes first
        "TimeoutStopSec=40s",  # pages in flight are finished or dropped within 30 s
    ]
    wanted_by = "default.target" if at.user else "multi-user.target"
    unit = _unit(at, "news monitor", restart_limit=True)
    return {
        f"{at.name}.service": _file(
            unit,
            ("Service", [*service, *_surroundings(at)]),
            ("Install", [f"WantedBy={wanted_by}"]),
        )
    }


def timer_units(at: Installation) -> dict[str, str]:
    """Return the service of `firstseen crawl --due` and its timer: file name -> text."""
    more = ["--metrics-file", str(at.metrics_file)] if at.metrics_file else []
    service = [
        "Type=oneshot",
        f"ExecStart={_command(at, 'crawl', '--due', *more)}",
        # 3: done, though some sections could not be read; `firstseen health` says which.
        "SuccessExitStatus=3",
        "TimeoutStartSec=30min",
    ]
    timer = [
        f"OnCalendar=*:0/{MINUTES_BETWEEN_CRAWLS}",
        "Persistent=true",  # a machine that slept looks once as soon as it wakes
        "RandomizedDelaySec=60s",
        "FixedRandomDelay=true",  # spread over machines, but even on each
        "AccuracySec=5s",
        f"Unit={at.name}.service",
    ]
    return {
        f"{at.name}.service": _file(
            _unit(at, "look at what is due"), ("Service", [*service, *_surroundings(at)])
        ),
        f"{at.name}.timer": _file(
            ("Unit", ["Description=firstseen: when to look"]),
            ("Timer", timer),
            ("Install", ["WantedBy=timers.target"]),
        ),
    }


def cron_line(at: Installation, machine: str) -> str:
    """Return the crontab line of `firstseen crawl --due`.

    The minute follows from the machine's name, so that machines do not all ask at once.
    """
    minutes = MINUTES_BETWEEN_CRAWLS
    first = int.from_bytes(blake2b(machine.encode(), digest_size=4).digest(), "big") % minutes
    words = [str(at.program), "crawl", "--due", "--workspace", str(at.workspace)]
    if at.metrics_file:
        words += ["--metrics-file", str(at.metrics_file)]
    # crontab(5): an unescaped % ends the command.
    return f"{first}-59/{minutes} * * * * {shlex.join(words)}".replace("%", r"\%") + "\n"


_Part = tuple[str, Sequence[str]]


def _unit(at: Installation, told: str, *, restart_limit: bool = False) -> _Part:
    lines = [f"Description=firstseen: {told}"]
    if not at.user:
        lines += ["Wants=network-online.target", "After=network-online.target"]
    other = "firstseen" if at.rendering else "firstseen-rendering"
    lines.append(f"Conflicts={other}.service")  # one of the two, with or without a browser
    if restart_limit:
        lines.append("StartLimitIntervalSec=0")  # a wrong night must not end the watch for good
    return "Unit", lines


def _command(at: Installation, *words: str) -> str:
    program = [str(at.program), *words, "--workspace", str(at.workspace or "/var/lib/firstseen")]
    return " ".join(_quoted(word) for word in program)


def _quoted(word: str) -> str:
    """Quote one word for ExecStart= (systemd.service(5): % and $ are written twice)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in word for sign in " \t'\";\\") else escaped


def _path(path: Path) -> str:
    """Quote one path for a setting that takes a list of them."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if " " in text else text


def _surroundings(at: Installation) -> Iterator[str]:
    yield "Environment=PYTHONUNBUFFERED=1"
    yield from _credentials(at)
    if not at.user:
        yield from _identity(at)
        yield from _filesystem(at)
    yield from _SANDBOX_OF_USERS if at.user else _SANDBOX
    yield from _LOOSER if at.rendering else _TIGHTER
    memory = "3G" if at.rendering else "1G"  # a browser with capped pages takes 0.6 to 1.5 GB
    yield f"MemoryMax={memory}"
    yield f"TasksMax={1024 if at.rendering else 128}"
    yield "OOMPolicy=continue" if at.rendering else "OOMPolicy=stop"


def _credentials(at: Installation) -> Iterator[str]:
    for pair in at.credentials:
        yield f"LoadCredential={pair.replace('%', '%%')}"
        name = pair.partition(":")[0]
        if name == "pgpass":
            yield "Environment=PGPASSFILE=%d/pgpass"
        elif _VARIABLE.fullmatch(name):
            yield f"Environment={name}_FILE=%d/{name}"  # where `${NAME}` is looked for


def _identity(at: Installation) -> Iterator[str]:
    if at.workspace is None:
        yield "DynamicUser=yes"
        yield "StateDirectory=firstseen"
        yield "StateDirectoryMode=0750"
        yield "WorkingDirectory=/var/lib/firstseen"
    else:
        yield f"User={at.owner}"
        yield f"WorkingDirectory={str(at.workspace).replace('%', '%%')}"
        yield f"ReadWritePaths={_path(at.workspace)}"
    if at.metrics_file:
        yield f"ReadWritePaths={_path(at.metrics_file.parent)}"


def _filesystem(at: Installation) -> Iterator[str]:
    needed = [path for path in at.program_paths if _is_in_home(path)]
    hides_own = at.workspace is not None and _is_in_home(at.workspace)
    if not needed and not hides_own:
        yield "ProtectHome=yes"
        return
    yield "ProtectHome=tmpfs"  # the home folders are empty but for what is named here
    for path in needed:
        yield f"BindReadOnlyPaths={_path(path)}"
    if at.workspace is not None and hides_own:
        yield f"BindPaths={_path(at.workspace)}"


def _is_in_home(path: Path) -> bool:
    return any(path.is_relative_to(home) for home in _HOMES)


# What a user's own manager can apply without help from the system's.
_SANDBOX_OF_USERS = (
    "UMask=0077",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "SystemCallArchitectures=native",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
)
_SANDBOX = (
    "UMask=0027",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "ProtectProc=invisible",
    "RemoveIPC=yes",
    "RestrictSUIDSGID=yes",
    "RestrictRealtime=yes",
    "LockPersonality=yes",
    "KeyringMode=private",
    "SystemCallArchitectures=native",
    # AF_NETLINK: the C library reads the machine's addresses through it when it resolves names.
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
)
_TIGHTER = (
    "ProcSubset=pid",
    "PrivateUsers=yes",
    "RestrictNamespaces=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources @obsolete",
    "SystemCallErrorNumber=EPERM",
)
# Chromium draws its own sandbox out of namespaces, compiles scripts, and sets limits for its
# children; it also reads /proc/meminfo and the like.
_LOOSER = (
    "RestrictNamespaces=user pid net",
    "SystemCallFilter=@system-service @mount chroot seccomp",
    "SystemCallErrorNumber=EPERM",
)


def _file(*parts: _Part) -> str:
    blocks = ["\n".join([f"[{title}]", *lines]) for title, lines in parts]
    return "\n\n".join(blocks) + "\n"
