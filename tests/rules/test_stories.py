"""What the story matchers read in a story sentence, by small rules of their own over the shipped signals."""

import shutil

import pytest

from service import document as documents
from service import rulebook
from service.policy import Policy
from service.review import Reviewer
from service.rulefile import RuleFileError
from service.ticket import Kind, Markup, Text, Ticket
from tests.rules.test_matchers import RULE

SIGNALS = ("role", "wish", "so-that", "aside", "builder")
PARTS = "wish: wish, benefit: so-that"


@pytest.fixture
def book(tmp_path):
    """A rulebook of one tested rule, with the signals that parts of a story are told by."""
    (tmp_path / "signals").mkdir()
    for name in SIGNALS:
        shutil.copy(rulebook.shipped() / "signals" / f"{name}.yaml", tmp_path / "signals")

    def read(pattern):
        (tmp_path / "tested.yaml").write_text(RULE.replace("{find}", pattern), encoding="utf-8")
        return rulebook.read_folders([tmp_path])

    return read


@pytest.fixture
def found(book, nlp):
    def find(pattern, description, title="A title", markup=Markup.MARKDOWN):
        ticket = Ticket("1", title, Text(description, markup), kind=Kind.STORY)
        findings = Reviewer(book(pattern), nlp).review(ticket, Policy()).findings
        return [finding.quote for finding in findings]

    return find


NEEDS = [
    ("I want to sing and dance.", ["sing and dance"]),
    ("As a singer I can sing or dance.", ["sing or dance"]),
    ("I want the choir to sing and dance.", ["sing and dance"]),
    ("I want to see the songs and dances.", ["songs and dances"]),
    ("I want to hear Bach and Mozart songs.", ["Bach and Mozart"]),
    ("I want to sing, so that we laugh and cry.", []),
    ("I want to sing, so people laugh and cry.", []),
    ("I want to sing when the band and the choir are ready.", []),
    ("I want to know how the band and the choir share the stage.", []),
    ("I want to know who is on stage and print the songs.", ["know who is on stage and print"]),
    ("I want a short and funny song.", []),
    ("I want to print the name and address fields.", []),
    ("I want to see the sum of net and tax.", []),
    ("I want to see songs, such as carols and hymns.", []),
    ("I want to see the songs and their notes.", []),
    ("I want to sing on Mondays and Fridays.", []),
    ("Songs and dances are on the list.", []),
]


@pytest.mark.parametrize(("text", "expected"), NEEDS)
def test_two_needs(found, text, expected):
    assert found(f"needs: {{{PARTS}}}", text) == expected


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("pairs: [sing and dance]", "I want to sing and dance."),
        ("moves: [open], looks: [see]", "I want to open the book and see the songs."),
        ("through: [use]", "I want to use the stage to show songs and dances."),
    ],
)
def test_what_makes_two_one(found, keys, text):
    assert found(f"needs: {{{PARTS}}}", text)
    assert found(f"needs: {{{PARTS}, {keys}}}", text) == []


def goal(way, extra=""):
    return f"goal: {{{PARTS}, any_of: [{{{way}}}]{extra}}}"


GOALS = [
    ("words: [song]", "I want two songs, so that we sing.", ["songs"]),
    ("words: [song list]", "I want the song lists of May.", ["song lists"]),
    ("words: [song]", "I want a stage, so that songs are heard.", []),
    ("words: [song]", "A song is on the list.", []),
    ("verbs: [sing]", "I want to sing.", ["sing"]),
    ("verbs: [sing]", "As a guest I can sing.", ["sing"]),
    ("verbs: [sing]", "We would like to be able to sing.", ["sing"]),
    ("verbs: [sing]", "I want to have the option to sing.", ["sing"]),
    ("verbs: [sing]", "I want to dance and sing.", ["sing"]),
    ("verbs: [sing]", "I want the choir to sing.", []),
    ("verbs: [sing]", "I want a song to sing.", []),
    ("verbs: [sing]", "I want to dance, so that others sing.", []),
    ("verbs: [inform]", "I want to be informed of songs.", []),
    ("verbs: [sing], words: [carol]", "I want to sing a carol.", ["carol"]),
    ("verbs: [sing], words: [carol]", "I want to sing a hymn.", []),
    ("verbs: [sing], through: [use]", "I want to use the stage to sing.", ["sing"]),
    ("verbs: [sing]", "I want to use the stage to sing.", []),
    ("words: [song], if_said: role", "I want a song.", []),
    ("words: [song], if_said: role", "As a guest, I want a song.", ["song"]),
    ("words: [song], unless_said: role", "As a guest, I want a song.", []),
]


@pytest.mark.parametrize(("way", "text", "expected"), GOALS)
def test_what_is_wanted(found, way, text, expected):
    assert found(goal(way), text) == expected


