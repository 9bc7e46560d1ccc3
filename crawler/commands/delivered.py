"""How the delivery of alerts is told: one line for people, a record for programs."""

from __future__ import annotations

from typing import Any

from crawler.delivery import Pass

PARTLY = 3  # the exit status where something could not be delivered and will be tried again


def delivered_line(sent: Pass) -> str:
    """Return what a pass over the outbox did, in one line; "" when there was nothing to say."""
    if sent.error:
        return f"not delivered: {sent.error}"
    parts = [f"{count} {outcome}" for outcome, count in sorted(sent.outcomes.items())]
    if sent.troubles:
        parts[-1] += f" ({'; '.join(f'{name}: {why}' for name, why in sent.troubles.items())})"
    if not sent.is_done:
        parts.append("a receiver still has to answer")
    if not sent.is_well:
        parts.append("tried again later, see `firstseen health`")
    if sent.unknown:
        parts.append(f"some wait: firstseen.toml has no channel {', '.join(sent.unknown)}")
    return ", ".join(parts)


def delivered_record(sent: Pass) -> dict[str, Any]:
    """Return the same as JSON values."""
    return {
        "messages": dict(sent.outcomes),
        "troubles": dict(sent.troubles),
        "unknown_channels": list(sent.unknown),
        "another_delivers": sent.another_delivers,
        "done": sent.is_done and not sent.error,
        "error": sent.error or None,
    }
