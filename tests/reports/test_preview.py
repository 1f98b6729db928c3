from types import MappingProxyType

from service.policy import Policy, RuleOverride
from service.reports.preview import preview
from service.rulebook import load
from service.score import Charge, bill
from service.store.switching import Scored

RULES = load().rules


def scored(*names, author="a", policy=None):
    told = policy.rules if policy else {}
    weights = [told[name].weight if name in told else RULES[name].weight for name in names]
    charged = bill([Charge(n, RULES[n].dimension, w) for n, w in zip(names, weights, strict=True)])
    return Scored(charged.score, "", author, tuple(zip(names, charged.points, strict=True)))


def test_what_tickets_would_score_without_a_rule():
    tickets = [scored("no-role", "no-benefit"), scored("no-benefit"), scored(author="b")]
    told = preview(tickets, "no-role", RULES, Policy())
    assert (told.tickets, told.people, told.touched, told.estimated) == (3, 2, 1, 0)
    without = scored("no-benefit").score
    assert (told.before, told.after) == (without, without)
    assert preview(tickets, "no-benefit", RULES, Policy()).after == 100


def test_a_cap_leaves_less_to_win():
    names = [rule.id for rule in RULES.values() if rule.dimension == "precision"]
    assert sum(RULES[name].weight for name in names) > 40
    one = scored(*names)
    assert preview([one], names[0], RULES, Policy()).after == scored(*names[1:]).score


def test_how_many_more_would_be_ready():
    weak = scored("no-acceptance-criteria")
    assert weak.score < 80
    assert preview([weak, weak, scored("no-role")], "no-acceptance-criteria", RULES, Policy()).ready == 2


def test_the_teams_own_weight_holds():
    policy = Policy(rules=MappingProxyType({"no-role": RuleOverride(weight=25)}))
    told = preview([scored("no-role", policy=policy)], "no-role", RULES, policy)
    assert (told.before, told.after, told.estimated) == (75, 100, 0)


def test_what_cannot_be_told_exactly_is_an_estimate_and_says_so():
    eased = Scored(97, "ready", "a", (("no-role", 3),))
    told = preview(
        [eased, Scored(90, "ready", "a", (("of-others", 6), ("no-role", 4)))], "no-role", RULES, Policy()
    )
    assert (told.after, told.estimated) == (97, 2)


def test_of_nothing_there_is_no_median():
    told = preview([], "no-role", RULES, Policy())
    assert (told.before, told.after, told.tickets) == (None, None, 0)
