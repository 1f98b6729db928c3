"""Queries of the policies set while running, one a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from service.document.model import Section
from service.exemplar import Sharing
from service.policy import PolicyChange, RuleOverride
from service.store.dialect import insert, now
from service.store.quick import Quick
from service.store.schema import policy_override
from service.ticket import Kind, StatusCategory
from service.verdict import Severity
from service.vocabulary import NO_VOCABULARY, Agreed, Vocabulary

_SET = Quick(select(policy_override.c.policy).where(policy_override.c.project == bindparam("of")))
_SETS: Mapping[str, Callable[[str], str]] = {
    "silent_kinds": Kind,
    "silent_statuses": str,
    "silent_categories": StatusCategory,
    "withdrawn_categories": StatusCategory,
    "ignore_roles": str,
}


def set_policy(connection: Connection, project: str, change: PolicyChange, by: str) -> None:
    """Let `change` hold for a project from now on; `by` is a person's name in our terms."""
    row = {"project": project, "policy": _plain(change), "at": now(), "by": by}
    new = insert(connection.dialect.name, policy_override).values(row)
    connection.execute(new.on_conflict_do_update(index_elements=["project"], set_=dict(new.excluded.items())))


def drop_policy(connection: Connection, project: str) -> None:
    """Let what clarity.toml says hold again."""
    connection.execute(delete(policy_override).where(policy_override.c.project == project))


def get_policy(connection: Connection, project: str) -> PolicyChange | None:
    """What was set for a project while running, if anything."""
    found = _SET.row(connection, of=project)
    return None if found is None or found.policy is None else _change(found.policy)


def _plain(value: object) -> object:
    if isinstance(value, PolicyChange | RuleOverride | Vocabulary):
        told = {name: getattr(value, name) for name in value.__dataclass_fields__}
        return {name: _plain(item) for name, item in told.items() if item not in (None, NO_VOCABULARY)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def _change(plain: Mapping[str, Any]) -> PolicyChange:
    told = dict(plain)
    for name, kind in _SETS.items():
        if name in told:
            told[name] = frozenset(map(kind, told[name]))
    if "exemplars" in told:
        told["exemplars"] = Sharing(told["exemplars"])
    rules = {rule: _override(override) for rule, override in told.pop("rules", {}).items()}
    vocabulary = _vocabulary(told.pop("vocabulary", {}))
    return PolicyChange(**told, rules=MappingProxyType(rules), vocabulary=vocabulary)


def _vocabulary(plain: Mapping[str, Any]) -> Vocabulary:
    terms = {kind.value: frozenset(plain.get(kind.value, ())) for kind in Agreed}
    headings = {name: Section(section) for name, section in plain.get("headings", {}).items()}
    return Vocabulary(**terms, headings=MappingProxyType(headings))


def _override(plain: Mapping[str, Any]) -> RuleOverride:
    told = dict(plain)
    if "severity" in told:
        told["severity"] = Severity(told["severity"])
    if "applies_to" in told:
        told["applies_to"] = frozenset(map(Kind, told["applies_to"]))
    return RuleOverride(**told)
