"""The rules' titles by id, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from service import rulebook
from service.rulebook import Rule
from service.settings import Settings


def titles(settings: Settings) -> Mapping[str, str]:
    """Title by id."""
    return {rule.id: rule.title for rule in rules(settings).values()}


def rules(settings: Settings) -> Mapping[str, Rule]:
    """The rules by id, as they stood when this process first asked."""
    return _rules(settings.rules)


def is_ours(rule: Rule) -> bool:
    """Whether this is the rule that comes with the product, rather than a team's own in its place."""
    ours = _rules(None).get(rule.id)
    return ours is not None and ours.meaning == rule.meaning


@lru_cache(maxsize=4)
def _rules(folder: Path | None) -> Mapping[str, Rule]:
    try:
        return rulebook.load([folder] if folder else []).rules
    except rulebook.RuleFileError:
        return rulebook.load().rules  # as the workers do, which say what is wrong
