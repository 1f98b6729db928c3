"""What a team has agreed on silences what would be vague elsewhere, and opens sections by names of its own."""

import pickle

import pytest

from service import rulebook
from service.document import read
from service.document.model import Section
from service.policy import Policy, PolicyChange, effective_policy
from service.review import Reviewer
from service.settings import SettingsError, load
from service.ticket import Kind, Markup, Text, Ticket, frozen
from service.vocabulary import Agreed, Vocabulary, headings

WORDS = frozenset({Agreed.WORDS})


def words(*terms):
    return Vocabulary(words=frozenset(terms))


@pytest.mark.parametrize(
    ("term", "text", "within", "known"),
    [
        ("fast lane", "Open the fast lane.", (9, 13), True),
        ("fast lane", "Open the Fast\n Lanes.", (9, 13), True),
        ("fast lane", "Open the fast road.", (9, 13), False),
        ("fast", "It is very fast.", (6, 15), True),
        ("fast", "It is very fast, and simple.", (21, 27), False),
        ("fast", "It is breakfast.", None, False),
        ("a+", "It is rated A+ or (a+).", None, True),
        ("[", "a(b", None, False),
    ],
)
def test_words_are_known_where_they_stand(term, text, within, known):
    assert words(term).has(WORDS, text, within) is known


def test_acronyms_keep_their_case():
    vocabulary = Vocabulary(acronyms=frozenset({"IT"}))
    assert vocabulary.has([Agreed.ACRONYMS], "Ask IT about it.", (4, 6))
    assert not vocabulary.has([Agreed.ACRONYMS], "Ask IT about it.", (13, 15))
    assert not vocabulary.has([Agreed.WORDS, Agreed.ROLES], "Ask IT.")


def test_a_project_adds_to_what_holds_for_all():
    base = Policy(vocabulary=Vocabulary(frozenset({"fast"}), headings=headings({"Happy": Section.CRITERIA})))
    change = PolicyChange(vocabulary=Vocabulary(roles=frozenset({"picker"}), headings={"happy": Section.METRIC}))
    policy = effective_policy(base, [change])
    assert policy.vocabulary.words == {"fast"}
    assert policy.vocabulary.roles == {"picker"}
    assert policy.vocabulary.headings == {"happy": Section.METRIC}
    assert effective_policy(policy, [PolicyChange(quiet=True)]).vocabulary == policy.vocabulary


def test_it_is_part_of_a_policys_name_and_travels_to_workers():
    policy = Policy(vocabulary=Vocabulary(frozenset({"fast"}), headings=headings({"Happy": Section.CRITERIA})))
    assert policy.hash != Policy().hash
    assert (
        policy.hash == Policy(vocabulary=Vocabulary(frozenset({"fast"}), headings=policy.vocabulary.headings)).hash
    )
    assert pickle.loads(pickle.dumps(policy)) == policy


def sections(text, markup, **own):
    named = headings({name.replace("_", " "): section for name, section in own.items()})
    document = read(Ticket("1", "A title", Text(text, markup), fields=frozen({"Happy path": Text("x y")})), named)
    return {placed.block.text: placed.section for placed in document.blocks}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.MARKDOWN, "## Definition of Happy\n- sorted by time"),
        (Markup.MARKDOWN, "**Definition of happy:**\n- sorted by time"),
        (Markup.MARKDOWN, "- Definition of happy:\n  - sorted by time"),
        (Markup.WIKI, "*Definition of happy*\n* sorted by time"),
        (Markup.WIKI, "||Definition of happy||\n|sorted by time|"),
        (Markup.PLAIN, "Definition of happy\n- sorted by time"),
        (Markup.PLAIN, "Definition of happy: sorted by time"),
    ],
)
def test_a_heading_of_the_teams_own(markup, text):
    assert sections(text, markup, definition_of_happy=Section.CRITERIA)["sorted by time"] is Section.CRITERIA
    assert sections(text, markup).get("sorted by time") is not Section.CRITERIA


def test_a_field_and_a_known_name_can_be_told_anew():
    found = sections("## Goal\nSell bread.", Markup.MARKDOWN, goal=Section.METRIC, happy_path=Section.STEPS)
    assert (found["Sell bread."], found["x y"]) == (Section.METRIC, Section.STEPS)


