"""Rows → a table for a terminal, for a page, or for a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from service.accuracy.evaluation import Figure, Row

FEW_GROUPS = 6


def as_text(rows: Iterable[Row], *, groups: bool = False) -> str:
    """One line a label, below it the precision of its rules where several answer it, and, if asked, the groups."""
    lines: list[str] = []
    for row in rows:
        lines.append(_line(f"{row.set:15} {row.label:20}", row.figure) + _tail(row))
        if len(row.rules) > 1:
            lines += [f"    {rule:32} right {share}" for rule, share in _shares(row)]
        if groups and len(row.groups) > 1:
            lines += [_line(f"    {group[:31]:32}", figure) for group, figure in row.groups.items()]
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """Three tables: by label, by rule, and by group for sets of few groups."""
    labels = [
        (row.set, row.label, *_counts(row.figure), *_rates(row.figure), _range(row.interval), _range(row.left_out))
        for row in rows
    ]
    rules = [
        (f"`{rule}`", row.set, row.label, share)
        for row in rows
        for rule, share in _shares(row)
        if row.rules[rule][1]
    ]
    groups = [
        (row.set, row.label, group, *_counts(figure), *_rates(figure))
        for row in rows
        if 1 < len(row.groups) <= FEW_GROUPS
        for group, figure in row.groups.items()
    ]
    rates = ("Precision", "Recall", "F1 or AUC")
    return "\n\n".join(
        [
            table(("Set", "Label", "Tickets", "With it", *rates, "95 %", "A group left out"), labels),
            "Of the tickets that a rule flagged, those that people had given the label:",
            table(("Rule", "Set", "Label", "Right"), rules),
            f"By group, where a set has at most {FEW_GROUPS}:",
            table(("Set", "Label", "Group", "Tickets", "With it", *rates), groups),
        ]
    )


def as_json(rows: Iterable[Row]) -> list[dict[str, object]]:
    """One object a label, its figures rounded to three places."""
    return [
        {
            "set": row.set,
            "label": row.label,
            **_plain(row.figure),
            "ci": _rounded(row.interval),
            "left_out": _rounded(row.left_out),
            "rules": {rule: {"right": right, "flagged": flagged} for rule, (right, flagged) in row.rules.items()},
            "groups": {group: _plain(figure) for group, figure in row.groups.items()},
            "lost": row.lost,
        }
        for row in rows
    ]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [_cells(head), "|" + "---|" * len(head), *map(_cells, rows)]
    return "\n".join(lines)


def _cells(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _line(name: str, figure: Figure) -> str:
    return f"{name} n={figure.n:4} pos={figure.positive:4}  {_figures(figure)}"


def _figures(figure: Figure) -> str:
    if figure.rates:
        return f"P {figure.rates.precision:.3f}  R {figure.rates.recall:.3f}  F1 {figure.rates.f1:.3f}"
    return "AUC –" if figure.auc is None else f"AUC {figure.auc:.3f}"


def _tail(row: Row) -> str:
    parts = [
        f"95% {row.interval[0]:.2f}-{row.interval[1]:.2f}" if row.interval else "",
        f"a group left out {row.left_out[0]:.2f}-{row.left_out[1]:.2f}" if row.left_out else "",
        f"LOST {row.lost}" if row.lost else "",
    ]
    return "".join(f"  {part}" for part in parts if part)


def _shares(row: Row) -> list[tuple[str, str]]:
    return [
        (rule, f"{right} of {flagged}" + (f" ({right / flagged:.0%})" if flagged else ""))
        for rule, (right, flagged) in row.rules.items()
    ]


def _counts(figure: Figure) -> tuple[int, int]:
    return figure.n, figure.positive


def _rates(figure: Figure) -> tuple[str, str, str]:
    if figure.rates:
        return f"{figure.rates.precision:.2f}", f"{figure.rates.recall:.2f}", f"**{figure.rates.f1:.2f}**"
    return "", "", "–" if figure.auc is None else f"AUC **{figure.auc:.2f}**"


def _range(found: tuple[float, float] | None) -> str:
    return f"{found[0]:.2f}–{found[1]:.2f}" if found else ""


def _plain(figure: Figure) -> dict[str, object]:
    counts: dict[str, object] = {"n": figure.n, "positive": figure.positive}
    if not figure.rates:
        return {**counts, "auc": None if figure.auc is None else round(figure.auc, 3)}
    rates = figure.rates
    told = {"precision": rates.precision, "recall": rates.recall, "f1": rates.f1}
    return {**counts, "flagged": figure.flagged, **{name: round(value, 3) for name, value in told.items()}}


def _rounded(found: tuple[float, float] | None) -> list[float] | None:
    return [round(value, 3) for value in found] if found else None
