"""What would pass, made from the words of tickets as people write them: read it as their author would.

suggestions.md tells it for every rule that found something, whether a comment has room for it or not, and
suggestions/ holds whole comments in every rendering. `--update-golden` writes them anew.
"""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from service import rulebook
from service.document import language
from service.feedback import compose
from service.policy import Policy
from service.render import adf, html, markdown, wiki
from service.render.clean import QUOTE_LENGTH
from service.review import Reviewer
from service.suggesting import suggestions
from service.ticket import Kind, Markup, Text, Ticket
from tests.golden.wishes import TICKETS
from tests.needs import shared

EVERYTHING = Path(__file__).parent / "suggestions.md"
FOLDER = Path(__file__).parent / "suggestions"
WHOLE = [
    "Print labels",
    "Search",
    "Crash",
    "Map",
    "Timely",
    "A robust import",
    "Onboarding",
    "Nothing filled in",
    "Filled in a little",
    "Monthly export",
    "hostile",
]
RENDERINGS = {
    "adf.json": lambda tree: json.dumps(adf.render(tree), indent=1, ensure_ascii=False),
    "wiki": wiki.render,
    "md": markdown.render,
    "html": html.render,
}


@cache
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def ticket(kind, title, text, markup=Markup.MARKDOWN):
    return Ticket("1", title, Text(text, markup), Kind(kind))


def reviewed(given):
    return reviewer().suggest(given, Policy(), reviewer().review(given, Policy()))


def everything(given):
    """The suggestion for each rule that found something, by itself."""
    review = reviewer().review(given, Policy())
    material = reviewer().material(given, Policy(), review)
    rules = dict.fromkeys(finding.rule for finding in review.findings)
    return {rule: suggestions(material, [rule], reviewer()._recipe).get(rule) for rule in rules}


def told(kind, title, text):
    lines = [f"## {title} ({kind})", "", *(f"> {line}" for line in text.splitlines()), ""]
    for rule, found in everything(ticket(kind, title, text)).items():
        if found and found.block:
            lines += [f"- {rule}: {found.lead}", *(f"      {line}" for line in found.text.split("\n"))]
        else:
            lines.append(f"- {rule}: {f'{found.lead} “{found.text}”' if found else 'the advice of the rule'}")
    return "\n".join(lines)


def golden(path, said, request):
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


def test_what_would_pass(request):
    golden(EVERYTHING, "\n\n".join(told(*each) for each in TICKETS) + "\n", request)


def comment(name, markup):
    given = next(each for each in TICKETS if each[1] == name)
    return compose(reviewed(ticket(*given, markup)))


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", WHOLE)
def test_golden(name, rendering, request):
    markup = Markup.WIKI if rendering == "wiki" else Markup.MARKDOWN
    path = FOLDER / f"{name.lower().replace(' ', '-')}.{rendering}"
    golden(path, RENDERINGS[rendering](comment(name, markup)) + "\n", request)


@pytest.mark.shared
@pytest.mark.parametrize("name", WHOLE)
def test_adf_is_valid(name):
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(adf.render(comment(name, Markup.MARKDOWN)), schema, jsonschema.Draft4Validator)


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_what_would_pass_is_shown_to_its_last_word(rendering):
    """However long: a text that is cut cannot be pasted."""
    given = next(each for each in TICKETS if each[1] == "Monthly export")
    longest = max(
        reviewed(ticket(*given)).suggestions.values(), key=lambda one: len(one.text) * (not one.block)
    ).text
    assert len(longest) > QUOTE_LENGTH
    assert longest[-20:] in RENDERINGS[rendering](comment("Monthly export", Markup.MARKDOWN))


def filled(text):
    """As an author fills the blanks in."""
    told = {
        "in which situation": "with ten parcels on the table",
        "what they see": "ten labels are shown, with the carrier's logo",
        "what goes wrong": "the printer is out of paper",
        "which words": "“No paper”",
        "what stays as it was": "the batch is kept as it was",
        "where you start": "Open the shop in Firefox",
        "what you do next": "Click on “Basket”",
        "what should happen instead": "The basket should show the two items.",
        "version or day": "Version 4.2",
        "system, browser or device": "Firefox 121 on Windows 11",
        "the exact message, a log or a screenshot": "The message is “Error 502: bad gateway”.",
        "what they gain, save or avoid": "we ship 200 parcels before noon",
        "n": "5",
        "what is wrong today, and for whom": "clerks type the code into the notes",
        "see or do what": "see the orders of tomorrow",
        "gain, save or avoid what": "buy enough flour",
        "what one sees, or what has changed": "both orders are shown, the earlier one on top",
    }
    for blank, words in told.items():
        text = text.replace(f"⟨{blank}⟩", words)
    return text


PASTED = [
    ("Print labels", "no-acceptance-criteria", Markup.MARKDOWN),
    ("Print labels", "no-acceptance-criteria", Markup.WIKI),
    ("Voucher", "no-acceptance-criteria", Markup.MARKDOWN),
    ("Sharing", "no-benefit", Markup.MARKDOWN),
    ("Crash", "no-expected-result", Markup.MARKDOWN),
    ("Crash", "no-expected-result", Markup.WIKI),
    ("Slow list", "no-expected-result", Markup.MARKDOWN),
    ("Voucher field", "no-problem-statement", Markup.MARKDOWN),
    ("Order service", "solution-without-problem", Markup.MARKDOWN),
    ("Tomorrow", "no-goal", Markup.MARKDOWN),
    ("Scenario", "scenario-without-then", Markup.MARKDOWN),
]


@pytest.mark.parametrize(("name", "rule", "markup"), PASTED)
def test_what_is_pasted_and_filled_in_passes(name, rule, markup):
    kind, title, text = next(each for each in TICKETS if each[1] == name)
    found = everything(ticket(kind, title, text, markup))[rule]
    after = filled(found.text)
    assert "⟨" not in after
    mended = reviewer().review(ticket(kind, title, f"{text}\n\n{after}", markup), Policy())
    before = reviewer().review(ticket(kind, title, text, markup), Policy())
    assert rule not in {finding.rule for finding in mended.findings}
    assert mended.score > before.score


def test_nothing_is_suggested_of_what_a_comment_does_not_show():
    given = ticket(*next(each for each in TICKETS if each[1] == "Search"))
    assert len(reviewed(given).suggestions) == 3
    ready = reviewer().review(ticket("bug", "Dates", TICKETS[33][2]), Policy())
    assert reviewer().suggest(given, Policy(), ready) is ready


def test_no_fact_is_invented():
    """Every word of a pasted text is the ticket's, a blank, or a word of form."""
    kind, title, text = next(each for each in TICKETS if each[1] == "Crash")
    found = everything(ticket(kind, title, text))["no-expected-result"].text
    bare = "\n".join(line for line in found.split("\n") if not line.startswith("#"))
    for blank in set(__import__("re").findall("⟨[^⟩]*⟩", bare)):
        bare = bare.replace(blank, "")
    words = {word.strip(".,:123-").casefold() for word in bare.split()} - {""}
    assert words <= {word.strip(".,").casefold() for word in text.split()} | {"of", "tries"}
