"""Every table. Times are seconds since the epoch, UTC, by the database's clock. No ticket text is stored,
but for the local tracker's, which expires.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Marks a column that holds a person's name in our terms: blanked when the person is to be forgotten, or deleted
# with its row, or kept.
FORGOTTEN = "forgotten"
DELETED = "deleted"
KEPT = "kept"

# The tracker behind the playground: what is tried there is no part of any report.
LOCAL = "local"

RowId = BigInteger().with_variant(Integer, "sqlite")

# What the installation keeps for itself: the pepper (encrypted), its own id.
secret = Table(
    "secret",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

# A site we are connected to. Only tickets new or changed since `connected_at` are commented on.
site = Table(
    "site",
    metadata,
    Column("tracker", String(16), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("connected_at", Double, nullable=False),
    Column("paused_until", Double, nullable=False, server_default="0"),
    Column("pause_reason", String(200), nullable=False, server_default=""),
    # When one of its tickets was last claimed: whose turn it is.
    Column("served_at", Double, nullable=False, server_default="0"),
    # How often in a row it could not be reached.
    Column("failures", Integer, nullable=False, server_default="0"),
    # When `paused_until` was last written: in the future where the clock was set back since.
    Column("noted_at", Double, nullable=False, server_default="0"),
    # Up to when we know of every change, whatever became of its webhook.
    Column("caught_up_at", Double, nullable=False, server_default="0"),
)

# A Jira that installed us as an app. `client_key` is its own name for the installation; the secret that we share
# with it is among the secrets, under the name of its site, and gone once it uninstalls us.
tenant = Table(
    "tenant",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("client_key", String(400), nullable=False, unique=True),
    Column("base_url", String(1000), nullable=False),
    # Where people see it, if that is another address than the one we call.
    Column("shown_url", String(1000), nullable=False, server_default=""),
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("installed_at", Double, nullable=False),
    # Raised whenever anything of it changes, so that a process knows when to open it anew.
    Column("revision", Integer, nullable=False, server_default="1"),
)

# What an admin granted us by OAuth; its tokens are sealed under this name. One process renews them at a time.
oauth_grant = Table(
    "oauth_grant",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("tracker", String(16), nullable=False),
    Column("renewing_until", Double, nullable=False, server_default="0"),
)

# Work by the clock: whoever takes the lease does it, and what was due while nobody ran is done at the next start.
chore = Table(
    "chore",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("due", Double, nullable=False),
    Column("lease_until", Double, nullable=False, server_default="0"),
)

# Every delivery accepted, for deduplication. Old rows are pruned.
delivery = Table(
    "delivery",
    metadata,
    Column("tracker", String(16), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("at", Double, nullable=False, index=True),
)

# A ticket, what is to be done about it, and what we last said on it.
ticket = Table(
    "ticket",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("tracker", String(16), nullable=False),
    Column("site", String(64), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("key", String(200), nullable=False, server_default=""),
    Column("project", String(200), nullable=False, server_default=""),
    # Where people read it, as its tracker says.
    Column("url", String(500), nullable=False, server_default=""),
    # When somebody last created or edited it, as deliveries tell: many at once in a project are an import.
    Column("saved_at", Double, nullable=False, server_default="0"),
    # When the first of those saves came in that we have not answered; 0 if all are.
    Column("unanswered_since", Double, nullable=False, server_default="0"),
    # Work: raised by each delivery; done when the comment agrees with this generation.
    Column("generation", Integer, nullable=False),
    Column("done_generation", Integer, nullable=False, server_default="0"),
    # `due` is the debounce, never later than `first_due`; `not_before` is the backoff after a failure.
    Column("due", Double, nullable=False),
    Column("first_due", Double, nullable=False),
    Column("not_before", Double, nullable=False, server_default="0"),
    Column("lease_until", Double, nullable=False, server_default="0"),
    Column("lease_token", String(32), nullable=False, server_default=""),
    # The latest time at which one of these times was written: in the future where the clock was set back since.
    Column("noted_at", Double, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", String(500), nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default="0"),
    # An operator asked us to speak on it, however old it is.
    Column("invited", Boolean, nullable=False, server_default="0"),
    # Our comment: none → intended → posted → deleted (by a person: never again) or withdrawn (by us).
    # `comment_key` is the same for every try at one comment; without `comment_hash` a write may be under way.
    Column("comment_state", String(16), nullable=False, server_default="none"),
    Column("comment_key", String(32), nullable=False, server_default=""),
    Column("comment_id", String(200), nullable=False, server_default=""),
    Column("comment_hash", String(64), nullable=False, server_default=""),
    Column("said_text_hash", String(64), nullable=False, server_default=""),
    Column("said_score", Integer),
    Column("said_rules", JSON, nullable=False, server_default="[]"),
    # Whether its authors agree that it is shown to others as a good one (yes, no, or "" for no word of theirs),
    # and whether not everybody in the project may see it.
    Column("consent", String(8), nullable=False, server_default=""),
    Column("restricted", Boolean, nullable=False, server_default="0"),
    # The label and the score as we last left them on the ticket itself.
    Column("marks", JSON, nullable=False, server_default="{}"),
    UniqueConstraint("tracker", "site", "external_id"),
)

# Only what waits is in the index, so that looking for work costs the same however many tickets are done.
_waits = ticket.c.generation > ticket.c.done_generation
_turn = (ticket.c.tracker, ticket.c.site, ticket.c.due)
Index("ix_ticket_due", *_turn, sqlite_where=_waits, postgresql_where=_waits)
Index("ix_ticket_saved", ticket.c.tracker, ticket.c.site, ticket.c.project, ticket.c.saved_at)

# Which good ticket our comment on a ticket shows; none where that one was erased and the comment has to follow.
exemplar = Table(
    "exemplar",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("shown_id", ForeignKey("ticket.id"), index=True),
)

# Append-only. One row a review of one text.
review = Table(
    "review",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("generation", Integer, nullable=False),
    Column("at", Double, nullable=False, index=True),
    Column("rulebook", String(64), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("score", Integer),
    Column("level", String(16)),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("kind", String(16)),
    Column("project", String(200), nullable=False, server_default=""),
    Column("status", String(200), nullable=False, server_default=""),
    Column("status_category", String(16), nullable=False),
    Column("author", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
    Column("created", Double, nullable=False),
    Column("text_changed", Double, nullable=False),
    # Part of an import or bulk edit: nobody wrote it by itself.
    Column("bulk", Boolean, nullable=False, server_default="0"),
)
Index("ix_review_written", review.c.project, review.c.text_changed)
Index("ix_review_read", review.c.project, review.c.at)

# The findings of a review: rule, place and cost, never the words.
finding = Table(
    "finding",
    metadata,
    Column("review_id", ForeignKey("review.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", String(100), nullable=False, index=True),
    Column("field", String(200), nullable=False),
    Column("start", Integer),
    Column("end", Integer),
    Column("points", Integer, nullable=False),
)

# Append-only. Why we spoke, or did not.
decision = Table(
    "decision",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("review_id", ForeignKey("review.id")),
    Column("at", Double, nullable=False, index=True),
    Column("action", String(16), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("comment_id", String(200), nullable=False, server_default=""),
)

# What people think of a rule on one ticket, said in the panel: of no use there, or to be left out there.
opinion = Table(
    "opinion",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("rule", String(100), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("person", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
    Column("at", Double, nullable=False, index=True),
)

# Append-only. How people took what a rule said on a ticket: shown, mended, unaided, ignored, not-useful, as its
# text and comments tell. A row more for one person changes no count: cases are counted, one rule on one ticket.
response = Table(
    "response",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("rule", String(100), nullable=False),
    Column("what", String(16), nullable=False),
    Column("person", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
    Column("project", String(200), nullable=False, server_default=""),
    Column("at", Double, nullable=False),
)
Index("ix_response_project", response.c.project, response.c.what, response.c.rule)
Index("ix_response_person", response.c.person, response.c.rule)

# A question that somebody asked of a ticket, by command or in plain words; as the comments tell, so that a deleted
# comment takes its question along. Never the words.
question = Table(
    "question",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ticket_id", ForeignKey("ticket.id"), nullable=False, index=True),
    Column("person", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
    Column("explicit", Boolean, nullable=False),
    Column("asked", Double, nullable=False),
    Column("answered", Double),
)

# How long a ticket that is done was worked on, as its tracker's states tell: seconds under way, and pauses.
work = Table(
    "work",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("started", Double, nullable=False),
    Column("ended", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("pauses", Integer, nullable=False),
)

# Since when we speak to an author in a project: since they were first shown a point there, whatever became of that
# ticket.
coached = Table(
    "coached",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("person", String(64), nullable=False, server_default="", index=True, info={"person": FORGOTTEN}),
    Column("project", String(200), nullable=False),
    Column("since", Double, nullable=False),
)

# The rules that were silent in a project when its weeks were last counted.
silent = Table(
    "silent",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("rule", String(100), primary_key=True),
)

# Append-only. Somebody reviewed a rule that was noisy in a project, and gave it its voice back.
rule_review = Table(
    "rule_review",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("rule", String(100), nullable=False),
    Column("project", String(200), nullable=False),
    Column("at", Double, nullable=False),
    Column("by", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
)

# What was counted since the beginning: each process adds what it has gathered. `labels` is JSON.
counter = Table(
    "counter",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("labels", String(200), primary_key=True),
    Column("value", Double, nullable=False),
)

# What the reviews of one week, or one day, come to: how often each number occurs, as pairs of 32-bit numbers.
# `day` is the first day, counted from the epoch. "*" as kind or as project is the sum over all. The key is in the
# order in which it is asked for. Recounted from the reviews, never added to.
trend = Table(
    "trend",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("measure", String(16), primary_key=True),
    Column("tracker", String(16), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("rulebook", String(64), primary_key=True),
    Column("pairs", LargeBinary, nullable=False),
)
Index("ix_trend_week", trend.c.day, trend.c.tracker, trend.c.site, trend.c.project)

# A week that has to be recounted, of a project or ("*") of all projects of a site. `token` is another one each
# time something changes in it.
trend_stale = Table(
    "trend_stale",
    metadata,
    Column("tracker", String(16), primary_key=True),
    Column("site", String(64), primary_key=True),
    Column("project", String(200), primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("token", BigInteger, nullable=False),
)

# Rules by number, so that findings can be counted as numbers.
rule_number = Table(
    "rule_number",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("rule", String(100), nullable=False, unique=True),
)

# What this database is, such as a sample.
about = Table(
    "about",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", String(200), nullable=False),
)

# People who asked not to be spoken to: HMAC of their id, kept for good.
opt_out = Table(
    "opt_out",
    metadata,
    Column("person", String(64), primary_key=True, info={"person": KEPT}),
    Column("since", Double, nullable=False),
)

# People of whom nothing is kept about what they learn: they are commented on, each time in full.
uncoached = Table(
    "uncoached",
    metadata,
    Column("person", String(64), primary_key=True, info={"person": KEPT}),
    Column("since", Double, nullable=False),
)

# Somebody who asked for a weekly mail; the address is among the secrets. `told` is the Monday, in days since the
# epoch, of the last week they were told of.
mailbox = Table(
    "mailbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("told", Integer, nullable=False),
    Column("since", Double, nullable=False),
)

# The names, in our terms, under which whoever gets that mail writes.
mailbox_person = Table(
    "mailbox_person",
    metadata,
    Column("person", String(64), primary_key=True, info={"person": DELETED}),
    Column("mailbox_id", ForeignKey("mailbox.id"), nullable=False, index=True),
)

# Who was welcomed, and on which ticket, unless that is gone: no foreign key, as they stay welcomed without it.
welcomed = Table(
    "welcomed",
    metadata,
    Column("person", String(64), primary_key=True, info={"person": DELETED}),
    Column("ticket_id", BigInteger),
    Column("at", Double, nullable=False),
)

# A policy set while running: stronger than clarity.toml, weaker than automatic silence.
policy_override = Table(
    "policy_override",
    metadata,
    Column("project", String(200), primary_key=True),
    Column("policy", JSON, nullable=False),
    Column("at", Double, nullable=False),
    Column("by", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
)

# Wrong tokens of the last minute, by sender: a keyed hash of an address.
guess = Table(
    "guess",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("sender", String(64), nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_guess_sender", "sender", "at"),
)

# Append-only. What people did to the service on its own pages.
operation = Table(
    "operation",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False, index=True),
    Column("by", String(64), nullable=False, server_default="", info={"person": FORGOTTEN}),
    Column("action", String(32), nullable=False),
    Column("about", String(300), nullable=False),
)

# The built-in tracker behind the playground. Rows expire after 24 hours and stay out of reports.
local_ticket = Table(
    "local_ticket",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16)),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("markup", String(16), nullable=False),
    Column("created", Double, nullable=False, index=True),
    Column("changed", Double, nullable=False),
)

local_comment = Table(
    "local_comment",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("ticket_id", ForeignKey("local_ticket.id", ondelete="CASCADE"), nullable=False, index=True),
    # Who wrote it, "" for us: then the body is our comment tree as JSON, else Markdown.
    Column("author", String(16), nullable=False, server_default=""),
    Column("body", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("edited", Double, nullable=False),
    Column("edits", Integer, nullable=False, server_default="0"),
)
