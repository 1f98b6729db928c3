"""What a person is told of their week."""

from pathlib import Path

import pytest

from service import rulebook
from service.coaching import Step, to_try
from service.response import What
from service.weekly.letter import NOTHING, Good, letter
from service.weekly.writing import write

SINCE = 1_000_000.0
RULES = rulebook.load().rules
GOOD = Good("SHOP-12", "https://jira.example/browse/SHOP-12", 96)
WHAT = {"S": What.SHOWN, "M": What.MENDED, "U": What.UNAIDED}
GOLDEN = Path(__file__).parent / "letters"


def met(rule, before="", since=""):
    """What somebody met of a rule, before the week and in it."""
    told = [(step, SINCE - 1000 + n) for n, step in enumerate(before)]
    told += [(step, SINCE + n) for n, step in enumerate(since)]
    return [Step(rule, WHAT[step], at) for step, at in told]


TABLE = {
    "nothing happened": (met("no-benefit", "SMSM"), None, None),
    "mended": (met("no-benefit", "S", "M"), None, ["Mended after a comment: “TITLE”."]),
    "mastered": (
        met("no-benefit", "SMU", "UU"),
        None,
        [
            "You now get it right from the start, three times in a row: “TITLE”.",
            "Right from the start, on a point that you were told of before: 2 times.",
        ],
    ),
    "mastered before": (met("no-benefit", "SMUUU", "U"), None, ["Right from the start, on a point that you were told of before: once."]),
    "told, and no more": (met("no-benefit", "", "S"), None, [NOTHING]),
    "a good ticket alone": ([], GOOD, [NOTHING]),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_what_improved(name):
    steps, good, improved = TABLE[name]
    told = letter(steps, SINCE, RULES, good)
    if improved is None:
        assert told is None
    else:
        title = RULES["no-benefit"].title
        named = title[:1].lower() + title[1:]
        assert list(told.improved) == [line.replace("TITLE", named) for line in improved]


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        (met("no-benefit", "S") + met("vague-time", "SS"), "vague-time"),
        (met("no-benefit", "SUUU") + met("vague-time", "S"), "vague-time"),
        (met("no-benefit", "S") + met("vague-time", "S"), "vague-time"),
        (met("no-benefit", "SUUU"), ""),
        ([], ""),
    ],
)
def test_one_thing_to_try(steps, rule):
    assert to_try(steps) == rule


def test_a_rule_that_is_no_more_is_advised_to_nobody():
    assert letter(met("gone-by-now", "", "S"), SINCE, RULES, None).advice is None


@pytest.mark.parametrize("part", ["plain", "html"])
def test_golden(part, request):
    steps = met("no-benefit", "SMU", "UU") + met("unmeasured-quality", "SM", "SM")
    told = letter(steps, SINCE, RULES, GOOD)
    mail = write(
        told,
        sender="clarity@team.example",
        to="ada@team.example",
        base_url="https://clarity.team.example",
        leave="https://clarity.team.example/leave/abc",
        name="week-20000.1",
        now=SINCE,
    )
    said = mail.get_body((part,)).get_content()
    path = GOLDEN / f"letter.{'txt' if part == 'plain' else 'html'}"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


def test_nothing_in_a_ticket_comes_alive():
    told = letter([], SINCE, RULES, Good("<b>X-1</b>\r\nBcc: eve@evil.example", "", 90))
    mail = write(
        told, sender="c@x.example", to="a@x.example", base_url="https://x", leave="https://x/l", name="n", now=0
    )
    assert "<b>X-1" not in mail.get_body(("html",)).get_content()
    assert mail["Bcc"] is None
