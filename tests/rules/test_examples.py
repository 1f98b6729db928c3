"""Every example in every rule file, run. `missed` and `false_alarms` are known faults and must still be faults."""

import pytest

from service import proof, rulebook, rulepage
from service.accuracy import judgements, page
from tests.needs import ROOT

BOOK = rulebook.load()
DOCS = ROOT / "docs"
JUDGED = judgements.read((DOCS / "precision.yaml").read_text(encoding="utf-8"), "docs/precision.yaml", BOOK.rules)
RULES = pytest.mark.parametrize("rule", BOOK.rules.values(), ids=lambda rule: rule.id)
SIGNALS = pytest.mark.parametrize("signal", BOOK.signals.values(), ids=lambda signal: signal.id)


def cases(name):
    return [
        pytest.param(rule, example, id=f"{rule.id}:{example.line}")
        for rule in BOOK.rules.values()
        for example in getattr(rule.examples, name)
    ]


@pytest.mark.parametrize(("rule", "example"), cases("bad"))
def test_the_rule_fires_where_it_is_to(reviewer, rule, example):
    assert proof.bad(reviewer, rule, example) == ""


@pytest.mark.parametrize(("rule", "example"), cases("good"))
def test_the_rule_is_silent_on_good_text(reviewer, rule, example):
    assert proof.good(reviewer, rule, example) == ""


@pytest.mark.parametrize(("rule", "example"), cases("missed"))
@pytest.mark.xfail(strict=True, reason="a known fault: promote the example to bad once it is mended")
def test_what_is_missed(reviewer, rule, example):
    assert proof.found(reviewer, rule, example)


@pytest.mark.parametrize(("rule", "example"), cases("false_alarms"))
@pytest.mark.xfail(strict=True, reason="a known fault: promote the example to good once it is mended")
def test_what_is_found_wrongly(reviewer, rule, example):
    assert not proof.found(reviewer, rule, example)


@SIGNALS
def test_a_signal_is_heard_in_what_says_it(reviewer, signal):
    assert list(map(str, proof.prove_signal(reviewer, signal))) == []


@RULES
def test_a_rule_is_proved_and_explained(rule):
    assert len(rule.examples.bad) >= 3
    assert len(rule.examples.good) >= 4
    assert rule.source
    assert rule.mended
    assert len(rule.why) > 40
    assert rule.coach.endswith(".")
    assert len(rule.message) < 120


@SIGNALS
def test_a_signal_is_proved(signal):
    assert len(signal.examples.bad) >= 2
    assert signal.examples.good


@RULES
def test_its_page_is_current(rule):
    path = ROOT / "docs" / "rules" / f"{rule.id}.md"
    expected = rulepage.page(rule, JUDGED.get(rule.id))
    assert path.read_text(encoding="utf-8") == expected, "run: clarity rules docs docs/rules"


def test_the_list_of_pages_is_current():
    folder = ROOT / "docs" / "rules"
    assert (folder / "README.md").read_text(encoding="utf-8") == rulepage.index(BOOK)
    assert {path.stem for path in folder.glob("*.md")} == {*BOOK.rules, "README"}


def test_the_table_of_judged_rules_is_current():
    text = (DOCS / "accuracy.md").read_text(encoding="utf-8")
    expected = judgements.as_markdown(JUDGED, BOOK.rules)
    assert page.made(text, "judged") == expected, "run: clarity rules docs docs/rules"


@pytest.mark.parametrize("rule", JUDGED)
def test_no_rule_speaks_louder_than_it_is_useful(rule):
    assert not judgements.too_loud(BOOK.rules[rule], JUDGED[rule]), "make it a hint, or remove it"
