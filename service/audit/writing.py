"""What an audit found: as text for a terminal, as JSON, and its tickets one by one as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from service.audit.judging import shown
from service.audit.tally import LEVELS, Judged, Tally, median

COLUMNS = ("key", "score", "level", "kind", "project", "reason", "findings", "title", "url")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_row(cells: Sequence[object]) -> bytes:
    """One line of CSV. A text that a spreadsheet would compute is told by an apostrophe to stay a text."""
    stream = io.StringIO()
    csv.writer(stream).writerow([f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in cells])
    return stream.getvalue().encode("utf-8", "replace")


def cells(judged: Judged) -> list[object]:
    """A ticket's cells, in the order of COLUMNS."""
    rules = " ".join(point.rule for point in judged.points)
    score = "" if judged.score is None else judged.score
    return [
        judged.key,
        score,
        judged.level,
        judged.kind,
        judged.project,
        judged.reason,
        rules,
        judged.title,
        judged.url,
    ]


def summary(tally: Tally) -> dict[str, object]:
    """All figures, as plain data."""
    return {
        "tickets": tally.seen,
        "scored": tally.scored,
        "median": median(tally.scores),
        "levels": {level: tally.levels[level] for level in LEVELS},
        "not_scored": dict(tally.reasons.most_common()),
        "rules": [
            {"rule": rule, "tickets": count, "gain": tally.gains[rule]}
            for rule, count in tally.rules.most_common()
        ],
        "projects": [
            {"project": name, "tickets": sum(scores), "median": median(scores)}
            for name, scores in sorted(tally.projects.items())
        ],
        "worst": [
            {
                "key": one.key,
                "url": one.url,
                "title": one.title,
                "score": one.score,
                "mend": [
                    {"rule": point.rule, "gain": point.gain, "advice": point.coach} for point in shown(one.points)
                ],
            }
            for one in tally.worst_first()
        ],
    }


def as_json(tally: Tally) -> str:
    """The summary as JSON."""
    return json.dumps(summary(tally), ensure_ascii=False, indent=2) + "\n"


def as_text(tally: Tally) -> str:
    """The summary for a terminal."""
    middle = f", median {median(tally.scores)} of 100" if tally.scored else ""
    lines = [f"{tally.seen:,} ticket{'' if tally.seen == 1 else 's'}, {tally.scored:,} scored{middle}."]
    if tally.scored:
        lines += [f"  {level:<9}{tally.levels[level]:>9,}  {_share(tally, level)}" for level in LEVELS]
    lines += [f"  not scored {count:>7,}  {reason}" for reason, count in tally.reasons.most_common(5)]
    if tally.rules:
        lines += ["", "Found most:"]
        lines += [f"  {rule:<34}{count:>9,} tickets" for rule, count in tally.rules.most_common(10)]
    if tally.worst:
        lines += ["", "Worst tickets, and what would mend them:"]
        lines += [line for one in tally.worst_first()[:10] for line in _worst(one)]
    return "\n".join(lines) + "\n"


def _share(tally: Tally, level: str) -> str:
    return f"{100 * tally.levels[level] / tally.scored:.0f} %"


def _worst(one: Judged) -> list[str]:
    title = "".join(c if c.isprintable() else " " for c in one.title)[:70]
    mend = [
        f"       +{point.gain} {point.coach.strip().splitlines()[0]}" for point in shown(one.points) if point.coach
    ]
    return [f"  {one.score:>3}  {one.key}  {title}", *mend]
