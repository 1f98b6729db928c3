"""A rule's page: what it finds, why that matters, what passes. Made from the rule file and what was measured."""

from __future__ import annotations

from collections.abc import Iterable

from service.accuracy.judgements import Judgement
from service.example import Example
from service.rulebook import EVERY_KIND, Rule, Rulebook

HEADER = "<!-- Made from the rule file by `clarity rules docs`. Change the rule file instead. -->\n"
LISTS = (
    ("It finds", "bad"),
    ("It passes", "good"),
    ("It misses (known)", "missed"),
    ("It finds wrongly (known)", "false_alarms"),
)


def page(rule: Rule, judgement: Judgement | None = None) -> str:
    """The whole page; with what was judged of its findings, if it was."""
    facts = (
        f"`{rule.id}` · {rule.severity} · {rule.dimension} · costs {rule.weight} points · "
        f"applies to {applies_to(rule)}"
    )
    eased = f"**Eased.** A hint that costs {rule.eased.weight}, {rule.eased.title}." if rule.eased else ""
    parts = [
        f"{HEADER}# {rule.title}",
        facts,
        rule.why,
        eased,
        f"**What would pass.** {rule.coach}",
        f"**The comment says.** {rule.message.replace('{match}', '…')}",
        *(_examples(title, getattr(rule.examples, name)) for title, name in LISTS),
        f"**Measured precision.** Of its findings on real tickets: {judgement}." if judgement else "",
        f"**Source.** {rule.source}" if rule.source else "",
        f"The rule is [{rule.path}](../../{rule.path}).",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def index(book: Rulebook) -> str:
    """The list of all rules, by dimension."""
    lines = [f"{HEADER}# Rules", "", "| Rule | Finds | For | Severity | Points |", "|---|---|---|---|---|"]
    for rule in sorted(book.rules.values(), key=lambda rule: (rule.dimension, rule.id)):
        cells = (f"[{rule.id}]({rule.id}.md)", rule.title, applies_to(rule), rule.severity, rule.weight)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", "How to change one, or write your own: [Writing rules](../writing-rules.md)."]
    return "\n".join(lines) + "\n"


def applies_to(rule: Rule) -> str:
    """The kinds in words."""
    if rule.applies_to == EVERY_KIND:
        return "any ticket"
    return ", ".join([*sorted(rule.applies_to), *(["tickets of unknown kind"] if rule.untyped else [])])


def _examples(title: str, examples: Iterable[Example]) -> str:
    shown = [_fenced(example) for example in examples]
    return "\n\n".join([f"## {title}", *shown]) if shown else ""


def _fenced(example: Example) -> str:
    text = example.shown()
    fence = "````" if "```" in text else "```"
    return f"{fence}\n{text}\n{fence}"
