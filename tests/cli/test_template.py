import json

import jsonschema
import pytest
from click.testing import CliRunner

from service import rulebook
from service.cli import main
from service.document import language
from service.policy import Policy
from service.render import outline
from service.review import Reviewer
from service.templates import SHIPPED, template_for
from service.ticket import Kind, Markup, Text, Ticket
from tests.needs import shared

TITLE = "Invoice a school once a month"
# What somebody who was asked wrote in the place of each line that asks.
WRITTEN = {
    "As a [role], I want [goal], so that [benefit].": "As a school secretary, I want to receive one invoice at the "
    "end of each month, so that I book one payment and not 30.",
    "Describe who has the problem, how often, and what it costs them here.": "School secretaries book about 30 "
    "payments each month by hand. It takes each of them 4 hours, and 42 of 60 schools called us about it in October.",
    "- Given [precondition], when [event], then [outcome].": "- Given 30 orders in October, when 1 November begins, "
    "then the secretary gets one invoice with 30 lines by e-mail.",
    "- Given [precondition], when [something goes wrong], then [what people see].": "- Given the e-mail bounces, "
    "when one hour has passed, then our accountant sees the school in the list of failed invoices.",
    "List what this ticket leaves out here.": "Reminders for invoices that nobody paid.",
    "List what this epic leaves out here.": "Reminders for invoices that nobody paid.",
    "State the number that will show that it worked here.": "Calls about single payments fall from 42 schools to "
    "less than 5 by March.",
    "Describe what could be misused, lost or seen by the wrong people here.": "An invoice shows what pupils bought. "
    "It goes to the address that the school's admin confirmed, and to no other.",
    "Explain what does not work without it, and for whom here.": "Our accountant sends 60 invoices by hand each "
    "month, which takes 2 days.",
    "Describe what will be different when it is done here.": "The job that runs on the first day of the month makes "
    "an invoice for each school.",
    "- [Condition that somebody else can check].": "- The job makes 60 invoices in less than 10 minutes.",
    "- [Example of a case that must still work].": "- When the printer service does not answer, the job tries again "
    "after 5 minutes and writes the school's number to the log.",
    "Describe what you saw, with the words of any message here.": "The invoice page stays empty and shows “Error "
    "1042: no lines”.",
    "Describe what you expected to see here.": "The page should show the 30 lines of the invoice.",
    "1. [Action]": "1. Log in as the secretary of a school with 30 orders.",
    "2. [Action]": "2. Open the invoice of October.",
    "State how many times out of how many tries here.": "5 times out of 5.",
    "[Version], [name of browser or device], [name of the system]": "Shop 4.2.1, Firefox 140, Windows 11",
    "Attach a screenshot or paste the log here.": "```\n12:03:11 ERROR invoice 1042: no lines for school 17\n```",
    "Describe what these people will be able to do here.": "A secretary books one payment a month, and our "
    "accountant sends none of them by hand.",
    "State the number, its value today, and the value that will show that it worked here.": "Schools that call us "
    "about single payments: 42 of 60 in October, less than 5 of 60 by March.",
    "- [Outcome of the first slice]": "- Ten schools get one invoice for November.",
    "- [Outcome of the next slice]": "- All schools get one invoice a month, and can ask for a copy.",
}


@pytest.fixture(scope="module")
def reviewer():
    return Reviewer(rulebook.load(), language.load())


def reviewed(reviewer, kind, content, markup=Markup.MARKDOWN):
    return reviewer.review(Ticket("1", TITLE, Text(content, markup), kind), Policy())


def asking(template):
    """The lines of a template that are neither empty nor a heading."""
    return [line for line in template.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("kind", Kind)
def test_filled_in_it_passes(reviewer, kind):
    text = "\n".join(WRITTEN.get(line, line) for line in SHIPPED[kind].splitlines())
    assert not set(asking(SHIPPED[kind])) - set(WRITTEN)
    found = reviewed(reviewer, kind, text)
    assert found.score >= 90, [(one.rule, one.quote) for one in found.findings]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.WIKI, Markup.ADF])
def test_left_empty_it_is_known_as_a_template(reviewer, kind, markup):
    found = reviewed(reviewer, kind, outline.render(SHIPPED[kind], markup), markup)
    assert "template-left-empty" in {one.rule for one in found.findings}
    assert found.score < 80


@pytest.mark.parametrize("kind", Kind)
def test_its_adf_is_what_jira_takes(kind):
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(outline.render(SHIPPED[kind], Markup.ADF))


def run(*words):
    return CliRunner().invoke(main, ["template", *words])


def test_the_command_writes_it_in_each_markup():
    assert run("story").output == SHIPPED[Kind.STORY]
    assert run("bug", "--markup", "wiki").output.startswith("h2. What happens\n\nDescribe what you saw")
    assert "\n# <Action>\n" in run("bug", "--markup", "wiki").output
    document = json.loads(run("bug", "--markup", "adf").output)
    assert [node["type"] for node in document["content"]][:2] == ["heading", "paragraph"]
    assert "orderedList" in {node["type"] for node in document["content"]}
    assert run("saga").exit_code == 2


OWN = """
[policy.templates]
story = "## Who\\n\\n- [ ] [Role]\\n"
[projects.SHOP.templates]
story = "## Shop\\n\\nWho buys here."
"""


def test_a_team_and_a_project_have_their_own(tmp_path, monkeypatch):
    path = tmp_path / "clarity.toml"
    path.write_text(OWN, encoding="utf-8")
    monkeypatch.setenv("CLARITY_CONFIG", str(path))
    assert run("story").output == "## Who\n\n- [ ] [Role]\n"
    assert run("story", "--markup", "wiki").output == "h2. Who\n\n* <Role>\n"
    assert run("story", "--project", "SHOP").output == "## Shop\n\nWho buys here.\n"
    assert run("story", "--project", "PAY").output == run("story").output
    assert run("bug", "--project", "SHOP").output == SHIPPED[Kind.BUG]


def test_an_empty_override_is_none():
    assert template_for(Kind.BUG, {"": {Kind.BUG: ""}}) == SHIPPED[Kind.BUG]


@pytest.mark.parametrize("text", ["", "#", "- ", "##  \n\n* x", "a\nb\n\n{code}"])
def test_any_text_is_rendered(text):
    assert isinstance(outline.render(text, Markup.WIKI), str)
    schema = json.loads(shared("conformance", "adf-schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(outline.render(text, Markup.ADF))
