"""Tickets of people who do not exist: a clear story, and what a careless author does to it."""

from dataclasses import dataclass

from service.store.local import Draft


@dataclass(frozen=True)
class Subject:
    """A story that passes. `n` stands for a number, so that no two tickets are the same."""

    title: str
    role: str
    goal: str
    benefit: str
    holds: str
    fails: str


@dataclass(frozen=True)
class Fault:
    """What an author writes who does not know better, and the rule that should find it."""

    rule: str
    remark: str = ""
    criterion: str = ""
    leaves_out: str = ""


NO_CRITERIA = Fault("no-acceptance-criteria", leaves_out="criteria")
NO_BENEFIT = Fault("no-benefit", leaves_out="benefit")
QUALITY = Fault("unmeasured-quality", "The page should be user-friendly.")
OPEN_LIST = Fault("open-ended-list", "It offers Open, Paid, etc.")
PLACEHOLDER = Fault("placeholder-text", "The wording of the empty list is TBD.")
TRIBAL = Fault("tribal-knowledge", "It must look as we discussed.")
LOOPHOLE = Fault("loophole", "Where possible the order stays as it was.")
UNTESTABLE = Fault("untestable-criterion", criterion="The page works properly")

FAULTS = (NO_CRITERIA, NO_BENEFIT, QUALITY, OPEN_LIST, PLACEHOLDER, TRIBAL, LOOPHOLE, UNTESTABLE)

SUBJECTS = (
    Subject(
        "Filter the invoices by status",
        "an accountant",
        "filter the invoices by status",
        "I chase only those that are overdue",
        "Given {n} open invoices, when I choose “Overdue”, then the list shows those whose due date has passed",
        "When no invoice is overdue, then I see “Nothing is overdue” and the list stays empty",
    ),
    Subject(
        "Show a driver the next {n} stops",
        "a driver",
        "see my next {n} stops with their delivery windows",
        "I can decide when to take a break",
        "Given a route of {n} stops, when I open it, then each stop shows its address and its window",
        "When no stop is left, then I see “Route finished” and the map stays as it was",
    ),
    Subject(
        "Warn a nurse {n} minutes before a dose",
        "a nurse",
        "get a warning {n} minutes before a dose is due",
        "no patient waits for medicine",
        "Given a dose due at 10:00, when {n} minutes are left, then the ward's screen shows the bed and the medicine",
        "When the screen is offline, then the ward's phone rings and the dose stays on the list",
    ),
    Subject(
        "Let a librarian extend {n} loans together",
        "a librarian",
        "extend up to {n} loans of a reader together",
        "the queue at the desk gets shorter by half",
        "Given {n} loans of a reader, when I press “Extend”, then each loan ends 28 days later",
        "When another reader waits for a book, then I see “Reserved” beside it and its loan stays as it was",
    ),
    Subject(
        "Print the badges of {n} visitors",
        "a receptionist",
        "print the badges of {n} visitors of a group",
        "the group passes the gate within 2 minutes",
        "Given a group of {n} visitors, when I press “Print”, then the printer puts out one badge for each visitor",
        "When the paper runs out, then I see “No paper at the gate” and printing goes on after a refill",
    ),
    Subject(
        "Export the hours of {n} weeks",
        "a site manager",
        "export the hours of the last {n} weeks as a CSV file",
        "I can send the payroll office its figures on Friday",
        "Given hours for {n} weeks, when I press “Export”, then the file has one line for each worker and day",
        "When a week has no hours, then the file has no line for it and I see “No hours in week 12”",
    ),
)


def compose(subject, faults, number):
    """The ticket as its author writes it, with these faults; `number` fills the subject's blanks."""
    left_out = {fault.leaves_out for fault in faults}
    benefit = "" if "benefit" in left_out else f", so that {subject.benefit}"
    parts = [f"As {subject.role}, I want to {subject.goal}{benefit}."]
    parts += [fault.remark for fault in FAULTS if fault in faults and fault.remark]
    text = " ".join(parts)
    if "criteria" not in left_out:
        criteria = [subject.holds, subject.fails, *(f.criterion for f in faults if f.criterion)]
        text += "\n\nAcceptance criteria:\n\n" + "\n".join(f"- {each}" for each in criteria)
    return Draft("story", subject.title.replace("{n}", str(number)), text.replace("{n}", str(number)), "markdown")


def together(faults):
    """These faults, but for those that cannot be made together: a criterion needs criteria."""
    return tuple(f for f in faults if not (f.criterion and NO_CRITERIA in faults))
