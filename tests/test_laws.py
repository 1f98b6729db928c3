"""The laws of the design, held against the source."""

import ast
import re

import pytest

from tests.needs import ROOT

SERVICE = ROOT / "service"
CORE = [
    "ticket.py",
    "kind.py",
    "comment.py",
    "policy.py",
    "vocabulary.py",
    "rulebook.py",
    "review.py",
    "score.py",
    "reaction.py",
    "resting.py",
    "marking.py",
    "feedback.py",
    "response.py",
    "talk.py",
    "conversation.py",
    "roles.py",
    "commands.py",
    "suggesting",
    "coaching.py",
    "welcome.py",
    "templates.py",
    "exemplar.py",
    "outcomes.py",
    "contrast.py",
    "intervals.py",
    "worktime.py",
    "questions.py",
    "document",
    "matchers",
    "render",
    "accuracy",
]
OUTSIDE = {
    "flask",
    "requests",
    "jira",
    "sqlalchemy",
    "alembic",
    "waitress",
    "socket",
    "http",
    "urllib",
    "subprocess",
}
CLOCKS = {"time", "random", "secrets"}


def core_modules():
    places = [SERVICE / name for name in CORE]
    return [module for place in places for module in (sorted(place.rglob("*.py")) if place.is_dir() else [place])]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", core_modules(), ids=lambda p: str(p.relative_to(SERVICE)))
def test_the_core_knows_no_io(path):
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    packages = {name.split(".")[0] for name in imported(tree)}
    assert not packages & (OUTSIDE | CLOCKS), f"{path} imports {packages & (OUTSIDE | CLOCKS)}"
    shell = {
        n
        for n in imported(tree)
        if re.match(r"service\.(trackers|store|engine|web|app|cli|inbox|reconcile|settings)", n)
    }
    assert not shell, f"{path} reaches out of the core to {shell}"
    assert "environ" not in {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert "now" not in {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


def test_a_model_is_loaded_in_one_place():
    loaders = [
        p for p in SERVICE.rglob("*.py") if re.search(r"spacy\.(load|util\.load)", p.read_text(encoding="utf-8"))
    ]
    assert [p.relative_to(SERVICE).as_posix() for p in loaders] == ["document/language.py"]


def test_nothing_of_a_tracker_is_known_to_the_web_process_scoring():
    for path in (SERVICE / "web").rglob("*.py"):
        packages = {name.split(".")[0] for name in imported(ast.parse(path.read_text(encoding="utf-8")))}
        assert "spacy" not in packages, f"{path} would score in the web process"


def test_locks_carry_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in lock
        pins = re.findall(r"^[a-z0-9][\w.\-\[\]]*==", lock, re.MULTILINE)
        blocks = re.split(r"^(?=[a-z0-9][\w.\-\[\]]*==)", lock, flags=re.MULTILINE)[1:]
        assert len(pins) > 50
        assert len(blocks) == len(pins)
        assert all("--hash=sha256:" in block for block in blocks)


def test_each_dependency_says_why_it_is_there():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.findall(r'^  "[a-z][^"]*(?:[<>=][^"]*)?",.*$', project, re.MULTILINE)
    needs = [line for line in listed if re.match(r'  "[a-z0-9\-]+([<>=].*)?"', line)]
    assert needs
    assert all("# " in line for line in needs), [line for line in needs if "# " not in line]
