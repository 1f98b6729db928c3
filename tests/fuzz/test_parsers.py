"""Every parser of what people write: whatever it is, it is read or refused with a sentence, and in time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import rulebook
from service.document import language
from service.policy import Policy
from service.review import Reviewer
from service.rulebook import RuleFileError
from service.ticket import Kind, Markup, Text, Ticket
from tests.document.test_offsets import NODES, SNIPPETS
from tests.fuzz.examples import examples

QUICK = {"deadline": None, "suppress_health_check": list(HealthCheck)}
SECONDS = 3.0
SHIPPED = sorted(path for path in rulebook.shipped().rglob("*.yaml") if path.parent.name != "signals")
SCRAPS = "&a|*a|!!python/object/apply:os.system ['id']|!!binary x|<<: *a|---|...|? x|- - -|{a: [|}|: :|\t|'|\"|%TAG|null|~|1e999|.nan|0o7|2001-01-01|[[|]]|“{match}”|{|any_of|REGEX|FUZZY|IN: [|OP: '*'|regex: (a+)+$|regex: (?=x)|phrase:|tokens:|dependency:|either:|missing:|[]|{}|\ud800|\x00|\u2028".split(
    "|"
)
TICKET = Ticket("1", "As a user I want an export", Text("It should be fast.", Markup.MARKDOWN), Kind.STORY)
WORDS = st.sampled_from(
    "The export should be fast. |As a user I want |Given |When |Then |Expected: |Steps|e.g. |TBD|and ".split("|")
)
TEXTS = st.lists(st.one_of(SNIPPETS, WORDS, st.text(max_size=12)), max_size=60).map("".join)


@pytest.fixture(scope="module")
def nlp():
    return language.load()


@pytest.fixture(scope="module")
def reviewer(nlp):
    return Reviewer(rulebook.load(), nlp)


@st.composite
def broken_rules(draw):
    """A shipped rule, with a few of its lines and characters taken out, doubled, swapped or replaced."""
    lines = draw(st.sampled_from(SHIPPED)).read_text(encoding="utf-8").splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["drop", "double", "scrap", "cut", "swap", "indent"]))
        scrap, cut = draw(st.sampled_from(SCRAPS)), draw(st.integers(0, max(0, len(lines[at]) - 1)))
        other = draw(st.integers(0, len(lines) - 1))
        if how == "drop" and len(lines) > 1:
            del lines[at]
        elif how == "double":
            lines.insert(other, lines[at])
        elif how == "scrap":
            lines[at] = lines[at][:cut] + scrap + "\n"
        elif how == "cut":
            lines[at] = lines[at][:cut] + lines[at][cut + 1 :]
        elif how == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = "  " + lines[at]
    return "".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Rules of a team, beside the shipped signals that theirs may name."""
    folder = tmp_path_factory.mktemp("rules")
    for path in rulebook.shipped().joinpath("signals").glob("*.yaml"):
        (folder / "signals").mkdir(exist_ok=True)
        (folder / "signals" / path.name).write_bytes(path.read_bytes())
    (folder / "wording").mkdir()
    return folder


def use(folder, text, nlp):
    (folder / "wording" / "one.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    began = time.process_time()
    try:
        book = rulebook.read_folders([folder])
        faults = ()
        Reviewer(book, nlp).review(TICKET, Policy())
    except RuleFileError as error:
        faults = error.faults
    assert all(fault.path and fault.line >= 1 and fault.column >= 1 and fault.what for fault in faults)
    assert time.process_time() - began < SECONDS


@settings(max_examples=examples(120), **QUICK)
@given(text=broken_rules())
def test_a_broken_rule_is_refused_with_its_place_or_can_be_used(folder, nlp, text):
    use(folder, text, nlp)


@settings(max_examples=examples(60), **QUICK)
@given(
    text=st.lists(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=8), st.just("\n")), max_size=30).map("".join)
)
def test_no_text_at_all_breaks_the_reader_of_rules(folder, nlp, text):
    use(folder, text, nlp)


@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.WIKI, Markup.PLAIN])
@settings(max_examples=examples(40), **QUICK)
@given(text=TEXTS, kind=st.sampled_from([None, *Kind]))
def test_any_text_gets_a_score_or_a_reason(reviewer, markup, text, kind):
    whole(reviewer.review(Ticket("1", text[:80], Text(text, markup), kind), Policy()))


@settings(max_examples=examples(40), **QUICK)
@given(nodes=st.lists(NODES, max_size=4), kind=st.sampled_from([None, *Kind]))
def test_any_document_gets_a_score_or_a_reason(reviewer, nodes, kind):
    content = Text({"type": "doc", "content": nodes}, Markup.ADF)
    whole(reviewer.review(Ticket("1", "As a user I want an export", content, kind), Policy()))


def whole(review):
    assert (review.score is None) == bool(review.reason)
    if review.score is not None:
        assert review.score == 100 - sum(finding.points for finding in review.findings)
        assert 0 <= review.score <= 100
