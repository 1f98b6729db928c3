"""What a heading, label or field name means, whatever its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from service.document.model import Section

Own = Mapping[str, Section]
"""A team's own names of headings, in the form of `name_of`."""
NO_NAMES: Own = MappingProxyType({})

_NAMES: dict[Section, str] = {
    Section.CRITERIA: """
        acceptance criteria | acceptance criterion | acceptance | acceptance test | acceptance tests
        accept criteria | acceptance critera | acceptance criterias | acceptance requirements
        acceptance conditions | acceptance checklist | ac | acs | a/c | a.c | a.c.'s | ac's | criteria
        dod | definition of done | done when | done criteria | completion criteria | exit criteria
        this is done when | we are done when | it is done when | conditions of satisfaction
        condition of satisfaction | conditions of acceptance | cos | success criteria | success criterion
        satisfaction criteria | this story is done when | how do we know it is done
        how do we know we are done | how do we know when we're done | how will we know it's done
        what does done look like | acceptance scenarios | scenarios | requirements and acceptance criteria
        definition of success | i know this is done when | ready when | finished when | complete when
        this ticket is done when | verification criteria | uat criteria | story acceptance
        | how will we know it works | how will qa know it works | how will we know it is done
        | how will we know this is done | what must be true
        | acceptance checks | criteria of acceptance | criteria for acceptance | success looks like""",
    Section.STEPS: """
        steps to reproduce | step to reproduce | str | steps to repro | repro steps | reproduction steps
        steps | steps to replicate | steps to recreate | replication steps | how to reproduce
        how to replicate | to reproduce | reproduce | reproduction | repro | reproducing | reproducer
        reproducibility steps | reproduction case | how to repeat | steps to produce | steps to create
        steps to cause | what steps will reproduce the problem | what steps will reproduce the bug
        what steps will reproduce the issue | steps taken | minimal reproduction
        minimal reproducible example | mcve | reproducible example | reproduction recipe
        how can we reproduce it | how can we reproduce the issue | how to reproduce it | to replicate
        steps to reproduce the issue | steps to reproduce the behavior | steps to reproduce the behaviour
        steps to reproduce the problem | steps to reproduce bug | steps to reproduce the bug
        steps to reproduce it | steps for reproduction | steps for reproducing
        the steps to reproduce are | reproduce steps | what i did | what did you do | test steps
        steps to trigger | steps to reproduce this issue | how do you reproduce it
        link to minimal reproduction | description of steps | procedure to reproduce""",
    Section.EXPECTED: """
        expected | expect | expected behavior | expected behaviour | expected result | expected results
        expected outcome | expected outcomes | expected output | desired behavior | desired behaviour
        desired result | desired outcome | should be | what should happen | what should have happened
        what is expected | what i expected | what did you expect | what did you expect to see
        what did you expect to happen | what was expected | what you expected to happen
        what i expected to happen | what you expected | what is the expected behavior
        what is the expected behaviour | what is the expected output
        what is the expected correct behavior | what is the expected correct behaviour | correct behavior
        correct behaviour | intended behavior | intended behaviour | should have happened | expectation
        expectations | expected to see | expected vs actual | expected and actual results
        wanted behavior | er | describe the results you expected | what did i expect
        expected behavior is | expected action""",
    Section.OBSERVED: """
        actual | actual behavior | actual behaviour | actual result | actual results | actual outcome
        actual output | observed | observed behavior | observed behaviour | observed result
        observed results | current behavior | current behaviour | current result | current output
        what happens instead | what happens | what happened | what actually happened
        what actually happens | what does happen instead | what i see | what i saw | what i got
        | what we got | what you got | what happened instead
        what did you see instead | what did you see | what is happening | what currently happens | symptom
        symptoms | what is the current behavior | what is the current bug behavior
        what is the current behaviour | bug | what do you see instead | instead | what is wrong
        what went wrong | describe the bug | bug description | describe the results you received | the bug
        observed outcome | observation | observations | bug report | problem observed | describe the issue
        issue description | error description | reality | buggy behavior""",
    Section.ENVIRONMENT: """
        environment | environments | env | environment details | environment info
        environment information | version | versions | version info | version information | app version
        platform | platforms | platform info | browser | browsers | browser version | device | devices
        device info | device information | device and android version | system | system info
        system information | system details | operating system | os | os version | setup | hardware
        hardware info | software version | software versions | build | build info | build number | desktop
        smartphone | phone | phone model | phone models | tested on | reproduced on | affected version
        affected versions | affects version | affects versions | your environment | configuration
        general information | output of docker version | output of docker info
        additional environment details | context of use | firmware | android version | ios version
        installed version | installed versions | specs | browser and version""",
    Section.EVIDENCE: """
        evidence | log | logs | log output | log file | logcat | relevant logs | relevant log output
        screenshot | screenshots | screen shot | screen shots | screenshots and videos | video | videos
        recording | bug recording | screen recording | stack trace | stacktrace | stack traces | trace
        traceback | attachment | attachments | error log | error logs | error message | error messages
        error | errors | console output | output | crash log | crash report | exception | log messages
        crash logs | relevant logs and/or screenshots | media | debug log | link to logs | images | image
        gif | error output""",
    Section.PROBLEM: """
        problem | problems | problem statement | problem to solve | the problem | problem description
        background | background information | context | why | why is this important | motivation
        rationale | reason | reasons | goal | goals | objective | objectives | aim | purpose | value
        business value | user value | benefit | benefits | business case | business justification
        justification | opportunity | need | user need | use case | use cases | user problem | pain point
        pain points | value proposition | customer value | impact | business impact | user impact | intent
        why do we need this | why are we doing this | what problem does it solve
        what problem does this solve | what is the problem | what is the problem you are trying to solve
        is your feature request related to a problem
        is your feature request related to a problem? please describe | outcome | outcomes | the why
        business context | hypothesis | business need | reasoning | what & why | what and why
        problem/opportunity | expected benefit | expected benefits | business goal
        | who is this for | who is it for | who has this problem | who is affected | who asked for this
        | whose problem | why now | what is wrong today | the situation today | current situation""",
    Section.STORY: """
        user story | user stories | story | stories | job story | user story statement | story description
        us | narrative | feature request | persona story | as a user | job to be done | jobs to be done
        user need statement | story statement | the story""",
    Section.OUT_OF_SCOPE: """
        out of scope | out-of-scope | not in scope | non-goals | non goals | nongoals | non-goal
        not included | exclusions | excluded | will not do | won't do | what this is not | not doing
        no-gos | no gos | no go | out of the scope | beyond scope | scope exclusions | not part of this
        not covered
        | what we will not do | what we won't do | what we are not doing | not now | not this time | deferred
        | for later | left out | excluded from scope | this does not include | limits of scope""",
    Section.METRIC: """
        metric | metrics | success metric | success metrics | success measure | success measures | kpi
        kpis | measure of success | measures of success | measurement | measurements
        how will we measure success | how do we measure success | success indicators
        what does success look like | what does success look like, and how can we measure that
        key results | key metrics | key result | okr | okrs | tracking | analytics | slo | sla
        service level
        | how will we know it worked | how will we know that it worked | how do we know it worked
        | what will change | goals and metrics | success signals""",
    Section.RISK: """
        risk | risks | risks and mitigations | risk assessment | concerns | risks and assumptions
        known risks | risks & assumptions | mitigation | mitigations | security considerations
        security concerns | potential risks | rollback plan | rollback
        | what could go wrong | what can go wrong | abuse cases | misuse | misuse cases | abuse and misuse
        | threat model | roll-back | roll back | rollback strategy | roll-out and rollback | rollout and rollback
        | rollout plan | security and privacy | privacy and security | data protection | failure modes
        | fallback plan | contingency plan""",
    Section.SOLUTION: """
        solution | solutions | proposed solution | proposal | proposals | suggested solution
        implementation | implementation details | implementation notes | implementation plan
        implementation guide | technical notes | technical details | technical approach | technical design
        tech notes | technical | technical requirements | approach | proposed approach | design
        ui design | ux design | ux/design | ui/ux | ux | design notes | fix | possible fix
        possible fixes | suggested fix | proposed fix | possible solution | workaround | workarounds
        root cause | architecture | developer notes | dev notes | engineering notes | how
        what needs to be done | tasks | task | to do | todo list | to-do list | subtasks | sub-tasks
        plan | work items | action items | what to do | describe the solution you'd like
        describe the solution you would like | development notes | describe alternatives you've considered
        alternatives | alternatives considered | scope of work | changes | changes required
        proposed changes | required changes | suggestion | suggestions | mockups | mockup | wireframes
        feature description | describe the feature | tech details | notes for developers""",
    Section.TEST: """
        qa | qa notes | qa steps | test | tests | testing | test plan | test cases | test case
        testing notes | testing instructions | testing steps | how to test | testing considerations
        verification | verification steps | how to verify | qa instructions | manual testing | validation
        validation steps | test scenarios | test notes | test strategy | qa testing | steps to test | uat
        uat steps""",
    Section.SCOPE: """
        requirements | requirement | functional requirements | non-functional requirements
        nonfunctional requirements | nfr | nfrs | scope | in scope | in-scope | business rules | rules
        specification | specifications | spec | specs and requirements | user requirements
        business requirements | features | details of the feature | constraints | functionality
        must have | must haves | should have | nice to have | nice to haves | behaviour | behavior
        functional specification | deliverables""",
    Section.DESCRIPTION: """
        description | summary | overview | details | detail | general | introduction | intro | issue
        issue summary | what | brief description | short description | tl;dr | tldr | abstract | about
        explanation | detailed description | issue details | full description | user-visible changes""",
    Section.OTHER: """
        note | notes | additional notes | additional info | additional information | additional context
        other | additional details | any other context | add any other context | more info
        more information | comments | comment | references | reference | links | link | related
        related issues | related tickets | related links | resources | useful links | see also
        documentation | docs | dependencies | dependency | depends on | blocked by | blocks | blockers
        blocker | questions | open questions | question | open issues | assumptions | assumption
        definition of ready | definition of ready checklist | dor | checklist | personas | persona | users
        audience | target audience | stakeholders | stakeholder | estimate | estimation | estimates
        story points | priority | severity | release note | release notes | experiments | experiment
        appendix | hint | hints | tip | tips | info | further information | further details | remarks
        miscellaneous | misc | example | examples | update | updates | edit | history | timeline | owner
        reporter | assignee | status | labels | type | reproducibility | frequency | how reproducible
        how often | regression | regressions | proposed labels | cc | fyi | edge cases | feature flag
        prerequisites | preconditions | precondition | prerequisite | pre-conditions | pre-requisites
        given context""",
}
_EXACT = {
    " ".join(name.split()): section
    for section, names in _NAMES.items()
    for name in names.replace("\n", "|").split("|")
    if name.strip()
}
_LEADS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        Section.OUT_OF_SCOPE,
        re.compile(r"\b(?:out[ -]of[ -](?:the )?scope|not in scope|non-?goals?|won't (?:do|fix))\b"),
    ),
    (Section.OTHER, re.compile(r"\bdefinition of ready\b|\bready checklist\b|\bdor\b")),
    (
        Section.CRITERIA,
        re.compile(
            r"^(?:acs?|criterion|scenario|criteria)\b(?! \w+ \w+ \w)"
            r"|\b(?:accept(?:ance)? (?:criteri|critera|test|condition|requirement|scenario|check)"
            r"|definitions? of done\b|done (?:when|criteria)\b|conditions? of (?:satisfaction|acceptance)\b"
            r"|(?:success|completion|exit|satisfaction) criteri"
            r"|(?:story|ticket|task|issue|this) is (?:done|complete|finished|ready) (?:when|if)\b)"
        ),
    ),
    (
        Section.STEPS,
        re.compile(
            r"^(?:detailed |the |exact |basic |simple |minimal |some )?(?:steps?|how|instructions|way"
            r"|procedure|code|script|test ?case"
            r"|scenario|example)s? (?:to|for|can (?:we|i|you)|do (?:you|i|we)) (?:re-?produc|replicat"
            r"|recreat|repro\b|repeat|trigger)"
            r"|\brepro(?:duction|ducible|ducing)? (?:steps?|case|example|recipe|scenario|instructions|code)\b"
            r"|^to (?:reproduce|replicate|recreate)\b|^(?:minimal )?repro(?:duction)?\b"
            r"|^steps? to (?:re)?produce"
            r"|\bsteps (?:to|for) (?:reproduc|replicat|recreat)|^steps (?:i|we|you) (?:took|take|followed)"
        ),
    ),
    (
        Section.EXPECTED,
        re.compile(
            r"^(?:the |my |your )?(?:expected|desired|intended|correct) (?:behaviou?rs?|results?"
            r"|outcomes?|output|action|response)\b"
            r"|^what (?:i|we|you|did (?:i|we|you)|the user|should i) (?:expect|want|should)"
            r"|^what (?:should|ought to)\b.{0,30}\b(?:happen|be|see|occur)|^what (?:is"
            r"|was) (?:the )?(?:expected|desired)"
            r"|^expect(?:ed|ation)?s?\b(?: \w+){0,2}$"
        ),
    ),
    (
        Section.OBSERVED,
        re.compile(
            r"^(?:the )?(?:actual|observed|current|existing|resulting|wrong|incorrect"
            r"|buggy) (?:behaviou?rs?|results?|outcomes?|output"
            r"|situation|state|response)\b|^what (?:really |actually |currently |did |does |is "
            r"|i )?(?:actually )?(?:happen|see|saw|observe)"
            r"|^(?:actual|observed)\b(?: \w+){0,2}$|^(?:describe|description of) (?:the )?(?:bug|issue"
            r"|problem|defect)\b"
            r"|^(?:bug|issue|defect|problem) description"
        ),
    ),
    (
        Section.METRIC,
        re.compile(
            r"\b(?:success|key) (?:metric|measure|indicator|result)|\bkpis?\b|\bmeasure(?:s"
            r"|ment)? (?:of )?success"
        ),
    ),
    (
        Section.ENVIRONMENT,
        re.compile(
            r"\benvironment\b|^(?:your |my )?(?:app|system|device|browser|platform|software|hardware"
            r"|os|version)s?(?: \w+)? (?:info|information|details|versions?|number|specs)\b"
            r"|^tested (?:on|with|in)\b|^(?:affect(?:ed|s)) versions?|^output of\b"
        ),
    ),
    (
        Section.EVIDENCE,
        re.compile(
            r"\b(?:screen ?shots?|stack ?traces?|log (?:output|files?|messages?)|logs|logcat"
            r"|recordings?|traceback)\b"
        ),
    ),
    (Section.RISK, re.compile(r"^(?:known |potential |possible )?risks?\b")),
    (Section.STORY, re.compile(r"\buser stor(?:y|ies)\b|^job stor")),
    (
        Section.PROBLEM,
        re.compile(
            r"^(?:the |business |user |customer |project )?(?:problem|background|motivation|rationale"
            r"|context|objective|goal|purpose|justification|value|benefit|need)s?\b(?: (?:to|of|and"
            r"|for|&|/)? ?\w+){0,3}$|^why\b|\bbusiness (?:value|case|need|goal|reason)\b"
            r"|\bwhat problem\b|\brelated to a problem\b"
        ),
    ),
    (
        Section.SOLUTION,
        re.compile(
            r"^(?:proposed|possible|suggested|technical|implementation|tech|potential|alternative"
            r"|dev(?:eloper|elopment)?) \w+|\b(?:(?:solution|implementation|what (?:needs to be done|to do)"
            r"|alternatives|ui/?ux|ux ?/ ?design|work ?arounds?)\b|acceptable fix)"
        ),
    ),
    (
        Section.TEST,
        re.compile(r"^(?:qa|test|testing|verification|validation)\b(?: \w+){0,2}$|^how to (?:test|verify)\b"),
    ),
)
_NUMBERED = re.compile(
    r"^(?:(?:step|part|section|task)? ?#?\d{1,3}(?:\.\d{1,3}){0,3}[.):]?|[ivx]{1,4}[.)]|[a-h][.)])\s+"
)
_TRIMMED = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]{0,120}[)\]]\s*")
_ITEM_NAME = re.compile(
    r"(?:ac|a/c|acceptance criteri(?:on|a)|criteri(?:on|a)|scenario)[ \-_]?#?\d{1,3}(?:\.\d{1,2})?"
)
LONGEST = 80
"""Characters of the longest heading whose meaning is looked for."""


