"""Fills in secrets that the files of a workspace only name, as ${NAME}."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipelines.operator_error import OperatorError

#: How a file names what is secret.
NAMED_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class SecretError(OperatorError):
    """A secret is named that nobody set; the message names it."""


def filled(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text`` with every ``${NAME}`` replaced. Raises SecretError.

    NAME is a variable, or NAME_FILE one that names a file with the secret in it.
    """
    return NAMED_SECRET.sub(lambda found: _secret(found[1], environ), text)


def _secret(name: str, environ: Mapping[str, str]) -> str:
    if name in environ:
        return environ[name]
    if path := environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SecretError(f"{name}_FILE cannot be read: {type(error).__name__}") from error
    raise SecretError(f"neither {name} nor {name}_FILE is set")
