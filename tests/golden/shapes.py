"""Every shape that a comment can take: a review, and what was said before."""

from dataclasses import replace

from service.feedback import Said
from service.ticket import frozen
from service.verdict import Exemplar
from tests.reviews import absent, found, review

CRITERIA = absent("no-acceptance-criteria", 24)
BENEFIT = absent("no-benefit", 12)
FAST = found("unmeasured-quality", "fast", 8, start=4)
FRIENDLY = found("unmeasured-quality", "user-friendly", 4, start=20)
ROBUST = found("unmeasured-quality", "robust", 2, start=40)
SLEEK = found("unmeasured-quality", "sleek", 1, start=60)
ETC = found("open-ended-list", "etc.", 6, start=70)
TBD = found("placeholder-text", "TBD", 10, start=80)
TWO_NEEDS = found("several-needs-in-one-story", "import last year’s invoices and send reminders", 9, start=90)

GOOD = Exemplar("SHOP-12", "https://jira.team.example/browse/SHOP-12")
SAID = Said("posted", "…", "text 0", 64, ("no-acceptance-criteria", "unmeasured-quality"))
MENDED = {"no-acceptance-criteria": "the acceptance criteria", "unmeasured-quality": "", "open-ended-list": ""}
LONG = "the page that shows every invoice of every customer of every region " * 4
HOSTILE = '[~admin] @all {code} !https://evil.example/a.png! [x](https://evil.example) <img src=x onerror="alert(1)"> *b* ``` ABC-1'

SHAPES = {
    "one-absence": (review(76, CRITERIA), None),
    "one-quote": (review(76, replace(FAST, gain=24)), None),
    "two-findings": (review(64, CRITERIA, BENEFIT), None),
    "three-findings": (review(62, CRITERIA, FAST, ETC), None),
    "many-findings": (review(31, ETC, TWO_NEEDS, CRITERIA, TBD, FAST, BENEFIT), None),
    "four-findings": (review(48, ETC, CRITERIA, FAST, BENEFIT), None),
    "grouped-quotes": (review(85 - 15, FAST, FRIENDLY, ROBUST, gains={"unmeasured-quality": 14}), None),
    "more-quotes-than-shown": (review(55, FAST, FRIENDLY, ROBUST, SLEEK, gains={"unmeasured-quality": 15}), None),
    "the-same-words-twice": (review(58, FAST, replace(FAST, start=50, end=54), gains={"unmeasured-quality": 12}), None),
    "a-message-without-the-words": (review(71, TWO_NEEDS), None),
    "a-good-one-from-the-project": (
        replace(review(62, CRITERIA, FAST), exemplars=frozen({"no-acceptance-criteria": GOOD})), None,
    ),
    "nothing-to-gain": (review(70, replace(FAST, gain=0)), None),
    "unclear": (review(38, CRITERIA, TBD, FAST, BENEFIT), None),
    "improved": (review(72, FAST, ETC, text="text 1", passed=MENDED), replace(SAID, rules=(*SAID.rules, "open-ended-list"))),
    "improved-in-part": (review(70, CRITERIA, text="text 1"), replace(SAID, score=62)),
    "worsened": (review(52, CRITERIA, TBD, FAST, text="text 1"), SAID),
    "another-fault-for-the-last": (review(64, BENEFIT, TBD, text="text 1", passed=MENDED), SAID),
    "ready-after-mending": (review(100, text="text 1", passed=MENDED), SAID),
    "ready-with-a-remainder": (review(92, FAST, text="text 1", passed=MENDED), SAID),
    "ready-after-mending-much": (
        review(95, text="text 1", passed={rule: f"the {rule.split('-')[-1]}" for rule in ("a-one", "a-two", "a-three", "a-four")}),
        replace(SAID, score=20, rules=("a-one", "a-two", "a-three", "a-four")),
    ),
    "still-ready": (review(96, ETC, text="text 1"), replace(SAID, score=96, rules=("open-ended-list",))),
    "unread-remainder": (review(66, FAST, unread=48_213), None),
    "many-findings-and-unread-remainder": (review(31, ETC, CRITERIA, TBD, FAST, unread=512), None),
    "hostile-quotes": (review(60, found("unmeasured-quality", HOSTILE, 8), found("placeholder-text", "??? \u202e\n\n# no", 5)), None),
    "long-quote": (review(60, replace(TWO_NEEDS, quote=LONG)), None),
}  # fmt: skip
