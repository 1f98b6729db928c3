"""The parts of stories, and what would pass in the place of single words."""

import pytest

from service.suggesting.qualities import _agreeing
from service.suggesting.wishes import Sort, others, wish

STORIES = {
    "As a clerk, I want to print labels so that I save time.": ("a clerk", Sort.DO, "print labels"),
    "As an admin I need to see who logged in": ("an admin", Sort.SEE, "see who logged in"),
    "As the owner, I'd like to be able to close my shop.": ("the owner", Sort.DO, "close their shop"),
    "As a nurse, I want to have the option to call someone": ("a nurse", Sort.DO, "call someone"),
    "As a buyer, I want to be told when it ships": ("a buyer", Sort.BE, "be told when it ships"),
    "As a lead, I want a list of open orders.": ("a lead", Sort.HAVE, "a list of open orders"),
    "As a cook, I want the system to remind me": ("a cook", Sort.MACHINE, "remind them"),
    "As a clerk, I want all orders to be archived": ("a clerk", Sort.MACHINE, "be archived"),
    "As a guest I can redeem my voucher, so that I pay less": ("a guest", Sort.DO, "redeem their voucher"),
    "As a clinic we want to remind our patients": ("a clinic", Sort.DO, "remind their patients"),
    "As a buyer, I want to filter by date, status, etc.": ("a buyer", Sort.DO, "filter by date, status"),
}


@pytest.mark.parametrize("text", STORIES)
def test_the_parts_of_a_story(text):
    found = wish([text])
    assert (found.role, found.sort, found.goal) == STORIES[text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The page is slow.",
        "As a clerk, I want fewer clicks",  # neither a thing with an article nor a verb
        "As a clerk, I want my colleague to call me",  # somebody else acts
        "As a clerk, I want to",
        "As a clerk, I want to print. It must be fast. Nobody knows",
        "As a shop owner I want to\n- edit prices\n- edit names",
        "As a clerk, I want to " + "print and " * 40 + "fold",
        "as a " * 2_000 + "I want",
    ],
)
def test_what_cannot_be_read_without_doubt_is_left(text):
    assert wish([text]) is None


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ("see what I'm paid and my bonus", "see what they are paid and their bonus"),
        ("know that we’ve sent ours", "know that they have sent theirs"),
        ("log myself in before I was asked", "log themselves in before they were asked"),
        ("export the army list", "export the army list"),
    ],
)
def test_what_i_say_of_myself_is_said_of_others(mine, theirs):
    assert others(mine) == theirs


@pytest.mark.parametrize(("plural", "told"), [(False, "that takes 3"), (True, "that take 3")])
def test_the_verb_agrees(plural, told):
    assert _agreeing("that {takes|take} 3", plural=plural) == told
    assert _agreeing("as in 3", plural=plural) == "as in 3"
