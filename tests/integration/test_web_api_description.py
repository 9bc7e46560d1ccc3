"""The OpenAPI document tells the truth: whatever it allows is answered as it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python import asgi

from pipelines.web.app import create_app
from pipelines.web.shell import Shell
from tests.integration.web_api_newsroom import open_newsroom

_MOST_TOLD = 10


def settings(*, examples: int, systematic: bool) -> SchemathesisConfig:
    """Every check there is; ``systematic``: also every boundary of every parameter."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "generation": {"max-examples": examples},
            "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": systematic}},
            # What no schema can say is answered 400: the grammar of queries, what is in a cursor.
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "404", "410"]}
            },
        }
    )


def failures(schema: Any, passed: Counter[str]) -> Iterator[str]:
    """Yield what is wrong, with the request; count the checks that passed."""
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            yield repr(event)
        if not isinstance(event, events.ScenarioFinished):
            continue
        for case, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is None:
                    passed[check.name] += 1
                    continue
                asked = event.recorder.cases[case].value.as_curl_command()
                yield f"{check.name}: {check.failure_info.failure.message}\n{asked}"


@pytest.mark.parametrize(
    ("dialect", "examples", "systematic"),
    [("sqlite", 5, True), ("postgresql", 5, False)],
    indirect=["dialect"],
)
def test_whatever_the_description_allows_is_answered_as_it_says(
    database_url: str, tmp_path: Path, examples: int, systematic: bool
) -> None:
    newsroom = open_newsroom(database_url, tmp_path)
    app = create_app(newsroom.desk, Shell(hosts=(asgi.HOST,), requests_per_minute=10_000_000))
    config = settings(examples=examples, systematic=systematic)
    passed: Counter[str] = Counter()
    try:
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)
        found = list(failures(schema, passed))
    finally:
        newsroom.close()

    assert found[:_MOST_TOLD] == []
    assert passed["response_schema_conformance"] > 50
    assert passed["not_a_server_error"] >= passed["response_schema_conformance"]
