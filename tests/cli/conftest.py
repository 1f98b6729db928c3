from pathlib import Path

import pytest
from click.testing import CliRunner

from service import rulebook
from service.review import Dimension, Finding, Level, Review, Severity


class Reviewer:
    """Finds each “fast”, and abstains where there is nothing to read."""

    def __init__(self):
        self.batches, self.policies = [], []
        self.rulebook = rulebook.load()

    def review_all(self, pairs):
        self.batches.append(len(pairs))
        self.policies += [policy for _, policy in pairs]
        return [self._review(ticket) for ticket, _ in pairs]

    def _review(self, ticket):
        text = ticket.description.content if isinstance(ticket.description.content, str) else ""
        if not (ticket.title + text).strip():
            return Review(None, None, "empty", (), "f00d", "hash")
        findings = tuple(
            Finding(
                "unmeasured-quality",
                Severity.WARNING,
                Dimension.PRECISION,
                8,
                8,
                "“fast” cannot be tested.",
                "Why.",
                "Write a limit.",
                field,
                place,
                place + 4,
                "fast",
            )
            for field, where in (("title", ticket.title), ("description", text))
            if (place := where.find("fast")) >= 0
        )
        score = 100 - sum(finding.points for finding in findings)
        return Review(score, Level.READY if score >= 80 else Level.NEARLY, "", findings, "f00d", "hash")


@pytest.fixture
def reviewer(monkeypatch):
    from service.cli import check

    fake = Reviewer()
    monkeypatch.setattr(check, "load_reviewer", lambda settings: fake)
    return fake


@pytest.fixture
def clarity(reviewer, tmp_path, monkeypatch):
    """Runs the command line in an empty folder, with a reviewer that needs no model."""
    from service.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path / "data"))

    def run(*words, given=""):
        return CliRunner().invoke(main, list(words), input=given, catch_exceptions=False)

    return run


@pytest.fixture
def write(tmp_path):
    def put(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Path(name).as_posix()

    return put