RULE = """\
id: {id}
title: Tested
applies_to: any
severity: warning
dimension: {dimension}
weight: 8
{agreed}
find: {find}
message: Found.
why: It is a test.
coach: Nothing.
"""
PHRASE = "{phrase: {by: lower, any_of: [quick, user, SKU]}}"
ABSENCE = "{missing: {any_of: [{block: [image]}]}}"
EVERY_WORD = Vocabulary(frozenset({"quick"}), frozenset({"SKU"}), frozenset({"user"}))


@pytest.mark.parametrize(
    ("find", "dimension", "agreed", "left"),
    [
        (PHRASE, "precision", "", ["user", "SKU"]),
        (PHRASE, "purpose", "", ["quick", "user", "SKU"]),
        (PHRASE, "purpose", "unless_agreed: [roles]", ["quick", "SKU"]),
        (PHRASE, "precision", "unless_agreed: acronyms", ["quick", "user"]),
        (ABSENCE, "precision", "", [""]),
        (ABSENCE, "purpose", "unless_agreed: roles", []),
    ],
)
def test_what_a_rule_gives_way_to(tmp_path, nlp, find, dimension, agreed, left):
    text = RULE.format(id="tested", dimension=dimension, agreed=agreed, find=find)
    (tmp_path / "tested.yaml").write_text(text, encoding="utf-8")
    reviewer = Reviewer(rulebook.read_folders([tmp_path]), nlp)
    ticket = Ticket("1", "A title", Text("A quick user reads the SKU."), kind=Kind.TASK)

    def quotes(policy):
        return sorted((finding.quote for finding in reviewer.review(ticket, policy).findings), key=str.casefold)

    assert len(quotes(Policy())) == (1 if find is ABSENCE else 3)
    assert quotes(Policy(vocabulary=EVERY_WORD)) == sorted(left, key=str.casefold)


def test_the_same_unit_is_judged_by_each_teams_headings(reviewer):
    text = "As a baker, I want to see the orders, so that I buy flour.\n\n## Happy when\n- The orders of a day are listed"
    ticket = Ticket("1", "Orders", Text(text, Markup.MARKDOWN), kind=Kind.STORY)
    own = Policy(vocabulary=Vocabulary(headings=headings({"Happy when": Section.CRITERIA})))
    for _ in range(2):  # the second time from memory
        found, passed = (reviewer.review(ticket, policy).findings for policy in (Policy(), own))
        assert "no-acceptance-criteria" in {finding.rule for finding in found}
        assert "no-acceptance-criteria" not in {finding.rule for finding in passed}


TOML = """\
[policy.vocabulary]
words = ["fast lane"]
[projects.SHOP.vocabulary]
roles = ["picker"]
acronyms = {SKU = "stock-keeping unit"}
[projects.SHOP.vocabulary.words]
"real-time" = "within 2 seconds"
[projects.SHOP.vocabulary.headings]
"Definition of Happy:" = "criteria"
"""


def test_settings_hold_it(tmp_path):
    path = tmp_path / "clarity.toml"
    path.write_text(TOML, encoding="utf-8")
    settings = load({}, path)
    assert settings.policy.vocabulary == words("fast lane")
    assert effective_policy(settings.policy, [settings.projects["SHOP"]]).vocabulary == Vocabulary(
        frozenset({"fast lane", "real-time"}),
        frozenset({"SKU"}),
        frozenset({"picker"}),
        frozen({"definition of happy": Section.CRITERIA}),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('words = "fast"', "policy.vocabulary.words in clarity.toml is “fast”. Valid is a list of words"),
        ("words = [1]", "policy.vocabulary.words.0 in clarity.toml is “[1]”"),
        ('words = [" "]', "policy.vocabulary.words in clarity.toml holds an empty name. Valid is a list of words"),
        ('words = {fast = ""}', "holds a word whose meaning is no text"),
        ('headings = {"Happy" = "critria"}', "is “critria”. Valid is one of criteria, steps"),
        ('headings = {"Happy" = "title"}', "is “title”, which no heading opens. Valid is one of criteria"),
        ('headings = {"??" = "criteria"}', "is no heading"),
        ('role = ["picker"]', "is not a setting. Did you mean roles?"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, text, sentence):
    path = tmp_path / "clarity.toml"
    path.write_text(f"[policy.vocabulary]\n{text}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load({}, path)
    assert sentence in str(error.value)
