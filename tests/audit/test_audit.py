"""Whole audits: from an export and from trackers, stopped and gone on, in every form."""

import csv
import io
import json
import multiprocessing
import signal
import threading
from dataclasses import replace

import pytest
from click.testing import CliRunner

from service.audit.auditing import Audit, Plan, Stopped
from service.audit.sources import Export, Search
from service.audit.tally import Tally
from service.cli import Stop, main
from service.settings import GitHubSite, JiraSite, LinearSite, Secret, Settings
from service.store import Store, StoreUnavailable
from service.ticket import TicketRef
from service.trackers.base import TrackerError
from service.trackers.github import GitHubTracker
from service.trackers.jira import JiraTracker
from service.trackers.linear import LinearTracker
from tests.fakes import github_server, jira_server, linear_server
from tests.fakes.github_server import FakeGitHub
from tests.fakes.http import Faults
from tests.fakes.jira_server import FakeJira
from tests.fakes.linear_server import FakeLinear
from tests.store.conftest import KEY

VAGUE = "It should be fast and user-friendly, etc."


@pytest.fixture
def settings(tmp_path):
    return Settings(f"sqlite:///{tmp_path}/clarity.db", tmp_path, secret_key=KEY)


@pytest.fixture
def export(tmp_path):
    lines = [{"id": f"SHOP-{n}", "type": "story", "title": f"Pay {n}", "description": VAGUE} for n in range(150)]
    lines[3]["title"] = "Pay <script>alert(1)</script>"
    lines[3]["description"] = "# Acceptance criteria\n\n- TBD\n"
    path = tmp_path / "export.jsonl"
    text = [json.dumps(line) for line in lines]
    text[7] = "{broken"
    path.write_text("\n".join([*text[:20], "", *text[20:]]) + "\n", encoding="utf-8")
    return path


def audit(settings, tmp_path, source, form="csv", progress=None, hand_over=None):
    plan = Plan(form, tmp_path / f"out.{form}", tmp_path / "state.json", 1)
    Audit(settings, plan, progress or (lambda total, done: lambda count: None), hand_over).run(source)
    return plan.output.read_text(encoding="utf-8")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_an_export_is_scored_in_order_and_the_bar_reaches_its_end(settings, tmp_path, export):
    moved = []
    told = rows(audit(settings, tmp_path, Export(export), progress=lambda total, done: moved.append))
    assert [row["key"] for row in told] == [f"SHOP-{n}" if n != 7 else "" for n in range(150)]
    assert (told[7]["score"], told[7]["reason"]) == ("", "it could not be read")
    assert int(told[3]["score"]) < int(told[0]["score"]) < 100
    assert "unmeasured-quality" in told[0]["findings"].split()
    assert sum(moved) == export.stat().st_size
    assert not (tmp_path / "state.json").exists()


def test_stopped_and_gone_on_it_comes_to_the_same(settings, tmp_path, export):
    whole = audit(settings, tmp_path, Export(export))
    seen = []

    def stopping(total, done):
        def advance(count):
            seen.append(count)
            if len(seen) == 10:
                signal.raise_signal(signal.SIGINT)

        return advance

    before = signal.getsignal(signal.SIGINT)
    many = replace_lines(export, 40)
    with pytest.raises(Stopped) as stopped:
        audit(settings, tmp_path, Export(many), progress=stopping)
    assert 10 <= stopped.value.seen < 6_000
    assert signal.getsignal(signal.SIGINT) is before
    with (tmp_path / "out.csv").open("ab") as stream:
        stream.write(b"what a run that was killed had written on")
    went_on = audit(settings, tmp_path, Export(many))
    assert went_on.count("\n") == 40 * 150 + 1
    assert rows(went_on)[:150] == rows(whole)


@pytest.mark.parametrize("fault", ["worker", "database"])
def test_what_fails_on_the_way_is_told_and_gone_on_from(settings, tmp_path, export, fault):
    many = replace_lines(export, 10)

    def failing(total, done):
        def advance(count):
            for child in multiprocessing.active_children():
                child.kill()

        return advance if fault == "worker" else lambda count: None

    def hand_over(refs):
        raise StoreUnavailable("the database is not available: locked")

    class Known(Export):
        """An export that says where its tickets are."""

        def entries(self, place):
            return (replace(one, ref=TicketRef("jira", "default", one.key)) for one in super().entries(place))

    source = Known(many) if fault == "database" else Export(many)
    given = hand_over if fault == "database" else None
    sentence = {"worker": "was ended from outside", "database": "locked"}[fault]
    with pytest.raises(Stop, match=rf"{sentence}.*the same command goes on from there"):
        audit(settings, tmp_path, source, progress=failing, hand_over=given)
    handed = []
    told = audit(settings, tmp_path, source, hand_over=handed.extend if given else None)
    assert len(rows(told)) == 1_500
    assert not given or {ref.id for ref in handed} == {row["key"] for row in rows(told)}


