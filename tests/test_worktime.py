"""How long a ticket was under way, told by its states."""

from datetime import UTC, datetime, timedelta

import pytest

from service.ticket import Snapshot, StatusCategory, StatusChange, Ticket
from service.worktime import Work, work

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS = {"n": StatusCategory.NEW, "w": StatusCategory.IN_PROGRESS, "d": StatusCategory.DONE, "?": None}


def hour(number):
    return (START + timedelta(hours=number)).timestamp()


def told(course):
    """`course` is "w2 d5": at work from the second hour, done in the fifth."""
    steps = [(KINDS[one[0]], int(one[1:])) for one in course.split()]
    changes = tuple(StatusChange(START + timedelta(hours=at), "A status", kind) for kind, at in steps)
    now = next((kind for kind, _ in reversed(steps) if kind), StatusCategory.NEW)
    return work(Snapshot(Ticket("1", "T"), "S-1", "", START, START, None, now, changes))


@pytest.mark.parametrize(
    ("course", "hours", "pauses", "ended"),
    [
        ("w2 d5", 3, 0, 5),
        ("n1 w2 d5", 3, 0, 5),
        ("w2 w4 d5", 3, 0, 5),
        ("w2 n3 w7 d8", 2, 1, 8),
        ("w2 n3 n4 w7 n8 w9 d10", 3, 2, 10),
        ("w2 n3 d8", 1, 1, 8),
        ("w2 d5 w9 d10", 4, 0, 10),
        ("w2 d5 n7 w9 d10", 4, 1, 10),
        ("w2 d5 d9", 3, 0, 5),
        ("d1 n2 w3 d4", 1, 0, 4),
        ("w2 d2", 0, 0, 2),
    ],
)
def test_the_time_under_way(course, hours, pauses, ended):
    found = told(course)
    begun = int(course[course.index("w") + 1 :].split()[0])
    assert found == Work(hour(begun), hour(ended), hours * 3_600.0, pauses)


@pytest.mark.parametrize("course", ["", "n1", "w2", "d5", "n1 d5", "w2 d5 n6", "w2 d5 w6", "w2 ?3 d5", "?1 w2 d5"])
def test_what_nobody_can_tell(course):
    assert told(course) is None
