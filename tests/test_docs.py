"""What the documents say is true: their rules work, their links lead somewhere."""

import re

import pytest

from service import matchers, proof, rulebook, suggesting
from service.document import language
from service.document.model import Role, Section
from service.matchers import _guard, missing
from service.review import Reviewer
from service.rulefile import read
from service.suggesting.makers import MAKERS
from tests.needs import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "docs" / "rules" / "README.md"]
FENCE = re.compile(r"^( *)```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)")


def written(name):
    """The whole files among a document's YAML blocks, by id."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = [re.sub(f"^{indent}", "", body, flags=re.MULTILINE) for indent, body in FENCE.findall(text)]
    return {read(block, name).plain()["id"]: block for block in blocks if block.startswith("id:")}


def test_the_rules_of_the_guide_load_and_hold(tmp_path):
    for name, block in written("writing-rules.md").items():
        folder = tmp_path / ("wording" if "severity:" in block else "signals")
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_text(block, encoding="utf-8")
    book = rulebook.load([tmp_path])
    reviewer = Reviewer(book, language.load())
    assert [*map(str, proof.prove(reviewer, book.rules["off-the-palette"]))] == []
    assert [*map(str, proof.prove_signal(reviewer, book.signals["deadline"]))] == []


def test_the_guide_names_all_that_a_rule_can_say():
    guide = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    names = {
        *matchers.kinds(),
        *suggesting.KEYS,
        *MAKERS,
        *_guard.KEYS,
        *missing.CONDITIONS,
        *map(str, Role),
        *map(str, Section),
    }
    assert {name for name in names if not re.search(rf"`{name}\b", guide)} == set()


def headings(path):
    """The anchors a page offers, as the usual hosts make them."""
    lines = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path):
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), f"{path.name} links {target}"
        assert not anchor or anchor[1:] in headings(place), f"{path.name} links {target}{anchor}"
