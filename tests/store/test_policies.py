from service.document.model import Section
from service.policy import PolicyChange, RuleOverride
from service.review import Severity
from service.store.policies import drop_policy, get_policy, set_policy
from service.ticket import Kind, StatusCategory, frozen
from service.vocabulary import Vocabulary

CHANGE = PolicyChange(
    ready=90,
    quiet=True,
    silent_kinds=frozenset({Kind.EPIC, Kind.TASK}),
    silent_statuses=frozenset({"parked"}),
    silent_categories=frozenset({StatusCategory.DONE}),
    rules=frozen(
        {
            "no-benefit": RuleOverride(enabled=False),
            "vague-quantity": RuleOverride(
                weight=3, severity=Severity.HINT, applies_to=frozenset({Kind.BUG, Kind.STORY})
            ),
        }
    ),
    vocabulary=Vocabulary(words=frozenset({"real-time"}), headings=frozen({"happy": Section.CRITERIA})),
)


def test_a_policy_comes_back_as_it_was_set(store):
    with store.writing() as connection:
        set_policy(connection, "SHOP", CHANGE, "someone")
    with store.reading() as connection:
        assert get_policy(connection, "SHOP") == CHANGE
        assert get_policy(connection, "OTHER") is None


def test_a_policy_is_replaced_and_dropped(store):
    with store.writing() as connection:
        set_policy(connection, "SHOP", CHANGE, "someone")
        set_policy(connection, "SHOP", PolicyChange(quiet=False), "someone")
        assert get_policy(connection, "SHOP") == PolicyChange(quiet=False)
        drop_policy(connection, "SHOP")
        assert get_policy(connection, "SHOP") is None
