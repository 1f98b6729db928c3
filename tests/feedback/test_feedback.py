"""What a comment says, beyond the shapes in tests/golden."""

import subprocess
import sys
from dataclasses import replace

import pytest

from service.coaching import Depth
from service.comment import Paragraph, Quoted, Words
from service.feedback import SIGNATURE, Said, compose, fingerprint, points_of
from service.phrases import first_sentence, in_words, listed, quoting
from service.render.markdown import render
from tests.reviews import absent, abstention, found, review

CRITERIA = absent("no-acceptance-criteria", 24)
BENEFIT = absent("no-benefit", 12)
FAST = found("unmeasured-quality", "fast", 8)
ETC = found("open-ended-list", "etc.", 6)
TBD = found("placeholder-text", "TBD", 10)


def test_an_abstention_has_no_comment():
    with pytest.raises(ValueError, match="nothing to say"):
        compose(abstention())
    assert fingerprint(abstention()) == ""


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_never_more_than_three_points(count):
    findings = [FAST, CRITERIA, ETC, TBD, BENEFIT][:count]
    text = render(compose(review(45, *findings)))
    assert text.count("\n- ") == min(count, 3)
    assert ("can wait" in text) == (count > 3)


def test_the_one_that_gains_most_comes_first():
    rules = [point.findings[0].rule for point in points_of(review(40, ETC, CRITERIA, FAST, BENEFIT, TBD))]
    assert rules == [
        "no-acceptance-criteria",
        "no-benefit",
        "placeholder-text",
        "unmeasured-quality",
        "open-ended-list",
    ]


def test_of_two_that_gain_the_same_the_costlier_comes_first():
    cheap, dear = replace(ETC, gain=0, points=1), replace(FAST, gain=0, points=8)
    assert [point.findings[0].rule for point in points_of(review(60, cheap, dear))] == [dear.rule, cheap.rule]


def test_a_group_gains_what_the_review_says_and_at_least_what_one_of_it_gains():
    second = replace(FAST, quote="robust", gain=4)
    (told,) = points_of(review(70, FAST, second, gains={"unmeasured-quality": 13}))
    (least,) = points_of(review(70, FAST, second))
    assert (told.gain, least.gain) == (13, 8)


def test_quotes_are_told_once_and_without_markup_at_their_ends():
    again = [replace(FAST, quote=quote) for quote in ("Fast", "**fast**", "`robust`", "  ", "")]
    (point,) = points_of(review(70, FAST, *again))
    assert point.quotes == ("fast", "robust")


def test_only_what_passes_now_is_praised():
    said = Said("posted", "…", "text 0", 40, ("no-benefit", "open-ended-list", "a-rule-that-is-gone"))
    praised = review(82, FAST, passed={"no-benefit": "the benefit"})
    assert render(compose(praised, said)) == f"{SIGNATURE}**40 → 82 of 100: ready.** Mended: the benefit."


def test_what_was_not_found_before_is_not_praised():
    said = Said("posted", "…", "text 0", 60, ("no-benefit",))
    now = review(60, BENEFIT, passed={"open-ended-list": "the list"})
    assert "Mended" not in render(compose(now, said))
    assert "→" not in render(compose(now, said))


def test_the_last_paragraph_opens_with_the_signature():
    for about in (review(60, FAST), review(95)):
        last = compose(about).nodes[-1]
        assert isinstance(last, Paragraph)
        assert isinstance(last.content[0], Words)
        assert last.content[0].text.startswith(SIGNATURE)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (review(60, FAST, text="text 2"), True),
        (review(61, FAST), False),
        (review(60, replace(FAST, start=90, end=94)), True),
        (review(60, replace(FAST, quote="quick", message="“quick” cannot be tested.")), False),
        (review(60, ETC), False),
        (review(60, FAST, unread=10), False),
        (review(60, FAST, passed={"no-benefit": "the benefit"}), True),
        (replace(review(60, FAST), level="unclear"), False),
        (replace(review(60, FAST), rulebook="rules 2"), True),
    ],
)
def test_a_fingerprint_changes_with_what_the_comment_would_say(other, same):
    assert (fingerprint(review(60, FAST)) == fingerprint(other)) == same


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One sentence.", "One sentence."),
        ("An adjective hides a number. Two engineers will pick two.", "An adjective hides a number."),
        ("Is it done? Nobody knows.", "Is it done?"),
        ("Folded by\n  YAML. And more.\n", "Folded by YAML."),
        ("Say e.g. how many. Then stop.", "Say e.g. how many."),
        ("It says “done.” Then more.", "It says “done.”"),
        ("", ""),
    ],
)
def test_the_first_sentence(text, first):
    assert first_sentence(text) == first


def test_lists_in_words():
    names = ["a", "b", "c", "d", "e"]
    assert [listed(names[:n], most=3) for n in range(6)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 1 more",
        "a, b, c and 2 more",
    ]
    assert in_words("no-acceptance-criteria") == "no acceptance criteria"


def test_a_message_tells_its_words_from_the_tickets():
    assert quoting("“fast” is vague.", "fast") == (Quoted("fast"), Words(" is vague."))
    assert quoting("Vague.", "fast") == (Words("Vague."), Words(" "), Quoted("fast"))
    assert quoting("Add “so that …”.", "") == (Words("Add “so that …”."),)


def test_deciding_and_speaking_need_no_parser():
    loaded = "import sys, service.reaction, service.render.adf; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0


def lines(tree):
    return [line for line in render(tree).split("\n") if line]


def test_what_the_author_knows_is_one_line_and_what_they_mastered_is_named():
    given = review(62, CRITERIA, FAST, ETC)
    depths = {"no-acceptance-criteria": Depth.BRIEF, "unmeasured-quality": Depth.COUNT}
    told = lines(compose(given, depths=depths))
    assert told[0] == "**Clarity 62 of 100: nearly ready.** Two things would help:"
    assert told[1] == "- **+24 · There are no acceptance criteria.**"
    assert told[2].startswith("- **+6 · “etc.” leaves the list open.**")
    assert told[3].strip().startswith("Whoever builds it has to guess the rest.")
    assert told[4] == "And a slip in what you usually do right: unmeasured quality."


def test_a_comment_never_only_counts():
    given = review(68, FAST)
    counted, brief = (compose(given, depths={"unmeasured-quality": depth}) for depth in (Depth.COUNT, Depth.BRIEF))
    assert counted == brief
    assert "- **+8 · “fast” cannot be tested. How would QA know it is done?**" in lines(counted)
