"""Writes the tables and the cookbook of docs/sql.md anew: ``python -m`` this file and its path."""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.storage.cookbook import COOKBOOK, PARAMETERS
from pipelines.storage.sql_text import read_statement
from pipelines.storage.view_columns import SHARED, VIEWS


def written_anew(page: str) -> str:
    """Return a page whose marked parts are as the views and the cookbook say now."""
    parts = {"views": "\n".join(map(_view, VIEWS)), "cookbook": "\n".join(map(_question, COOKBOOK))}
    for name, part in parts.items():
        before, begin, rest = page.partition(f"<!-- {name}: ")
        told, end, after = rest.partition(f"<!-- end of {name} -->")
        page = f"{before}{begin}{told.partition(chr(10))[0]}\n\n{part}\n{end}{after}"
    return page


def column_meanings(view: str) -> dict[str, str]:
    """Return what each column of a view means, in order."""
    return {name: told or SHARED[name] for name, told in VIEWS[view][1].items()}


def _view(name: str) -> str:
    lines = [f"### {name}\n", VIEWS[name][0], "", "| column | meaning |", "|---|---|"]
    lines += [f"| `{column}` | {told} |" for column, told in column_meanings(name).items()]
    return "\n".join(lines) + "\n"


def _question(name: str) -> str:
    question, note, query = COOKBOOK[name]
    asked = []
    for parameter in read_statement(query).parameters:
        meaning, default, _ = PARAMETERS[parameter]
        usual = f", `{default}` unless told otherwise" if default else ""
        asked.append(f"`:{parameter}` is {meaning}{usual}.")
    told = " ".join([note, *asked])
    return f"### {name}\n\n**{question}** {told}\n\n```sql\n{query}\n```\n"


def main() -> None:
    """Write the named page anew."""
    path = Path(sys.argv[1])
    path.write_text(written_anew(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
