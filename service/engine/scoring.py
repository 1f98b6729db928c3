"""The reviewer of a worker process: the model loaded once, the team's rules again when their files change."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from service import collector, rulebook
from service.document import language
from service.metrics import SCORING
from service.policy import Policy
from service.review import Review, Reviewer
from service.rulebook import Rule, Rulebook, RuleFileError
from service.settings import Settings
from service.ticket import Ticket

LOOK_EVERY_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Scorer:
    """Scores tickets, for one thread at a time. Raises ModelError where the model cannot be loaded."""

    def __init__(self, settings: Settings) -> None:
        self._folders = [settings.rules] if settings.rules else []
        self._nlp = language.load(settings.model, fast=settings.fast)
        self._stamp = _stamp(self._folders)
        self._looked = time.monotonic()
        self._reviewer = Reviewer(_first(self._folders), self._nlp)
        self._lock = threading.Lock()
        collector.settle()

    def review(self, ticket: Ticket, policy: Policy) -> Review:
        """Score one ticket by the rules as they stand; by the last good ones where a rule file is broken."""
        with self._lock:
            if self._folders and time.monotonic() - self._looked > LOOK_EVERY_SECONDS:
                self._look()
            began = time.perf_counter()
            review = self._reviewer.review(ticket, policy)
            SCORING.observe(time.perf_counter() - began)
            return review

    def suggest(self, ticket: Ticket, policy: Policy, review: Review) -> Review:
        """The review with what would pass in the place of what is shown."""
        with self._lock:
            return self._reviewer.suggest(ticket, policy, review)

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, as they stand."""
        return self._reviewer.rulebook.rules

    def prepare(self, tickets: Sequence[tuple[Ticket, Policy]]) -> None:
        """Parse in one batch what is to be scored next."""
        with self._lock:
            self._reviewer.prepare(tickets)

    def _look(self) -> None:
        self._looked, stamp = time.monotonic(), _stamp(self._folders)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        rules, fault = rulebook.load_or_last_good(self._folders, self._reviewer.rulebook)
        if fault:
            log.warning("rules are broken: going on with the last good ones", error=str(fault))
        elif rules.version != self._reviewer.rulebook.version:
            self._reviewer = Reviewer(rules, self._nlp)
            collector.settle_anew()
            log.info("rules changed", rulebook=rules.version)


def _first(folders: list[Path]) -> Rulebook:
    try:
        return rulebook.load(folders)
    except RuleFileError as error:
        log.warning("rules are broken: going on with the shipped ones", error=str(error))
        return rulebook.load()


def _stamp(folders: list[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes when a rule file does."""
    files = sorted(file for folder in folders for file in folder.rglob("*.y*ml") if file.is_file())
    return tuple((str(file), (seen := file.stat()).st_mtime_ns, seen.st_size) for file in files)
