"""Reviews built by hand, with texts of our own, for tests of what is said about them."""

from service.ticket import Kind, frozen
from service.verdict import Dimension, Finding, Level, Review, Severity

ABSENCES = {
    "no-acceptance-criteria": (
        Severity.BLOCKER,
        Dimension.ACCEPTANCE,
        "There are no acceptance criteria.",
        "Without them engineer and tester each decide alone when this is done. They will decide differently.",
        "Add two or three lines, each with something a person does and what they then see.",
    ),
    "no-benefit": (
        Severity.WARNING,
        Dimension.PURPOSE,
        "The story does not say what for.",
        "Who knows the purpose can offer a simpler way to it.",
        "Add “so that …” with what the person gets out of it.",
    ),
    "no-steps-to-reproduce": (
        Severity.BLOCKER,
        Dimension.EVIDENCE,
        "The report does not say how to get there.",
        "A fault that cannot be seen again is closed unmended.",
        "List what you did, one step a line, from a page anyone can open.",
    ),
}
PLACES = {
    "unmeasured-quality": (
        Severity.WARNING,
        Dimension.PRECISION,
        "“{}” cannot be tested. How would QA know it is done?",
        "An adjective hides a number. Two engineers will pick two numbers.",
        "Write what someone could observe instead, such as a limit, a count or a duration.",
    ),
    "open-ended-list": (
        Severity.WARNING,
        Dimension.PRECISION,
        "“{}” leaves the list open.",
        "Whoever builds it has to guess the rest.",
        "Name every entry, or say what they have in common.",
    ),
    "placeholder-text": (
        Severity.BLOCKER,
        Dimension.BEHAVIOUR,
        "“{}” is a gap still to be filled.",
        "Work that starts before it is filled is often done twice.",
        "Fill it, or say who will by when.",
    ),
    "several-needs-in-one-story": (
        Severity.WARNING,
        Dimension.BEHAVIOUR,
        "This asks for more than one thing.",
        "Two needs are estimated, built and tested apart, yet the ticket can only be done once.",
        "Make one story of each.",
    ),
}


def absent(rule, gain, field="description"):
    severity, dimension, message, why, coach = ABSENCES[rule]
    return Finding(rule, severity, dimension, gain, gain, message, why, coach, field)


def found(rule, quote, gain, start=0, field="description"):
    severity, dimension, message, why, coach = PLACES[rule]
    end = start + len(quote)
    told = message.format(quote)
    return Finding(rule, severity, dimension, gain, gain, told, why, coach, field, start, end, quote)


def level_of(score):
    return Level.READY if score >= 80 else Level.NEARLY if score >= 50 else Level.UNCLEAR


def review(score, *findings, text="text 1", unread=0, gains=None, passed=None, kind=Kind.STORY):
    passed = {rule: words for rule, words in (passed or {}).items() if rule not in {f.rule for f in findings}}
    return Review(
        score,
        level_of(score),
        "",
        findings,
        "rules 1",
        text,
        kind,
        unread,
        frozen(gains or {}),
        frozen(passed),
    )


def abstention(text="text 1", reason="not in English"):
    return Review(None, None, reason, (), "rules 1", text)
