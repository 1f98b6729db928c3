"""Every GraphQL operation that we send to GitHub. Tests hold them against the vendor's schema."""

_ID = "databaseId"
_PERSON = f"{{ __typename login ... on User {{ {_ID} }} ... on Bot {{ {_ID} }} ... on Mannequin {{ {_ID} }} }}"
_PAGE = "pageInfo { hasNextPage endCursor }"
_COMMENT = f"{{ id body createdAt viewerDidAuthor author {_PERSON} }}"
_EVENT = f"""{{
  __typename
  ... on RenamedTitleEvent {{ createdAt actor {_PERSON} }}
  ... on ClosedEvent {{ createdAt }}
  ... on ReopenedEvent {{ createdAt }}
}}"""
_KINDS = "itemTypes: [RENAMED_TITLE_EVENT, CLOSED_EVENT, REOPENED_EVENT]"

ISSUE = f"""query Issue($id: ID!) {{
  node(id: $id) {{
    __typename
    ... on Issue {{
      id number url title body createdAt lastEditedAt state issueType {{ name }}
      author {_PERSON}
      editor {_PERSON}
      repository {{ nameWithOwner }}
      labels(first: 50) {{ nodes {{ name }} }}
      assignees(first: 1) {{ nodes {{ __typename login {_ID} }} }}
      userContentEdits(first: 50) {{ nodes {{ editedAt editor {_PERSON} }} }}
      timelineItems(first: 100, {_KINDS}) {{ nodes {_EVENT} {_PAGE} }}
      comments(first: 50) {{ nodes {_COMMENT} {_PAGE} }}
    }}
  }}
}}"""

LISTED = """query Listed($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    issues(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes {
        id number url title body state issueType { name }
        repository { nameWithOwner }
        labels(first: 50) { nodes { name } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

# An Enterprise Server of before 2025 knows no types of issues, and refuses whoever asks for them.
_TYPE = " issueType { name }"
ISSUE_WITHOUT_TYPE, LISTED_WITHOUT_TYPE = ISSUE.replace(_TYPE, ""), LISTED.replace(_TYPE, "")

COUNT = """query Count($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { issues { totalCount } }
}"""

EVENTS = f"""query Events($id: ID!, $after: String) {{
  node(id: $id) {{
    ... on Issue {{ timelineItems(first: 100, after: $after, {_KINDS}) {{ nodes {_EVENT} {_PAGE} }} }}
  }}
}}"""

COMMENTS = f"""query Comments($id: ID!, $after: String) {{
  node(id: $id) {{ ... on Issue {{ comments(first: 100, after: $after) {{ nodes {_COMMENT} {_PAGE} }} }} }}
}}"""

CREATE_COMMENT = """mutation CreateComment($issue: ID!, $body: String!) {
  addComment(input: {subjectId: $issue, body: $body}) { commentEdge { node { id } } }
}"""

UPDATE_COMMENT = """mutation UpdateComment($id: ID!, $body: String!) {
  updateIssueComment(input: {id: $id, body: $body}) { issueComment { id } }
}"""

DELETE_COMMENT = """mutation DeleteComment($id: ID!) {
  deleteIssueComment(input: {id: $id}) { clientMutationId }
}"""

REPOSITORIES = f"""query Repositories($after: String) {{
  viewer {{
    repositories(
      first: 100, after: $after, ownerAffiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER],
      affiliations: [OWNER, COLLABORATOR, ORGANIZATION_MEMBER]
    ) {{ nodes {{ nameWithOwner hasIssuesEnabled isArchived }} {_PAGE} }}
  }}
}}"""

CHANGED = f"""query Changed($owner: String!, $name: String!, $since: DateTime!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    issues(first: 100, after: $after, filterBy: {{ since: $since }}) {{ nodes {{ id number updatedAt }} {_PAGE} }}
  }}
}}"""

WHO_AM_I = "query WhoAmI { viewer { login } }"

LABELS = """query Labels($id: ID!, $name: String!) {
  node(id: $id) {
    ... on Issue { labels(first: 100) { nodes { id name } } repository { id label(name: $name) { id } } }
  }
}"""

CREATE_LABEL = """mutation CreateLabel($repository: ID!, $name: String!, $color: String!, $description: String) {
  createLabel(input: {repositoryId: $repository, name: $name, color: $color, description: $description}) {
    label { id }
  }
}"""

ADD_LABEL = """mutation AddLabel($issue: ID!, $labels: [ID!]!) {
  addLabelsToLabelable(input: {labelableId: $issue, labelIds: $labels}) { clientMutationId }
}"""

REMOVE_LABEL = """mutation RemoveLabel($issue: ID!, $labels: [ID!]!) {
  removeLabelsFromLabelable(input: {labelableId: $issue, labelIds: $labels}) { clientMutationId }
}"""


def without_type(operation: str) -> str:
    """The same operation for a server that knows no types of issues."""
    return operation.replace(_TYPE, "")
