"""How strict and how talkative we are: defaults < clarity.toml < stored override < automatic silence. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from service.exemplar import Sharing
from service.ticket import Kind, StatusCategory
from service.verdict import Severity
from service.vocabulary import NO_VOCABULARY, Vocabulary

# What says where a score is shown, and not what it is.
_OF_NO_JUDGEMENT = frozenset(
    {
        "withdrawn_categories",
        "silence",
        "label",
        "show_score",
        "score_field",
        "visible_to",
        "ignore_roles",
        "welcome",
        "exemplars",
        "debounce",
        "max_wait",
    }
)
ADMINISTRATORS = frozenset({"administrators", "administrator"})
"""What Jira calls those who run a project, in its two sorts of projects."""


@dataclass(frozen=True, slots=True)
class RuleOverride:
    """What a team changes about one rule; None keeps what the rule file says."""

    enabled: bool | None = None
    weight: int | None = None
    severity: Severity | None = None
    applies_to: frozenset[Kind] | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one ticket. `ready` and `nearly` are the lowest scores of those levels.

    `vocabulary` is what the team's words mean to it. More tickets than `storm` saved together in a project are an
    import or a bulk edit (0: never). In `withdrawn_categories`, where we are silent, our comment is taken back.
    `silence` is why we start no comment of our own accord, or "".

    We speak once a ticket has been left alone for `debounce` seconds, or `max_wait` seconds after the first save
    that we have not answered; 0 is at once.

    On the ticket itself: `label` marks what is unclear, `show_score` adds the score, `score_field` is a number
    field for it; "" and False are none. `visible_to` is whom comments are for, as in "role:Developers"; "" is all.

    `ignore_roles` are the project roles, without case, whose holders may have a rule ignored; empty is nobody but
    a ticket's author and assignee. `exemplars` says whether good tickets are shown to others in the project.
    `welcome`: the first comment that an author gets says so, and has the team's template.
    """

    ready: int = 80
    nearly: int = 50
    quiet: bool = False
    service_desk: bool = False
    silent_kinds: frozenset[Kind] = frozenset()
    silent_statuses: frozenset[str] = frozenset()
    silent_categories: frozenset[StatusCategory] = frozenset({StatusCategory.DONE})
    withdrawn_categories: frozenset[StatusCategory] = frozenset({StatusCategory.DONE})
    storm: int = 50
    silence: str = ""
    label: str = ""
    show_score: bool = False
    score_field: str = ""
    visible_to: str = ""
    ignore_roles: frozenset[str] = ADMINISTRATORS
    welcome: bool = True
    exemplars: Sharing = Sharing.WITH_CONSENT
    debounce: float = 0.0
    max_wait: float = 0.0
    rules: Mapping[str, RuleOverride] = field(default_factory=lambda: MappingProxyType({}))
    vocabulary: Vocabulary = NO_VOCABULARY

    def speaks(self, kind: Kind | None, status: str, category: StatusCategory) -> bool:
        """Whether tickets of this kind, in this state, are commented on at all."""
        return not (
            self.quiet
            or kind in self.silent_kinds
            or status.casefold() in self.silent_statuses
            or category in self.silent_categories
        )

    @property
    def hash(self) -> str:
        """A short name for what a team decided on judging; automatic silence is not part of it."""
        told = {
            name: _plain(getattr(self, name)) for name in self.__dataclass_fields__ if name not in _OF_NO_JUDGEMENT
        }
        return hashlib.sha256(json.dumps(told | {"silence": ""}, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A partial policy: None keeps what a weaker layer says. A vocabulary is added to that of weaker layers."""

    ready: int | None = None
    nearly: int | None = None
    quiet: bool | None = None
    service_desk: bool | None = None
    silent_kinds: frozenset[Kind] | None = None
    silent_statuses: frozenset[str] | None = None
    silent_categories: frozenset[StatusCategory] | None = None
    withdrawn_categories: frozenset[StatusCategory] | None = None
    storm: int | None = None
    label: str | None = None
    show_score: bool | None = None
    score_field: str | None = None
    visible_to: str | None = None
    ignore_roles: frozenset[str] | None = None
    welcome: bool | None = None
    exemplars: Sharing | None = None
    debounce: float | None = None
    rules: Mapping[str, RuleOverride] = field(default_factory=lambda: MappingProxyType({}))
    vocabulary: Vocabulary = NO_VOCABULARY


def effective_policy(
    base: Policy, changes: Iterable[PolicyChange], *, silence: str = "", voiceless: Iterable[str] = ()
) -> Policy:
    """Lay the changes over the base, weakest first; automatic silence is strongest: of a ticket, with its reason,
    and of `voiceless` rules, which neither speak nor cost anything.
    """
    policy = base
    for change in changes:
        told = {
            name: value
            for name in PolicyChange.__dataclass_fields__
            if name not in ("rules", "vocabulary") and (value := getattr(change, name)) is not None
        }
        policy = replace(
            policy,
            **told,
            rules=MappingProxyType({**policy.rules, **change.rules}),
            vocabulary=policy.vocabulary.joined(change.vocabulary),
        )
    return without(replace(policy, silence=silence), voiceless)


def without(policy: Policy, rules: Iterable[str]) -> Policy:
    """The policy with these rules switched off."""
    off = {rule: replace(policy.rules.get(rule, RuleOverride()), enabled=False) for rule in rules}
    return replace(policy, rules=MappingProxyType({**policy.rules, **off})) if off else policy


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(str(v) for v in value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
