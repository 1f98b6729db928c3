"""One ticket's life from vague to ready in eleven events, as each tracker's people see it: the running service gets
what each vendor sends, and trackers/ holds what then stands there. `--update-golden` writes it anew.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from service.cli import main
from service.store import Store
from service.store.schema import decision, finding, review, ticket
from tests.fakes import (
    github_deliveries,
    github_server,
    jira_deliveries,
    jira_server,
    linear_deliveries,
    linear_server,
)
from tests.fakes.connect import KeyServer
from tests.fakes.github_server import FakeGitHub
from tests.fakes.jira_server import FakeJira
from tests.fakes.linear_server import FakeLinear
from tests.golden import stages
from tests.golden.test_lives import read, spaced
from tests.service import serving, until

pytestmark = pytest.mark.shared

SOURCE = Path(__file__).parent / "lives" / "story-in-eleven-events.md"
FOLDER = Path(__file__).parent / "trackers"
BASE = "https://clarity.team.example"
# Each site has a name of its own, as persons are told apart by site and id.
CONFIG = """
[policy]
label = "{label}"

[jira.server]
url = "{jira}"
token = "{jira_token}"
cloud = false
webhook_secret = "{jira_secret}"

[linear.team]
api_url = "{linear}"
api_key = "{linear_key}"
webhook_secret = "{linear_secret}"

[github.shop]
url = "{github}"
token = "{github_token}"
webhook_secret = "{github_secret}"
"""
NAMES = ("jira-cloud", "jira-data-center", "linear", "github", "local")


class Theatre:
    """The running service between all the trackers, and its database."""

    def __init__(self, address, fakes, keys, database):
        cloud, server, linear, github = fakes
        self.database = database
        self.store = Store(f"sqlite:///{database}")
        self.stages = {
            "jira-cloud": stages.JiraCloud(cloud, address, keys, BASE),
            "jira-data-center": stages.Jira(server, address),
            "linear": stages.Linear(linear, address),
            "github": stages.GitHub(github, address),
            "local": stages.Local(address),
        }

    def decided(self, stage, count):
        """What we decided, once that was so many times; and what we think of the ticket."""
        here = (ticket.c.tracker == stage.tracker) & (ticket.c.external_id == stage.ticket)
        with self.store.reading() as connection:
            ids = select(decision.c.id).join(ticket, ticket.c.id == decision.c.ticket_id).where(here)
            if connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one() < count:
                return None
            chosen = select(decision.c.action, decision.c.reason, review.c.id, review.c.score)
            chosen = chosen.join(review, review.c.id == decision.c.review_id).where(decision.c.id.in_(ids))
            last = connection.execute(chosen.order_by(decision.c.id.desc()).limit(1)).one()
            rules = select(finding.c.rule).where(finding.c.review_id == last.id).order_by(finding.c.position)
            found = dict.fromkeys(connection.execute(rules).scalars())
        return f"{last.action}: {last.reason} ({last.score}: {', '.join(found) or 'nothing found'})"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory):
    folder = tmp_path_factory.mktemp("life")
    config = folder / "clarity.toml"
    with (
        FakeJira() as cloud,
        FakeJira(cloud=False) as server,
        FakeLinear() as linear,
        FakeGitHub() as github,
        KeyServer() as keys,
    ):
        told = {
            "label": stages.LABEL,
            "jira": server.url,
            "jira_token": jira_server.TOKEN,
            "jira_secret": jira_deliveries.SECRET,
            "linear": linear.api_url,
            "linear_key": linear_server.KEY,
            "linear_secret": linear_deliveries.SECRET,
            "github": github.url,
            "github_token": github_server.TOKEN,
            "github_secret": github_deliveries.SECRET,
        }
        config.write_text(CONFIG.format(**told), encoding="utf-8")
        settings = {"config": config, "base_url": BASE, "debounce_seconds": 0, "connect_keys_url": keys.url}
        with serving(folder, **settings) as address:
            made = Theatre(address, (cloud, server, linear, github), keys, folder / "data" / "clarity.db")
            yield made
            made.store.close()


def played(theatre, stage):
    """The whole life: each event, what we decide, and what the tracker then shows to whom."""
    lines = []
    for number, event in enumerate(read(SOURCE)[1], 1):
        title, _, text = event.text.partition("\n")
        if event.what == "said":
            stage.say(event.who, event.text)
        else:
            (stage.file if event.what == "filed" else stage.edit)(title.removeprefix("# "), text.strip())
        why = until(lambda number=number: theatre.decided(stage, number))
        lines += [f"=== {event.head}\n{spaced(event)}", f"--- {why}", *beside(stage), stage.comment()]
    return "\n\n".join(filter(None, lines)) + "\n"


def beside(stage):
    """What people see besides the comment: the label, who is mailed, and the engineer's panel."""
    if hasattr(stage, "labels"):
        yield f"Labels: {', '.join(label for label in stage.labels() if label == stages.LABEL) or 'none of ours'}"
    if hasattr(stage, "mailed"):
        yield f"Edits mailed to who watches, so far: {stage.mailed()}"
    if hasattr(stage, "panel"):
        told = stage.panel("engineer")
        yield "\n".join(["The engineer's panel:", *panel(told)])


def panel(told):
    """What the panel's page shows, from what it is sent."""
    yield f"- {told['review']['score']} of 100, {told['review']['level']}"
    if told["before"]:
        before = told["before"]
        yield f"- before its last edit {before['score']}; mended: {', '.join(before['mended']) or 'nothing'}"
    for found in told["review"]["findings"]:
        yield f"- +{found['gain']} {found['message']}"
    for left_out in told["ignored"]:
        yield f"- left out: {left_out['title']}, “{left_out['reason']}”"
    yield f"- may have a rule left out: {'yes' if told['may_ignore'] else 'no'}"


def golden(path, now, request):
    if request.config.getoption("--update-golden"):
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now


@pytest.mark.parametrize("name", NAMES)
def test_golden(name, theatre, request):
    now = played(theatre, theatre.stages[name])
    golden(FOLDER / f"{name}.md", now, request)
    assert now.count("\n=== ") + 1 == 11


def test_what_the_lead_sees(theatre, request):
    """After all four lives; the playground's is no part of it."""
    given = {"CLARITY_DATA_DIR": str(theatre.database.parent), "COLUMNS": "110"}
    asked = (["outcomes"], ["rules", "noise"])
    told = [(words, CliRunner().invoke(main, words, env=given, catch_exceptions=False)) for words in asked]
    now = "\n".join(f"$ clarity {' '.join(words)}\n{said.stdout.rstrip()}\n" for words, said in told)
    golden(FOLDER / "lead.md", now, request)


def test_no_golden_file_is_left_over():
    assert {path.stem for path in FOLDER.iterdir()} == {*NAMES, "lead"}
