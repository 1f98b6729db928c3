"""The first comment that an author ever gets, on each tracker. `--update-golden` writes the files anew."""

import json
from pathlib import Path

import jsonschema
import pytest

from service.feedback import compose
from service.render import adf, html, markdown, wiki
from service.templates import SHIPPED
from service.ticket import Kind, Markup
from service.welcome import welcome
from tests.golden.shapes import BENEFIT, CRITERIA
from tests.needs import shared
from tests.reviews import absent, review

FOLDER = Path(__file__).parent / "welcome"
TRACKERS = {
    "jira-cloud.adf.json": (lambda tree: json.dumps(adf.render(tree), indent=1, ensure_ascii=False), Markup.ADF),
    "jira-data-center.wiki": (wiki.render, Markup.WIKI),
    "linear.md": (lambda tree: markdown.render(tree, markdown.folded_on_linear), Markup.MARKDOWN),
    "github.md": (lambda tree: markdown.render(tree, markdown.folded_on_github), Markup.MARKDOWN),
    "unfolded.md": (markdown.render, Markup.MARKDOWN),
    "page.html": (html.render, Markup.MARKDOWN),
}
STEPS = absent("no-steps-to-reproduce", 20)
TICKETS = {
    "story": (review(64, CRITERIA, BENEFIT), Kind.STORY),
    "bug": (review(60, STEPS), Kind.BUG),
    "unknown": (review(76, CRITERIA), None),
}


def comment(name, markup):
    judged, kind = TICKETS[name]
    return compose(judged, welcome=welcome(kind, SHIPPED[kind] if kind else "", markup))


@pytest.mark.parametrize("tracker", TRACKERS)
@pytest.mark.parametrize("name", TICKETS)
def test_golden(name, tracker, request):
    path = FOLDER / f"{name}.{tracker}"
    render, markup = TRACKERS[tracker]
    said = render(comment(name, markup)) + "\n"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


@pytest.mark.shared
@pytest.mark.parametrize("name", TICKETS)
def test_adf_is_valid(name):
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(adf.render(comment(name, Markup.ADF)), schema, jsonschema.Draft4Validator)


def test_a_ticket_that_became_ready_says_no_more_of_it():
    told = welcome(Kind.STORY, SHIPPED[Kind.STORY], Markup.MARKDOWN)
    assert compose(review(100), welcome=told) == compose(review(100))