def replace_lines(export, times):
    """The same tickets so many times over, in another file."""
    path = export.with_name("many.jsonl")
    path.write_text(export.read_text(encoding="utf-8") * times, encoding="utf-8")
    return path


def test_a_state_of_another_audit_is_not_gone_on_from(settings, tmp_path, export):
    (tmp_path / "state.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Stop, match=r"is no state of an audit\. Delete it"):
        audit(settings, tmp_path, Export(export))
    told = {"source": "other", "rulebook": "x", "place": "", "weight": 0, "written": 0, "tally": Tally().as_json()}
    (tmp_path / "state.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Stop, match="belongs to another audit"):
        audit(settings, tmp_path, Export(export))
    told["source"] = f"{Export(export).name} (summary)"
    (tmp_path / "state.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Stop, match="belongs to another audit"):
        audit(settings, tmp_path, Export(export))
    told["source"] = f"{Export(export).name} (rows)"
    (tmp_path / "state.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Stop, match="left by other rules"):
        audit(settings, tmp_path, Export(export))


# From trackers.


@pytest.fixture(params=["jira cloud", "jira data center", "linear", "github"])
def vendor(request):
    if request.param == "github":
        with FakeGitHub(page=4) as fake:
            for number in range(11):
                fake.create_issue(f"Pay {number}", VAGUE, repository="demo/shop" if number < 7 else "demo/site")
            fake.create_issue("Merge me", VAGUE, pull=True)
            site = GitHubSite("default", fake.url, Secret(github_server.TOKEN))
            yield fake, GitHubTracker(site, 30.0), "demo/shop demo/site demo/shop"
        return
    if request.param == "linear":
        with FakeLinear(page=4) as fake:
            for number in range(11):
                fake.create_issue(f"Pay {number}", VAGUE)
            yield fake, LinearTracker(LinearSite("default", fake.api_url, Secret(linear_server.KEY)), 30.0), "DEMO"
        return
    cloud = request.param == "jira cloud"
    with FakeJira(cloud=cloud, per_page=4) as fake:
        for number in range(11):
            fake.create_issue(f"Pay {number}", VAGUE)
        site = JiraSite("default", fake.url, jira_server.EMAIL, Secret(jira_server.TOKEN), cloud=cloud)
        own = site if cloud else replace(site, api_token=Secret(""), token=site.api_token)
        yield fake, JiraTracker(own, 30.0), "project = DEMO"


def test_a_search_is_gone_through_page_by_page_from_any_place(vendor):
    _, tracker, query = vendor
    found = list(Search(tracker, query).entries(""))
    assert [one.ticket.title for one in found] == [f"Pay {number}" for number in range(11)]
    assert all(one.ref.id and one.key and one.url for one in found)
    assert Search(tracker, query).total() == (None if tracker.name == "linear" else 11)
    for number in (0, 3, 4, 10):
        rest = [one.key for one in Search(tracker, query).entries(found[number].place)]
        assert rest == [one.key for one in found[number + 1 :]]


def test_what_makes_us_wait_is_waited_for(vendor):
    fake, tracker, query = vendor
    fake.faults = Faults(limited=1.0, retry_after="7")
    waits = []

    def sleep(seconds):
        waits.append(seconds)
        fake.faults = Faults()

    said = []
    source = Search(tracker, query, lambda seconds, why: said.append(why), sleep)
    assert len(list(source.entries(""))) == 11
    assert waits == [pytest.approx(7, abs=2)]
    assert said


def test_what_does_not_pass_ends_it(vendor):
    fake, tracker, query = vendor
    fake.faults = Faults(broken=1.0)
    waits = []
    with pytest.raises(TrackerError):
        list(Search(tracker, query, sleep=waits.append).entries(""))
    assert waits == sorted(waits)
    assert len(waits) == 7


def test_nothing_is_handed_over_unless_asked_and_then_each_ticket_once(settings, tmp_path, vendor):
    fake, tracker, query = vendor
    audit(settings, tmp_path, Search(tracker, query), "json")
    assert not fake.writes
    handed = []
    audit(settings, tmp_path, Search(tracker, query), "json", hand_over=handed.extend)
    assert len({ref.id for ref in handed}) == len(handed) == 11
    assert not fake.writes


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("demo/shap", "does not know the repository “demo/shap”"),
        ("shop", "Valid is owner/name"),
        ("demo/shop demo/site", "“demo/site” is not among those in the settings"),
        (" ", "Valid is owner/name"),
    ],
)
def test_a_repository_that_cannot_be_read_is_told(query, sentence):
    with FakeGitHub() as fake:
        fake.create_issue("Pay", VAGUE)
        known = ("Demo/Shop",) if "site" in query else ()
        site = GitHubSite("default", fake.url, Secret(github_server.TOKEN), repositories=known)
        with pytest.raises(TrackerError, match=sentence):
            Search(GitHubTracker(site, 30.0), query, sleep=pytest.fail).total()


def test_an_old_enterprise_server_is_asked_without_types():
    with FakeGitHub(old=True) as fake:
        fake.create_issue("Pay", VAGUE)
        tracker = GitHubTracker(GitHubSite("default", fake.url, Secret(github_server.TOKEN)), 30.0)
        assert [one.ticket.title for one in Search(tracker, "demo/shop").entries("")] == ["Pay"]


def test_a_query_that_jira_refuses_is_told():
    with FakeJira() as fake:
        site = JiraSite("default", fake.url, jira_server.EMAIL, Secret(jira_server.TOKEN))
        with pytest.raises(TrackerError, match="did not accept"):
            list(Search(JiraTracker(site, 30.0), "nonsense").entries(""))


# What is in the way.


def test_what_cannot_be_written_is_told_before_anything_is_read_and_after(settings, tmp_path, export):
    with pytest.raises(Stop, match="no such folder"):
        Audit(settings, Plan("html", tmp_path / "not" / "there.html", tmp_path / "s", 1), pytest.fail).run(None)
    (tmp_path / "out.json").mkdir()
    with pytest.raises(Stop, match=r"Is a directory\. What was done until then is kept"):
        audit(settings, tmp_path, Export(export), "json")
    (tmp_path / "out.json").rmdir()
    assert json.loads(audit(settings, tmp_path, Export(export), "json"))["tickets"] == 150


# The command.


def run(*words, **environ):
    return CliRunner().invoke(main, ["audit", *map(str, words)], env=environ)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Name one source"),
        (["x.jsonl", "--jql", "project = X"], "Name one source"),
        (["--linear-team", "WEB", "--github", "demo/shop"], "Name one source"),
        (["--github", "demo/shop"], "No GitHub is connected here. docs/github.md says how"),
        (["/not/there.jsonl"], "cannot be read"),
        (["--jql", "project = X"], "No Jira is connected here. docs/jira.md says how"),
        (["x.jsonl", "--comment"], "--comment needs a tracker"),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path, words, sentence):
    done = run(*words, "--state", tmp_path / "s.json", CLARITY_DATA_DIR=str(tmp_path / "data"))
    assert done.exit_code == 2
    assert sentence in done.output


def test_a_database_that_is_no_database_is_told(tmp_path):
    (tmp_path / "clarity.db").write_bytes(b"not a database, but as long as one's first page would be" * 10)
    done = run("--jql", "project = X", CLARITY_DATA_DIR=str(tmp_path))
    assert (done.exit_code, "CLARITY_DATABASE_URL: the database is not available" in done.output) == (2, True)


def test_commenting_invites_the_service_to_speak_on_old_tickets(tmp_path):
    environ = {"CLARITY_DATA_DIR": str(tmp_path), "CLARITY_SECRET_KEY": str(KEY)}
    with FakeJira(per_page=2) as fake:
        ids = [fake.create_issue(f"Pay {number}", VAGUE) for number in range(3)]
        environ |= {
            "CLARITY_JIRA_URL": fake.url,
            "CLARITY_JIRA_EMAIL": jira_server.EMAIL,
            "CLARITY_JIRA_API_TOKEN": jira_server.TOKEN,
        }
        words = ["--jql", "project = DEMO", "--comment", "--processes", "1", "--state", tmp_path / "s.json"]
        done = run(*words, **environ)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("3 tickets, 3 scored")
    store = Store(f"sqlite:///{tmp_path}/clarity.db", KEY)
    with store.reading() as connection:
        told = connection.exec_driver_sql("SELECT external_id, invited, saved_at FROM ticket").all()
    store.close()
    assert sorted(told) == sorted((one, 1, 0.0) for one in ids)
    assert threading.active_count() < 20
