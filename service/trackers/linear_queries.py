"""Every GraphQL operation that we send to Linear. Tests hold them against the vendor's schema."""

_PERSON = "{ id app url }"
_COMMENT = f"{{ id body createdAt user {_PERSON} botActor {{ id }} }}"
_PAGE = "pageInfo { hasNextPage endCursor }"
_CHANGE = f"""{{
  createdAt updatedDescription fromTitle toTitle
  actor {_PERSON} botActor {{ id }} descriptionUpdatedBy {_PERSON} toState {{ name type }}
}}"""

ISSUE = f"""query Issue($id: String!) {{
  issue(id: $id) {{
    id identifier url title description createdAt trashed
    creator {_PERSON} botActor {{ id }} assignee {_PERSON}
    state {{ name type }}
    team {{ key }}
    labels(first: 25) {{ nodes {{ name }} }}
    attachments(first: 20) {{ nodes {{ title url }} }}
    relations(first: 20) {{ nodes {{ relatedIssue {{ identifier }} }} }}
    history(first: 25) {{ nodes {_CHANGE} {_PAGE} }}
    comments(first: 25) {{ nodes {_COMMENT} {_PAGE} }}
  }}
}}"""

HISTORY = f"""query History($id: String!, $after: String) {{
  issue(id: $id) {{ history(first: 100, after: $after) {{ nodes {_CHANGE} {_PAGE} }} }}
}}"""

COMMENTS = f"""query Comments($id: String!, $after: String) {{
  issue(id: $id) {{ comments(first: 100, after: $after) {{ nodes {_COMMENT} {_PAGE} }} }}
}}"""

CHANGED = f"""query Changed($since: DateTimeOrDuration!, $after: String) {{
  issues(first: 100, after: $after, filter: {{ updatedAt: {{ gte: $since }} }}) {{
    nodes {{ id identifier updatedAt }} {_PAGE}
  }}
}}"""

LISTED = f"""query Listed($team: String!, $after: String) {{
  issues(first: 25, after: $after, filter: {{ team: {{ key: {{ eq: $team }} }} }}) {{
    nodes {{
      id identifier url title description
      state {{ name type }}
      team {{ key }}
      labels(first: 25) {{ nodes {{ name }} }}
      attachments(first: 10) {{ nodes {{ title url }} }}
      relations(first: 10) {{ nodes {{ relatedIssue {{ identifier }} }} }}
    }}
    {_PAGE}
  }}
}}"""

ROLES = """query Roles($person: String!) {
  user(id: $person) { admin owner active teamMemberships(first: 50) { nodes { owner team { key } } } }
}"""

CREATE_COMMENT = """mutation CreateComment($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id } }
}"""

UPDATE_COMMENT = """mutation UpdateComment($id: String!, $input: CommentUpdateInput!) {
  commentUpdate(id: $id, input: $input) { success }
}"""

DELETE_COMMENT = "mutation DeleteComment($id: String!) { commentDelete(id: $id) { success } }"

LABELS = """query Labels($id: String!, $name: String!) {
  issue(id: $id) {
    team { id }
    labels(first: 25, filter: { name: { eqIgnoreCase: $name } }) { nodes { id name } }
  }
  issueLabels(first: 50, filter: { name: { eqIgnoreCase: $name } }) { nodes { id name isGroup team { id } } }
}"""

CREATE_LABEL = """mutation CreateLabel($input: IssueLabelCreateInput!) {
  issueLabelCreate(input: $input) { success issueLabel { id } }
}"""

ADD_LABEL = """mutation AddLabel($id: String!, $labelId: String!) {
  issueAddLabel(id: $id, labelId: $labelId) { success }
}"""

REMOVE_LABEL = """mutation RemoveLabel($id: String!, $labelId: String!) {
  issueRemoveLabel(id: $id, labelId: $labelId) { success }
}"""

SHOW_SCORE = """mutation ShowScore($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { success }
}"""

WEBHOOKS = """query Webhooks($after: String) {
  webhooks(first: 100, after: $after) { nodes { url secret enabled } pageInfo { hasNextPage endCursor } }
}"""

CREATE_WEBHOOK = """mutation CreateWebhook($input: WebhookCreateInput!) {
  webhookCreate(input: $input) { success webhook { id } }
}"""

WHO_AM_I = "query WhoAmI { viewer { id displayName } organization { id name } }"