def test_the_first_way_counts_and_guards_hold_for_all(found):
    ways = f"goal: {{{PARTS}, any_of: [{{words: [song]}}, {{verbs: [sing]}}]}}"
    assert found(ways, "I want to sing a song.") == ["song"]
    assert found(goal("words: [song]", ", if_said: role"), "I want a song.") == []


ECHOES = [
    ("I want to sing carols, so that I can sing.", ["so that I can sing"]),
    ("I want to sing carols, so that I can do it.", ["so that I can do it"]),
    ("I want to sing carols, so that the choir is ready.", []),
    ("I want to sing carols.", []),
    ("I want to sing carols, so that", []),
]


@pytest.mark.parametrize(("text", "expected"), ECHOES)
def test_a_benefit_that_says_nothing_new(found, text, expected):
    assert found(f"echo: {{{PARTS}, empty: [do, can]}}", text) == expected


MINIMAL = "minimal: {story: [role, wish], aside: [aside], alone_in: [title]}"
STORY = "As a guest, I want to sing."
BESIDE = [
    ("As a guest, I want to sing (hymns and carols).", "A title", ["(hymns and carols)"]),
    ("As a guest, I want to sing `(hymns and carols)`.", "A title", []),
    ("As a guest of the Winter Ball (WB), I want to sing.", "A title", []),
    ("The hall (behind the inn) is warm.", "A title", []),
    ("", f"{STORY} We did it last year. It was fun.", ["We did it last year. It was fun."]),
    (f"{STORY} We did it last year.", "A title", []),
    ("", STORY, []),
]


@pytest.mark.parametrize(("text", "title", "expected"), BESIDE)
def test_what_stands_beside_a_story(found, text, title, expected):
    assert found(MINIMAL, text, title) == expected


LINES = [
    "As a guest\nI want to sing\nSo that we laugh",
    "**As a** guest,\n**I want** to sing\n**so that** we laugh.",
    "As a guest,\n  I would like to sing\n  in order to laugh",
    "As a guest\n\nI want to sing\n\nSo that we laugh",
    "**As a** guest,\n\n**I want** to sing,\n\n**so that** we laugh.",
    "- As a guest\n- I want to sing\n- So that we laugh",
]


@pytest.mark.parametrize("text", LINES)
def test_the_lines_of_a_story_are_one_sentence(text):
    units = documents.read(Ticket("1", "A title", Text(text, Markup.MARKDOWN))).units
    assert len(units) == 2
    assert {"guest", "sing", "laugh"} <= set(units[1].text.replace(",", " ").replace(".", " ").split())


def test_a_story_in_paragraphs_leads_back_to_its_source(found):
    text = "As a guest\n\nI want to **sing** and `hum`\n\nSo that I can sing"
    assert found(goal("verbs: [sing]"), text) == ["sing"]
    assert found(f"echo: {{{PARTS}, empty: [can]}}", text) == ["So that I can sing"]


def test_a_story_in_the_paragraphs_of_an_editor(found):
    def paragraph(text):
        return {"type": "paragraph", "content": [{"type": "text", "text": text}]}

    content = [
        paragraph(text) for text in ("As a guest", "I want to sing and dance", "So that we laugh", "Thanks.")
    ]
    story = {"type": "doc", "version": 1, "content": content}
    assert found(f"needs: {{{PARTS}, if_said: role}}", story, markup=Markup.ADF) == ["sing and dance"]


def test_lines_of_wiki_markup_are_one_sentence_too(found):
    text = "*As a* guest\n*I want* to sing and dance\n*So that* we laugh"
    assert found(f"needs: {{{PARTS}, if_said: role}}", text, markup=Markup.WIKI) == ["sing and dance"]


@pytest.mark.parametrize(
    "text",
    [
        "As a guest, I want to sing.\nWe want to dance.",
        "The choir sings\nI want to dance",
        "As we know:\n- I want to sing",
        "As a guest, I want to sing.\n\nI want to dance, too.",
        "As a guest\n\n- I want to sing",
    ],
)
def test_other_lines_stay_apart(text):
    assert len(documents.read(Ticket("1", "A title", Text(text, Markup.MARKDOWN))).units) == 3


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (f"goal: {{{PARTS}, any_of: [{{}}]}}", "words, verbs, or both"),
        ("goal: {wish: wonder, benefit: so-that, any_of: [{words: [song]}]}", 'wish "wonder" is unknown'),
        (f"needs: {{{PARTS}, pears: [a]}}", "Did you mean pairs?"),
        ("minimal: {story: [role], aside: [aside], alone_in: [attic]}", 'alone_in "attic" is unknown'),
    ],
)
def test_what_a_rule_author_is_told(book, pattern, reason):
    with pytest.raises(RuleFileError, match=reason.replace("?", r"\?")):
        book(pattern)
