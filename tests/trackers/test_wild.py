import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trackers.wild import Untamed, Wild

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not JSON (line 1, column 1)"),
        (b"[]", "the body is a list, not an object"),
        (b"null", "the body is null, not an object"),
        (b"\xff{}", "the body is not UTF-8 (byte 0)"),
        (b"[" * 100_000, "the body is nested too deeply"),
        (b'{"a": [' + b"[]," * 1_000_000 + b"[]]}", "the body has too many parts"),
        (b'{"a": NaN}', "the body is not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "the body is not JSON"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(body, sentence):
    with pytest.raises(Untamed) as error:
        Wild.parse(body)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (lambda w: w["issue"]["fields"]["summary"].text(), "issue.fields.summary is missing"),
        (lambda w: w["issue"]["id"].id(), "issue.id is true or false, not a text"),
        (lambda w: w["issue"]["key"].text(), "issue.key is null, not a text"),
        (lambda w: w["issue"]["key"]["deeper"].text(), "issue.key.deeper is missing"),
        (lambda w: w["name"]["deeper"].text(), "name is a text, not an object"),
        (lambda w: [e["id"].text() for e in w["list"]], "list[1].id is a number, not a text"),
        (lambda w: list(w["name"]), "name is a text, not a list"),
        (lambda w: w["big"].number(), "big is too large"),
        (lambda w: w["empty"].id(), "empty is empty"),
        (lambda w: w["broken"].id(), "broken is not well-formed text"),
    ],
)
def test_an_error_names_the_path(take, sentence):
    body = {
        "issue": {"id": True, "key": None},
        "name": "x",
        "list": [{"id": "a"}, {"id": 2}],
        "big": 10**400,
        "empty": "",
        "broken": "\ud800",
    }
    with pytest.raises(Untamed) as error:
        take(Wild.parse(json.dumps(body).encode()))
    assert str(error.value) == sentence


def test_what_is_there_is_given_as_asked_for():
    wild = Wild.parse(b'{"id": 7, "name": "a", "on": true, "n": 1.5, "none": null, "list": [1, 2]}')
    assert wild["id"].id() == "7"
    assert wild["name"].text() == "a"
    assert wild["on"].flag() is True
    assert wild["n"].number() == 1.5
    assert wild["none"].text(default="-") == "-"
    assert [entry.number() for entry in wild["list"]] == [1, 2]
    assert not wild["none"]
    assert not wild["absent"]
    assert wild.keys() == ["id", "name", "on", "n", "none", "list"]


@given(JSON, st.lists(st.text(max_size=3), max_size=4))
def test_nothing_but_untamed_is_ever_raised(value, path):
    try:
        wild = Wild.parse(json.dumps({"a": value}).encode())["a"]
        for key in path:
            wild = wild[key]
    except Untamed:
        return
    for ask in (wild.text, wild.id, wild.number, wild.flag, wild.keys, lambda: list(wild)):
        with contextlib.suppress(Untamed):
            ask()


@pytest.mark.parametrize("depth", [401, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
def test_depth_is_bounded_whatever_the_interpreter_can_bear(depth, opening, closing):
    body = '{"x":' + opening * depth + "1" + closing * depth + "}"
    with pytest.raises(Untamed, match="the body is nested too deeply"):
        Wild.parse(body.encode())
    assert Wild.parse(b'{"x":' + b"[" * 300 + b"]" * 300 + b"}")["x"]


def test_half_a_character_becomes_a_sign_of_it_and_a_whole_one_stays():
    wild = Wild.parse(rb'{"a": "x\ud800y", "b": "\ud83d\ude00", "c\udfff": {"d": ["\udc00"]}}')
    assert wild["a"].text() == "x\ufffdy"
    assert wild["b"].text() == "😀"
    assert [entry.text() for entry in wild["c\ufffd"]["d"]] == ["\ufffd"]


@given(st.text(st.characters()))
def test_whatever_text_comes_can_be_written_again(text):
    read = Wild.parse(json.dumps({"a": text}).encode())["a"].text()
    assert read.encode().decode() == read
    assert bool(read) is bool(text)
