"""How tickets stand, as pages and gadgets say it."""

from __future__ import annotations

import statistics
from typing import Any

from service.phrases import in_words
from service.store import Store
from service.store.showing import project_standing
from service.tenants import TRACKER
from service.verdict import Level

LEVELS = {Level.READY: "ready", Level.NEARLY: "nearly ready", Level.UNCLEAR: "not clear yet"}


def standing(store: Store, site: str, project: str | None) -> dict[str, Any]:
    """The tickets of a project, or of a whole site: how many, their median, by level, and what is found most."""
    with store.reading() as connection:
        told = project_standing(connection, TRACKER, site, project)
    return {
        "project": project or "",
        "count": len(told.scores),
        "middle": round(statistics.median(told.scores)) if told.scores else None,
        "levels": [[name, told.levels.get(level, 0)] for level, name in LEVELS.items()],
        "found": [[in_words(rule), count] for rule, count in told.rules],
    }
