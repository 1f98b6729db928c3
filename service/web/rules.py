"""/rules: every rule with its page, how often it fires and how it is taken; a switch per project for admins."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from service.accuracy.judgements import shipped
from service.policy import Policy, PolicyChange, RuleOverride, effective_policy
from service.reports.days import today
from service.reports.facts import Facts, facts
from service.reports.history import Measure
from service.reports.people_words import places as places_of
from service.reports.preview import preview
from service.reports.selection import Selection
from service.reports.taken import taken
from service.reports.titles import is_ours
from service.reports.titles import rules as known_rules
from service.response import wilson
from service.rulebook import Rule
from service.rulepage import applies_to
from service.settings import Settings
from service.store import Store
from service.store.operating import record_operation
from service.store.people import silent_rules
from service.store.policies import get_policy, set_policy
from service.store.switching import lately
from service.store.trends import places
from service.ticket import frozen
from service.web.access import visitor
from service.web.errors import answer
from service.web.sessions import Role

MONTH = 28 * 86_400.0
FEW = 10
"""Of fewer tickets, no share is told."""

log = structlog.get_logger(__name__)


def blueprint(settings: Settings, store: Store) -> Blueprint:
    """The list, a page for each rule, and the switch."""
    routes = Blueprint("rules", __name__, url_prefix="/rules")
    shown = _Rules(settings, store)
    routes.add_url_rule("/", "page", shown.page)
    routes.add_url_rule("/<rule>", "rule", shown.rule)
    routes.add_url_rule("/<rule>/switch", "switch", shown.switch, methods=["POST"])
    return routes


class _Rules:
    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store

    def page(self) -> str:
        """Every rule, what fires most first."""
        with self._store.reading() as connection:
            told = self._facts(connection)
            fired = _Fired(told, silent_rules(connection))
        rows = [_row(rule, fired) for rule in known_rules(self._settings).values()]
        rows.sort(key=lambda row: (-row["tickets"], row["title"]))
        return render_template("rules.html", rules=rows, tickets=fired.total, enough=told.enough_people)

    def rule(self, rule: str) -> str:
        """What a rule finds and why, how it is taken, and where it is switched off."""
        found = self._rule(rule)
        with self._store.reading() as connection:
            fired = _Fired(self._facts(connection), silent_rules(connection))
            told = taken(connection, rule, self._projects(connection))
            projects = [self._project(connection, name, found) | {"taken": one} for name, one in told.items()]
            chosen = request.args.get("project", "")
            effect = self._effect(connection, chosen, found) if chosen in {p["name"] for p in projects} else None
        examples = (("It finds", found.examples.bad), ("It passes", found.examples.good))
        return render_template(
            "rule.html",
            rule=found,
            applies_to=applies_to(found),
            examples=[(title, [one.shown() for one in some]) for title, some in examples if some],
            row=_row(found, fired),
            tickets=fired.total,
            projects=[one | {"voiceless": (one["name"], rule) in fired.silent} for one in projects],
            chosen=next((one for one in projects if one["name"] == chosen), None),
            effect=effect,
            admin=(who := visitor()) is not None and who.role is Role.ADMIN,
        )

    def switch(self, rule: str) -> Answer:
        """Switch a rule on or off in one project, from each ticket's next edit on; who did it is written down."""
        found = self._rule(rule)
        project, wanted = request.form.get("project", ""), request.form.get("to", "")
        if wanted not in ("on", "off"):
            return answer(400, "Say whether the rule shall be on or off.")
        with self._store.writing() as connection:
            if project not in self._projects(connection):
                return answer(404, "No ticket of this project has been seen yet.")
            change = get_policy(connection, project) or PolicyChange()
            told = self._policy(connection, project).rules.get(found.id, RuleOverride())
            rules = {**change.rules, found.id: replace(told, enabled=wanted == "on")}
            set_policy(connection, project, replace(change, rules=frozen(rules)), self._me())
            record_operation(connection, self._me(), f"switch rule {wanted}", f"{found.id} in {project}")
        log.info("operation", action=f"switch {wanted}", about=f"{found.id} in {project}")
        return redirect(url_for("rules.rule", rule=found.id), 303)

    def _rule(self, name: str) -> Rule:
        found = known_rules(self._settings).get(name)
        if found is None:
            raise NotFound
        return found

    def _facts(self, connection: Connection) -> Facts:
        return facts(connection, Selection(today(time.time())), self._settings.teams)

    def _projects(self, connection: Connection) -> list[str]:
        return sorted({*places(connection)[2], *self._settings.projects})

    def _policy(self, connection: Connection, project: str) -> Policy:
        layers = (self._settings.projects.get(project), get_policy(connection, project))
        return effective_policy(self._settings.policy, [layer for layer in layers if layer])

    def _project(self, connection: Connection, project: str, rule: Rule) -> dict[str, Any]:
        told = self._policy(connection, project).rules.get(rule.id, RuleOverride())
        return {
            "name": project,
            "on": told.enabled is not False,
            "weight": rule.weight if told.weight is None else told.weight,
        }

    def _effect(self, connection: Connection, project: str, rule: Rule) -> Any:  # noqa: ANN401 (for the template)
        scored = lately(connection, project, MONTH)
        return preview(scored, rule.id, known_rules(self._settings), self._policy(connection, project))

    def _me(self) -> str:
        who = visitor()
        return self._store.person("provider", who.name) if who and who.name else ""


class _Fired:
    """How often rules found something in the last quarter, were mended, and were called not useful; and where
    they are silent.
    """

    def __init__(self, told: Facts, silent: Sequence[tuple[str, str]]) -> None:
        shown, self.silent = told.enough_people, silent
        self.total = told.tickets if shown else 0
        self.found = told.by_rule if shown else {}
        self.told, self.mended, self.named, self.useless = (
            told.named(told.all(measure)) if shown else {}
            for measure in (Measure.TOLD, Measure.MENDED, Measure.SHOWN, Measure.USELESS)
        )


def _row(rule: Rule, fired: _Fired) -> dict[str, Any]:
    tickets, told = fired.found.get(rule.id, 0), fired.told.get(rule.id, 0)
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "applies_to": applies_to(rule),
        "weight": rule.weight,
        "tickets": tickets,
        "share": round(100 * tickets / fired.total) if fired.total else None,
        "mended": round(100 * fired.mended.get(rule.id, 0) / told) if told >= FEW else None,
        "told": told,
        "named": (named := fired.named.get(rule.id, 0)),
        "useless": fired.useless.get(rule.id, 0),
        "useless_bounds": wilson(fired.useless.get(rule.id, 0), named),
        "silent": places_of(fired.silent, rule.id),
        "judged": shipped().get(rule.id) if is_ours(rule) else None,
    }
