"""Every operation that we send to GitHub, held against the schema that GitHub publishes."""

import functools

import pytest
from graphql import GraphQLError, build_schema, parse, validate

from service.trackers import github_queries
from tests.needs import vendors

OPERATIONS = {name: text for name, text in vars(github_queries).items() if name.isupper() and name[0] != "_"}
# The published package is older than types of issues; the one field that we know to be newer.
NEWER = "Cannot query field 'issueType' on type 'Issue'."


@functools.cache
def schema():
    path = vendors("@octokit", "graphql-schema", "schema.graphql")
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


def faults(text):
    return [fault.message for fault in validate(schema(), parse(text)) if fault.message != NEWER]


def test_there_are_operations():
    assert {"ISSUE", "CREATE_COMMENT", "UPDATE_COMMENT", "DELETE_COMMENT"} <= set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_is_valid_by_the_published_schema(name):
    assert faults(OPERATIONS[name]) == []


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_the_schema_would_notice_a_field_that_is_not_there(name):
    wrong = OPERATIONS[name].rstrip().removesuffix("}") + " notAField }"
    try:
        assert faults(wrong)
    except GraphQLError as fault:
        pytest.fail(f"the example is no query any more: {fault}")