_FIRST_WORDS = frozenset(re.findall(r"[\w']+", name)[0] for name in _EXACT) | frozenset(
    """accept acceptance detailed exact basic simple minimal some steps step how instructions way procedure
        code script test repro to expected desired intended correct your my the what expect
        expectation expectations actual observed current existing resulting wrong incorrect buggy
        describe description bug issue defect problem success key affected tested output known
        potential possible user job business customer project proposed suggested technical
        implementation alternative dev developer development qa criterion scenario completion exit
        satisfaction story ticket task reproduction reproducible relevant additional version error
        full this link screen stack""".split()
)
_WORD = re.compile(r"[\W_\d]{0,12}([\w']+)")


def may_name(text: str) -> bool:
    """Whether a line's first word begins any name that is known; quick, to spare the rest for most lines."""
    found = _WORD.match(text)
    return found is not None and (len(word := found[1]) <= 3 or word.casefold() in _FIRST_WORDS)


def name_of(heading: str) -> str:
    """A heading as a name: lower case, without numbering, marks, remarks in brackets and final punctuation."""
    return _name_of(heading[: LONGEST + 40])


@lru_cache(maxsize=4096)
def _name_of(heading: str) -> str:
    text = heading.casefold().replace("’", "'").replace("_", " ").replace("*", "").replace("`", "")
    spoken = _ASIDE.sub(" ", text) if "(" in text or "[" in text else text
    text = _trimmed(spoken if spoken.strip() else text)
    number = _NUMBERED.match(text)
    return " ".join((_trimmed(text[number.end() :]) if number else text).split())


def _trimmed(text: str) -> str:
    found = _TRIMMED.search(text)
    return found[0] if found else ""


def exactly(name: str) -> Section | None:
    """The meaning of a name that is itself known."""
    found = _EXACT.get(name)
    return Section.CRITERIA if found is None and _ITEM_NAME.fullmatch(name) else found


@lru_cache(maxsize=4096)
def meaning(heading: str) -> Section | None:
    """The section a heading opens; None where its words tell nothing."""
    if len(heading) > LONGEST:
        return None
    name = name_of(heading)
    found = exactly(name)
    if found is not None or not name:
        return found
    for separator in (" / ", "/", " & ", " and ", " - ", ": "):
        first, _, rest = name.partition(separator)
        if rest and (found := exactly(first)) is not None and (separator == ": " or exactly(rest) is not None):
            return found
    return next((section for section, lead in _LEADS if lead.search(name)), None)


def meaning_to(own: Own, heading: str) -> Section | None:
    """The section a heading opens for a team with names of its own."""
    return (own.get(name_of(heading)) if own else None) or meaning(heading)
