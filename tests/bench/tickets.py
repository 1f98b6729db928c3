"""Tickets of real length and make, written by a seeded generator: the same everywhere, and no two alike."""

import json
import random
import string

from service.contract import ContractError, ticket_from_json
from tests.needs import SHARED

PEOPLE = "customer support warehouse shift office field trainee regional returns billing night front-desk".split()
ROLES = "agent clerk lead manager driver planner nurse teacher accountant reviewer assistant buyer".split()
KINDS = "overdue daily shared signed printed archived partial foreign second recurring blocked draft split".split()
THINGS = (
    "invoice booking report password address stock-list photo contract refund price-list ticket label form".split()
)
PARTS = "mobile public internal weekly advanced legacy personal central nightly guided compact regional".split()
PLACES = "checkout dashboard portal calendar import search inbox overview planner register timeline editor".split()
ACTIONS = "export rename archive share compare print restore filter duplicate approve upload cancel merge".split()
GAINS = [
    "I stop copying numbers by hand",
    "we answer a call in one step instead of four",
    "nobody has to wait for the next morning",
    "the month can be closed on the second working day",
    "mistakes are seen before they reach the customer",
    "the team knows who is working on what",
]
STORY = [
    "As {person}, I want to {action} a {thing} on the {place}, so that {gain}.",
    "As {person}, I would like the {thing} to show who changed it last, because {gain}.",
    "We need a way to {action} every {thing} that one {person} left open on the {place}.",
]
CONTEXT = [
    "Today the {person} opens the {place}, looks for the {thing} and then has to {action} it in a second system.",
    "In the last {n} weeks {n2} of {n3} people wrote to us about it, most of them after the change of {month}.",
    "The {thing} itself is fine; what's missing is a fast way to find it again after the {action} was done.",
    "This was agreed with the {person} who runs the pilot, but we don't know yet whether the {place} can handle it.",
    "There are several places where the {thing} is read, and it isn't clear which of them should be changed first.",
    "If it is possible, the {place} should keep working as it does now for everyone who doesn't use the {thing}.",
    "See {key} and the notes in {file} for what was tried before; `{ident}` still points to the old {thing}.",
    "Please make it user-friendly and quick, it must not slow the {place} down.",
]
CRITERIA = [
    "Given a {thing} older than {n} days, when the {person} opens the {place}, then it is listed as closed",
    "The {place} shows at most {n2} entries and says how many more there are",
    "Any {person} without the right role sees no button to {action} and gets a clear message",
    "The {thing} can be {action}d and shared at the same time",
    'After {n} seconds without an answer the {place} says "{thing} not available" and offers to try again',
    "Errors of the {place} are handled properly, etc.",
    "An empty {thing} is refused before anything is saved, and the {person} is told why",
    "The number above the {place} equals the number of rows below it",
]
STEPS = [
    "Log in as {person} and open the {place}",
    "Choose {action} in the menu next to the {thing}",
    "Enter {n3} into the first field of the {place} and leave the others empty",
    "Wait for the {thing} for about {n} seconds",
    "Go back to the {place} and reload it",
]
BROKEN = [
    "The {thing} is gone from the {place}, although the log says that it was saved.",
    "An error appears ({ident}) and the {person} is logged out.",
    "Nothing happens; the button stays grey until the page is reloaded.",
    "The {place} shows the {thing} of {month} twice and the total is {n3} instead of {n2}.",
]
MONTHS = "January March April June September November".split()


def tickets(count, seed=1):
    """So many tickets: stories with criteria, and bugs with steps and a log."""
    return [ticket(number, seed) for number in range(count)]


def ticket(number, seed=1):
    """One of them."""
    return ticket_from_json(as_json(number, seed))


def real_or_made(count):
    """Where tickets come from, and so many: real ones of 80 to 300 words where they are at hand, be it only half as
    many, else made ones.
    """
    files = sorted((SHARED / "eval" / "data").glob("*.jsonl"))
    lines = [line for path in files for line in path.read_text("utf-8").split("\n") if line]
    real = [one for one in map(_read, random.Random(9).sample(lines, len(lines))) if one and _is_real_length(one)]
    if 2 * len(real) >= count:
        return "real", real[:count]
    return "made", tickets(count)


