"""Every operation that we send is valid against the vendor's schema, and small."""

import pytest
from graphql import FieldNode, parse, validate
from graphql.validation import NoDeprecatedCustomRule

from service.trackers import linear_queries
from tests.fakes.linear_server import schema
from tests.needs import shared

pytestmark = pytest.mark.shared

OPERATIONS = {name: text for name, text in vars(linear_queries).items() if name.isupper() and name[0] != "_"}
MOST_COMPLEXITY = 10_000


@pytest.fixture(scope="module")
def linear():
    shared("conformance", "linear-schema.graphql")
    return schema()


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_valid(linear, name):
    assert [error.message for error in validate(linear, parse(OPERATIONS[name]))] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_deprecated_field_is_used(linear, name):
    assert [e.message for e in validate(linear, parse(OPERATIONS[name]), [NoDeprecatedCustomRule])] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_operation_is_nearly_too_complex(name):
    (operation,) = parse(OPERATIONS[name]).definitions
    share = 3 if name == "LISTED" else 10  # whole tickets by the page, and asked for by hand alone
    assert complexity(operation.selection_set) < MOST_COMPLEXITY / share


def complexity(selections):
    """As Linear counts: a property 0.1, an object 1, and the children of a connection times its page."""
    if selections is None:
        return 0.1
    return 1 + sum(pages(field) * complexity(field.selection_set) for field in selections.selections)


def pages(field):
    assert isinstance(field, FieldNode)
    sizes = [int(given.value.value) for given in field.arguments or () if given.name.value == "first"]
    return sizes[0] if sizes else 1
