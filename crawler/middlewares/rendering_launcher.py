"""Started instead of the browser: takes the network away, ties it to its parent, becomes it.

Run as a script by ``rendering_browser.py`` with the standard library alone:
``rendering_launcher.py PID_FILE apart|shared BROWSER [ARGUMENT ...]``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # prctl(2)
_CLONE_NEWUSER = 0x10000000  # unshare(2)
_CLONE_NEWNET = 0x40000000


def leave_network(libc: ctypes.CDLL) -> bool:
    """Move this process into a network of its own, in which there is nobody; return whether it did.

    Root needs nothing else; everybody else needs a user namespace first, in which the own user and
    group stay what they are.
    """
    user, group = os.getuid(), os.getgid()
    if user == 0:
        return bool(libc.unshare(_CLONE_NEWNET) == 0)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    own = Path("/proc/self")
    with suppress(OSError):  # absent on old kernels, where it is not needed
        (own / "setgroups").write_text("deny")
    (own / "uid_map").write_text(f"{user} {user} 1")
    (own / "gid_map").write_text(f"{group} {group} 1")
    return True


def die_with_parent(libc: ctypes.CDLL, parent: int) -> None:
    """Be killed as soon as the parent is gone, however it ends."""
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before we could ask
        os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """Become the browser."""
    pid_file, network, browser, *rest = arguments
    parent = os.getppid()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if network == "apart":
            leave_network(libc)
        # Last: the kernel forgets the wish when a user namespace changes the capabilities.
        die_with_parent(libc, parent)
    Path(pid_file).write_text(str(os.getpid()))
    os.execv(browser, [browser, *rest])  # noqa: S606 - the browser the operator installed


if __name__ == "__main__":
    main(sys.argv[1:])