def _read(line):
    try:
        found = json.loads(line)
        return ticket_from_json({key: found.get(key) for key in ("title", "description", "markup", "type")})
    except ContractError:
        return None


def _is_real_length(one):
    return 80 <= len(str(one.description.content or "").split()) <= 300


def as_json(number, seed=1):
    """One ticket as `clarity check` reads it."""
    make = _Maker(random.Random(f"{seed}/{number}"))
    return make.bug(number) if number % 3 == 2 else make.story(number)


class _Maker:
    def __init__(self, rng):
        self.rng = rng

    def story(self, number):
        kept = self.subject()
        parts = [self.say(STORY, **kept), self.paragraph(CONTEXT, 3, 6, **kept)]
        if self.rng.random() < 0.8:
            parts += ["## Acceptance criteria", self.listed(CRITERIA, 3, 6, "- [ ] ", **kept)]
        if self.rng.random() < 0.4:
            parts += ["## Notes", self.paragraph(CONTEXT, 2, 3)]
        title = f"{self.one(ACTIONS).capitalize()} the {kept['thing']} on the {kept['place']}"
        return {"id": f"S-{number}", "type": "story", "title": title, "description": "\n\n".join(parts)}

    def bug(self, number):
        kept = self.subject()
        parts = [
            self.paragraph(CONTEXT, 2, 4, **kept),
            "## Steps to reproduce",
            self.listed(STEPS, 3, 5, "1. ", **kept),
        ]
        parts += ["## Actual result", self.say(BROKEN, **kept), f"```\n{self.log()}\n```"]
        if self.rng.random() < 0.6:
            parts += [
                "## Expected result",
                f"The {kept['thing']} is shown once, with the time of the last change.",
            ]
        title = f"{kept['thing'].capitalize()} is lost on the {kept['place']}"
        return {"id": f"B-{number}", "type": "bug", "title": title, "description": "\n\n".join(parts)}

    def paragraph(self, templates, low, high, **kept):
        return " ".join(self.several(templates, low, high, **kept))

    def listed(self, templates, low, high, mark, **kept):
        return "\n".join(mark + line for line in self.several(templates, low, high, **kept))

    def several(self, templates, low, high, **kept):
        return [
            self.fill(template, **kept) for template in self.rng.sample(templates, self.rng.randint(low, high))
        ]

    def say(self, templates, **kept):
        return self.fill(self.one(templates), **kept)

    def fill(self, template, **kept):
        """The template with its gaps filled; what was said before in this ticket stays mostly the same."""
        chosen = self.subject() | (kept if self.rng.random() < 0.7 else {})
        return template.format(
            **chosen,
            action=self.one(ACTIONS),
            gain=self.one(GAINS),
            month=self.one(MONTHS),
            n=self.rng.randint(2, 60),
            n2=self.rng.randint(3, 200),
            n3=self.rng.randint(100, 9000),
            key=f"{self.letters(3).upper()}-{self.rng.randint(1, 99999)}",
            file=f"{self.letters(6)}.md",
            ident=f"{self.letters(5)}_{self.rng.randint(1000, 99999)}",
        )

    def subject(self):
        pairs = {"person": (PEOPLE, ROLES), "thing": (KINDS, THINGS), "place": (PARTS, PLACES)}
        return {name: f"{self.one(first)} {self.one(second)}" for name, (first, second) in pairs.items()}

    def log(self):
        lines = [
            f"2026-03-{self.rng.randint(1, 28):02} ERROR {self.letters(8)} failed: {self.letters(12)}"
            for _ in range(4)
        ]
        return "\n".join(lines)

    def letters(self, count):
        return "".join(self.rng.choices(string.ascii_lowercase, k=count))

    def one(self, items):
        return self.rng.choice(items)
