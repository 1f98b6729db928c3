"""Whatever is offered to paste holds once it is pasted: what it answers is gone, nothing worse has come, and nothing
was said that the ticket does not say.
"""

import json
import re
from collections import Counter
from functools import cache

import pytest

from service import document, rulebook
from service.document import language
from service.document.model import PROSE
from service.policy import Policy
from service.review import Reviewer
from service.suggesting import suggestions
from service.ticket import Kind, Markup, Text, Ticket
from service.verdict import Severity
from tests.golden.pasting import BLANK, filled, pasted
from tests.golden.wishes import TICKETS
from tests.needs import shared

SEVEN = {
    "sentence-too-long",
    "template-left-empty",
    "title-and-text-disagree",
    "too-many-criteria",
    "story-not-minimal",
    "scenario-out-of-order",
    "several-actions-in-one-when",
}
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
FORM = frozenset(
    """a able acceptance actual against an and answers are as at back be because by can cannot cases criteria decides
    do done environment expected fail fails failures for free from given goes have help how i if in is it know least
    look may measured misused most must note of off often often once one or per prevents protected reproduce see
    seconds serve serves so steps take takes that the their them then they this times to today tries up use used want
    way we what when will with within without worked wrong 1 2 3 h3""".split()
)
"""What a suggestion may say beside the ticket's words: the words that hold a sentence together, and headings."""
MARKUPS = [Markup.MARKDOWN, Markup.WIKI]
EVERY = 60
"""Of the evaluation tickets, those with a finding of the seven are all tried, and of the rest one in so many."""


@cache
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def suggested(ticket):
    """Each finding that something is suggested for, with the material, its recipe and the suggestion."""
    review = reviewer().review(ticket, Policy())
    if review.score is None:
        return
    material = reviewer().material(ticket, Policy(), review)
    for rule in dict.fromkeys(finding.rule for finding in review.findings):
        made = suggestions(material, [rule], reviewer()._recipe).get(rule)
        if made is not None:
            finding = next(finding for finding in review.findings if finding.rule == rule)
            yield material, finding, reviewer()._recipe(rule), made


def counted(ticket):
    return Counter(finding.rule for finding in reviewer().review(ticket, Policy()).findings)


def grave(ticket):
    found = reviewer().review(ticket, Policy()).findings
    return {finding.rule for finding in found if finding.severity is not Severity.HINT}


def landed(ticket, text):
    """Whether the text is read as prose: what comes after a code fence that nobody closed is code."""
    first = filled(text).split("\n", 1)[0].strip(" #*-.h0123456789")
    return any(
        placed.block.kind in PROSE and first in placed.block.text for placed in document.read(ticket).blocks
    )


def faults(ticket):
    """What does not hold, in words."""
    before, graves = counted(ticket), grave(ticket)
    for material, finding, recipe, made in suggested(ticket):
        for after in pasted(ticket, material, finding, recipe, filled(made.text)):
            if finding.start is None and not recipe.title and not landed(after, made.text):
                continue
            if counted(after)[finding.rule] >= before[finding.rule]:
                yield f"{finding.rule} is found again: {made.text}"
            if worse := grave(after) - graves:
                yield f"{finding.rule} brings {worse}: {made.text}"


def invented(ticket):
    """The words that neither the ticket says nor the form of a suggestion needs."""
    said = " ".join(document.read(ticket).sources.values()).casefold()
    for _, finding, _, made in suggested(ticket):
        words = {word.casefold() for word in WORD.findall(BLANK.sub(" ", made.text))}
        yield from ((finding.rule, word) for word in words - FORM if word not in said)


def golden():
    return [
        pytest.param(kind, title, text, markup, id=f"{title[:40]}-{markup}")
        for kind, title, text in TICKETS
        for markup in MARKUPS
    ]


def ticket_of(kind, title, text, markup):
    if markup is Markup.WIKI:
        text = re.sub(r"^(#+) ", lambda found: f"h{len(found[1])}. ", text, flags=re.MULTILINE)
        text = re.sub(r"^( *)- ", lambda found: "*" * (1 + len(found[1]) // 2) + " ", text, flags=re.MULTILINE)
        text = re.sub(r"`([^`\n]+)`", r"{{\1}}", text).replace("**", "*")
    return Ticket("1", title, Text(text, markup), Kind(kind))


@pytest.mark.parametrize(("kind", "title", "text", "markup"), golden())
def test_what_is_pasted_mends_what_it_answers(kind, title, text, markup):
    assert list(faults(ticket_of(kind, title, text, markup))) == []


@pytest.mark.parametrize(("kind", "title", "text", "markup"), golden())
def test_no_word_is_invented(kind, title, text, markup):
    assert list(invented(ticket_of(kind, title, text, markup))) == []


def test_each_of_the_seven_is_made_for_some_ticket():
    made = {finding.rule for each in TICKETS for _, finding, _, _ in suggested(ticket_of(*each, Markup.MARKDOWN))}
    assert made >= SEVEN


@pytest.mark.parametrize("rule", sorted(SEVEN))
def test_what_the_rules_own_examples_are_given_passes(rule):
    shipped = reviewer().rulebook.rules[rule]
    kind = None if shipped.neutral else Kind.STORY
    tickets = [Ticket("1", one.ticket.title, one.ticket.description, kind) for one in shipped.examples.bad]
    given = [finding.rule for one in tickets for _, finding, _, _ in suggested(one)]
    assert given.count(rule) >= 2
    assert [fault for one in tickets for fault in faults(one)] == []


@pytest.mark.parametrize("kind", [Kind.STORY, Kind.TASK])
def test_a_vague_word_that_another_point_names_is_not_offered_to_paste(kind):
    text = "As an accountant, I want the export to be fast and user-friendly."
    made = [made.text for _, _, _, made in suggested(Ticket("1", "Export", Text(text), kind))]
    assert made
    assert not [one for one in made if re.search(r"\b(?:fast|user-friendly)\b", BLANK.sub("", one))]


@cache
def labelled():
    """The evaluation tickets that are tried."""
    found = []
    for file in sorted(shared("eval", "data").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").strip().split("\n"):
            told = json.loads(line)
            text = Text(told["description"], Markup(told["markup"]))
            found.append(Ticket(str(told["id"]), told["title"], text, Kind(told["type"])))
    return [one for n, one in enumerate(found) if n % EVERY == 0 or SEVEN & counted(one).keys()]


@pytest.mark.shared
def test_what_is_pasted_into_tickets_of_others_mends_what_it_answers():
    found = [(ticket.id, fault) for ticket in labelled() for fault in faults(ticket)]
    assert found == []


@pytest.mark.shared
def test_no_word_is_invented_for_tickets_of_others():
    found = [(ticket.id, word) for ticket in labelled() for word in invented(ticket)]
    assert found == []
