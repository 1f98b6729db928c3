"""Public keys: fetched from one address, kept for a while, a few at a time."""

import contextlib

import pytest
import responses

from service.trackers.base import Unreachable
from service.trackers.key_server import (
    KEPT_SECONDS,
    MOST_BYTES,
    MOST_KEPT,
    MOST_UNKNOWN_IN_A_ROW,
    REFILL_SECONDS,
    KeptKeys,
    fetch,
)

URL = "https://keys.example/one"


@responses.activate
@pytest.mark.parametrize("status", [204, 302, 400, 403, 404, 410])
def test_a_key_that_is_not_there_is_none(status):
    responses.get(URL, status=status, headers={"Location": "https://evil.example/key"})
    assert fetch(URL) is None
    assert len(responses.calls) == 1


@responses.activate
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_server_in_trouble_is_asked_again_later(status):
    responses.get(URL, status=status)
    with pytest.raises(Unreachable):
        fetch(URL)


def test_a_server_that_is_not_there_is_asked_again_later():
    with pytest.raises(Unreachable):
        fetch("http://127.0.0.1:9/one", 1.0)


@responses.activate
def test_an_answer_that_is_no_key_by_its_size_is_none():
    responses.get(URL, body=b"x" * (MOST_BYTES + 1))
    assert fetch(URL) is None


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_key_is_kept_for_an_hour_and_then_asked_for_again():
    asked, clock = [], Clock()
    keys = KeptKeys(lambda name: asked.append(name) or f"key {name}", clock)
    assert [keys.get("a"), keys.get("a")] == ["key a", "key a"]
    assert asked == ["a"]
    clock.now = KEPT_SECONDS
    keys.get("a")
    assert asked == ["a", "a"]


def test_what_is_unknown_is_not_kept_and_what_is_kept_is_bounded():
    asked = []
    keys = KeptKeys(asked.append)
    assert (keys.get("a"), keys.get("a"), asked) == (None, None, ["a", "a"])
    keys = KeptKeys(lambda name: asked.append(name) or name)
    for number in range(MOST_KEPT + 1):
        keys.get(str(number))
    asked.clear()
    keys.get("0")
    keys.get(str(MOST_KEPT))
    assert asked == ["0"]


def test_whoever_makes_up_ids_has_few_of_them_asked_for_and_holds_no_known_key_up():
    asked, clock = [], Clock()
    keys = KeptKeys(lambda name: asked.append(name) or ("a key" if name == "known" else None), clock)
    assert keys.get("known") == "a key"
    refused = 0
    for number in range(50):
        try:
            assert keys.get(f"made up {number}") is None
        except Unreachable:
            refused += 1
    assert (len(asked), refused) == (1 + MOST_UNKNOWN_IN_A_ROW, 50 - MOST_UNKNOWN_IN_A_ROW)
    assert keys.get("known") == "a key"
    clock.now = REFILL_SECONDS
    assert keys.get("made up again") is None
    with pytest.raises(Unreachable):
        keys.get("and again")


def test_what_could_not_be_asked_for_counts_as_no_question():
    keys = KeptKeys(lambda _: None, Clock())
    with contextlib.ExitStack() as busy:
        for _ in range(MOST_UNKNOWN_IN_A_ROW):
            busy.enter_context(keys._bulkhead.entered())
        for number in range(50):
            with pytest.raises(Unreachable, match="Too many wait"):
                keys.get(f"made up {number}")
    for number in range(MOST_UNKNOWN_IN_A_ROW):
        assert keys.get(f"asked for {number}") is None
