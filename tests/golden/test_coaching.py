"""One author's tickets in a row, and how much each comment explains: told in coaching.md, as the author reads it.

Explained twice with what would pass, then one line; mastered after three that pass by themselves, a slip is only
counted; a second slip is a relapse, and is explained again. `--update-golden` writes it anew.
"""

from pathlib import Path

from service.coaching import Depth, curves, depths
from service.conversation import Conversation
from service.feedback import Said, compose, shown_rules
from service.policy import Policy
from service.render.markdown import render
from service.response import responses
from service.ticket import Kind, Markup, Text, Ticket
from service.verdict import Level
from tests.golden.test_lives import reviewer

PATH = Path(__file__).parent / "coaching.md"
CRITERIA = "\n\n## Acceptance criteria\n- When the list is empty, “No orders” is shown.\n- A cancelled order is not shown."
WITHOUT, WITH = "As a baker, I want to {}.", "As a baker, I want to {}, so that I buy enough flour."
COURSE = [
    ("Orders of tomorrow", WITHOUT.format("see the orders of tomorrow"), Depth.EXPLAIN),
    ("Orders by pick-up time", WITHOUT.format("sort the orders by pick-up time"), Depth.EXPLAIN),
    ("Print the list of orders", WITHOUT.format("print the list of orders"), Depth.BRIEF),
    ("Orders of the week", WITH.format("see the orders of a week"), Depth.BRIEF),
    ("Orders of one customer", WITH.format("see the orders of one customer"), Depth.BRIEF),
    ("Orders of one bread", WITH.format("see the orders of one bread"), Depth.BRIEF),
    ("Orders with a note", WITHOUT.format("see the orders with a note quickly"), Depth.COUNT),
    ("Orders without a name", WITHOUT.format("see the orders without a name quickly"), Depth.EXPLAIN),
]
RULE = "no-benefit"
STRICT = Policy(ready=95)
"""Of a team that wants nearly everything, so that one missing benefit is spoken of."""


def filed(title, story, history):
    """The comment on an author's next ticket, and what is noted of it."""
    known = curves(history)
    ticket = Ticket("1", title, Text(story + CRITERIA, Markup.MARKDOWN), Kind.STORY)
    review = reviewer().suggest(ticket, STRICT, reviewer().review(ticket, STRICT))
    speaks = review.level is not Level.READY
    told = responses(
        review,
        Said(),
        Conversation(),
        shown=shown_rules(review) if speaks else (),
        shown_before=(),
        learnt=[rule for rule, curve in known.items() if curve.shown],
        author="author",
        name=lambda person: person.id,
    )
    said = render(compose(review, depths=depths(known))) if speaks else "(ready: no comment)\n"
    return said, depths(known).get(RULE, Depth.EXPLAIN), [(one.rule, one.what) for one in told]


def course():
    history, lines, met = [], ["# What one author reads, ticket by ticket"], []
    for number, (title, story, _) in enumerate(COURSE, 1):
        said, depth, noted = filed(title, story, history)
        history += noted
        met.append(depth)
        about = ", ".join(what for rule, what in noted if rule == RULE) or "nothing"
        lines += [f"## {number}. {title}", f"> {story}", f"Of {RULE} is noted: {about}.", said.strip()]
    return met, "\n\n".join(lines) + "\n"


def test_golden(request):
    met, now = course()
    assert met == [depth for *_, depth in COURSE]
    if request.config.getoption("--update-golden"):
        PATH.write_text(now, encoding="utf-8")
    assert PATH.read_text(encoding="utf-8") == now


def test_a_point_is_explained_told_in_a_line_counted_and_explained_again():
    """The very words by which an author tells one stage from another."""
    explained, counted = "so that ⟨what they gain", "And a slip in what you usually do right: no benefit."
    _, told = course()
    stages = told.split("\n## ")[1:]
    assert [explained in stage for stage in stages] == [True, True, False, False, False, False, False, True]
    assert [counted in stage for stage in stages] == [False] * 6 + [True, False]
