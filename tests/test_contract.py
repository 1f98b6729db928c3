import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.contract import KEYS, ContractError, id_of, review_to_json, ticket_from_json
from service.review import Dimension, Finding, Level, Review, Severity
from service.ticket import Kind, Markup, Ticket

ADF = {"type": "doc", "version": 1, "content": []}


def refused(obj):
    with pytest.raises(ContractError) as error:
        ticket_from_json(obj)
    return str(error.value)


def test_a_whole_ticket():
    ticket = ticket_from_json(
        {
            "id": "SHOP-1",
            "type": "story",
            "title": "Export the ledger",
            "description": "h2. Why",
            "markup": "wiki",
            "fields": {"acceptance criteria": "* a file", "environment": None, "notes": ADF},
            "labels": ["export"],
            "status": "To do",
            "project": "SHOP",
            "links": ["SHOP-2"],
            "attachments": ["ledger.csv"],
        }
    )
    assert (ticket.id, ticket.title, ticket.kind) == ("SHOP-1", "Export the ledger", Kind.STORY)
    assert (ticket.description.content, ticket.description.markup) == ("h2. Why", Markup.WIKI)
    assert ticket.fields["acceptance criteria"].markup is Markup.WIKI
    assert ticket.fields["environment"].content is None
    assert ticket.fields["notes"].markup is Markup.ADF
    assert (ticket.labels, ticket.links, ticket.attachments) == (("export",), ("SHOP-2",), ("ledger.csv",))
    assert (ticket.status, ticket.project) == ("To do", "SHOP")


def test_a_title_is_enough():
    ticket = ticket_from_json({"title": "Export the ledger"})
    assert (ticket.id, ticket.description.content) == ("", None)
    assert ticket_from_json({"title": None}).title == ""


def test_markup_is_markdown_unless_told_or_plainly_adf():
    assert ticket_from_json({"title": "", "description": "x"}).description.markup is Markup.MARKDOWN
    assert ticket_from_json({"title": "", "description": ADF}).description.markup is Markup.ADF
    told = {"title": "", "description": ADF, "markup": "adf"}
    assert ticket_from_json(told).description.content == ADF


def test_an_unknown_type_is_no_error():
    assert ticket_from_json({"title": "Something", "type": "Vorhaben"}).kind is None


def test_keys_we_do_not_read_are_ignored():
    assert ticket_from_json({"title": "x", "assignee": 3, "group": "g"}) == ticket_from_json({"title": "x"})


@pytest.mark.parametrize("name", ["SHOP-1", 7, None, "", "ü\ud800"])
def test_an_id_is_given_back_as_it_came(name):
    assert id_of({"id": name}) == name


DEEP = json.loads('{"type":"doc","content":' + "[" * 150 + "]" * 150 + "}")


@pytest.mark.parametrize(
    ("obj", "sentence"),
    [
        ([], "a ticket is a JSON object, and this is a list"),
        (None, "a ticket is a JSON object, and this is null"),
        ({}, "title is missing"),
        ({"titel": "x"}, 'title is missing; did "titel" mean title?'),
        ({"title": "x", "descripton": "y"}, "descripton is not read; did it mean description?"),
        ({"title": 3}, "title is a number; valid is a string or null"),
        ({"title": "x", "id": 1.5}, "id is a number; valid is a string, a whole number or null"),
        ({"title": "x", "id": True}, "id is true; valid is a string, a whole number or null"),
        ({"title": "x", "markup": "html"}, 'markup is "html"; choose one of: markdown, wiki, adf, plain'),
        ({"title": "x", "markup": []}, "markup is a list; choose one of: markdown, wiki, adf, plain"),
        ({"title": "x", "description": []}, "description is a list; valid is a string, an ADF object or null"),
        (
            {"title": "x", "description": ADF, "markup": "wiki"},
            "description is an object, which is ADF, but markup is wiki",
        ),
        (
            {"title": "x", "description": "text", "markup": "adf"},
            "description is a string, but markup is adf; valid is an ADF object or null",
        ),
        ({"title": "x", "description": DEEP}, "description is nested more than 100 levels deep"),
        ({"title": "x", "labels": "bug"}, "labels is a string; valid is a list of strings"),
        ({"title": "x", "labels": ["a", 3]}, "labels[1] is a number; valid is a string"),
        ({"title": "x", "labels": ["a"] * 1001}, "labels holds more than 1000 entries"),
        ({"title": "x", "fields": []}, "fields is a list; valid is an object of named texts"),
        (
            {"title": "x", "fields": {"steps": 3}},
            "fields.steps is a number; valid is a string, an ADF object or null",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_ticket_is_told_by_its_place(obj, sentence):
    assert refused(obj) == sentence


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(
    json_values
    | st.fixed_dictionaries({"title": json_values}, optional={key: json_values for key in KEYS if key != "title"})
)
def test_any_json_is_a_ticket_or_is_refused_with_a_sentence(obj):
    try:
        ticket = ticket_from_json(obj)
    except ContractError as error:
        ticket = str(error)
    assert ticket
    assert isinstance(ticket, Ticket | str)


FINDING = Finding(
    rule="unmeasured-quality",
    severity=Severity.WARNING,
    dimension=Dimension.PRECISION,
    points=8,
    gain=8,
    message="“fast” cannot be tested.",
    why="An adjective hides a number.",
    coach="Write a limit.",
    field="description",
    start=12,
    end=16,
    quote="fast",
)


def test_an_answer_has_its_keys_in_the_contracts_order():
    review = Review(92, Level.READY, "", (FINDING,), "f00d", "hash")
    answer = review_to_json("SHOP-1", review)
    assert list(answer) == ["id", "score", "level", "findings", "rulebook"]
    assert (answer["id"], answer["score"], answer["level"], answer["rulebook"]) == ("SHOP-1", 92, "ready", "f00d")
    assert list(answer["findings"][0].items()) == [
        ("rule", "unmeasured-quality"),
        ("severity", "warning"),
        ("dimension", "precision"),
        ("points", 8),
        ("message", "“fast” cannot be tested."),
        ("coach", "Write a limit."),
        ("field", "description"),
        ("start", 12),
        ("end", 16),
        ("quote", "fast"),
    ]
    assert json.loads(json.dumps(answer)) == answer


def test_an_abstention_has_a_reason_and_no_score():
    answer = review_to_json(None, Review(None, None, "not in English", (), "f00d", "hash"))
    assert answer == {
        "id": None,
        "score": None,
        "level": None,
        "reason": "not in English",
        "findings": [],
        "rulebook": "f00d",
    }
