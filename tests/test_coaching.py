"""How much is explained to an author, by what they have met before."""

import pytest

from service.coaching import Curve, Depth, curves, depths
from service.response import What

S, M, U = What.SHOWN, What.MENDED, What.UNAIDED

TABLE = [
    ("", Depth.EXPLAIN, "never met"),
    ("S", Depth.EXPLAIN, "met once"),
    ("SM", Depth.EXPLAIN, "met once and mended"),
    ("SS", Depth.BRIEF, "met twice: one line is enough"),
    ("SMSMSM", Depth.BRIEF, "mended each time when told, and not yet without"),
    ("SMU", Depth.EXPLAIN, "one ticket without help is no mastery"),
    ("SMSMUU", Depth.BRIEF, "nor are two"),
    ("SMUUU", Depth.COUNT, "mastered: a slip is only counted"),
    ("UUU", Depth.EXPLAIN, "never told, so nothing was learnt here"),
    ("SMUUUS", Depth.EXPLAIN, "a second slip in a row is a relapse"),
    ("SSSUUUSM", Depth.EXPLAIN, "a relapse, though it was mended"),
    ("SMUUUSMS", Depth.BRIEF, "told again, and again: one line"),
    ("SMUUUSMUUU", Depth.COUNT, "mastered again"),
]


@pytest.mark.parametrize(("steps", "depth", "why"), TABLE)
def test_how_much_is_said(steps, depth, why):
    told = {"S": S, "M": M, "U": U}
    assert Curve(tuple(told[step] for step in steps)).depth() is depth, why


def test_each_rule_has_a_curve_of_its_own():
    found = curves([("vague-time", S), ("no-benefit", S), ("vague-time", M), ("vague-time", S)])
    assert found == {"vague-time": Curve((S, M, S)), "no-benefit": Curve((S,))}
    assert depths(found) == {"vague-time": Depth.BRIEF, "no-benefit": Depth.EXPLAIN}
    assert (found["vague-time"].shown, found["vague-time"].unaided) == (2, 0)
