import time

import pytest

from service.policy import PolicyChange, RuleOverride
from service.reports.recounting import recount
from service.response import Response, What
from service.rulebook import load
from service.store.policies import get_policy, set_policy
from service.store.responses import add_responses
from service.store.stale import mark_ticket
from tests.reports.sample import AUTHORS, add_review, add_ticket

ADMIN = {"Authorization": "Bearer a dashboard token to test with"}
RULE = "no-role"


@pytest.fixture
def written(store):
    """Tickets of six people in a project; on every second one the rule found something."""
    at = time.time() - 86_400
    with store.writing() as connection:
        for n in range(24):
            one = add_ticket(connection, str(n))
            weight = load().rules[RULE].weight
            rules, score = ([RULE], 100 - weight) if n % 2 else ([], 100)
            given = {"rules": rules, "score": score, "author": AUTHORS[n % 6], "text_hash": str(n), "posted": True}
            add_review(connection, one, at=at, text_changed=at, **given)
            if n < 3:
                add_responses(
                    connection, one, [Response(RULE, What.SHOWN), Response(RULE, What.NOT_USEFUL, AUTHORS[n])]
                )
    while recount(store):
        pass


def switched(store):
    with store.reading() as connection:
        return get_policy(connection, "SHOP")


def test_every_rule_is_listed_with_its_page(client):
    html = client.get("/rules/").text
    for rule in load().rules:
        assert f'href="/rules/{rule}"' in html
    assert "once five people" in html


def test_how_often_a_rule_fires_and_how_it_is_taken(client, written):
    html = client.get("/rules/").text
    row = html[html.index(f'href="/rules/{RULE}"') :].split("</tr>")[0]
    assert ">50\u00a0%</td>" in row
    assert "3 of 3" in row
    assert "2 of 20" in html[html.index('href="/rules/several-needs-in-one-story"') :].split("</tr>")[0]
    page = client.get(f"/rules/{RULE}").text
    assert "12 of 24 tickets" in page
    assert "between 44 and 100 %" in page
    assert '<td class="num">3</td><td class="num">3</td>' in page
    assert "silent: not useful too often" not in page
    judged = client.get("/rules/several-needs-in-one-story").text
    assert "2 of 20 findings" in judged
    assert "between 3 and 30 %" in judged
    assert load().rules[RULE].coach.split()[0] in page


def test_its_page_says_where_it_is_silent(client, store, written):
    with store.writing() as connection:
        for one in range(1, 25):
            said = [Response(RULE, What.SHOWN), Response(RULE, What.NOT_USEFUL, AUTHORS[0])]
            add_responses(connection, one, said)
            mark_ticket(connection, one, whole=True)
    while recount(store):
        pass
    page = client.get(f"/rules/{RULE}").text
    assert "silent: not useful too often" in page
    assert '<td class="num">24</td><td class="num">24</td>' in page


def test_an_unknown_rule_is_404(client):
    assert client.get("/rules/nothing").status_code == 404
    assert client.post("/rules/nothing/switch").status_code == 404


def test_a_preview_of_the_effect(client, written):
    page = client.get(f"/rules/{RULE}?project=SHOP").text
    assert "12 of 24 tickets of the last 4 weeks would score higher" in page
    assert "→ 100" in page
    assert 'class="notice"' not in client.get(f"/rules/{RULE}?project=%3Cb%3ESHOP").text


def test_an_admin_switches_a_rule_off_and_on_in_a_project(client, store, written):
    answer = client.post(f"/rules/{RULE}/switch", data={"project": "SHOP", "to": "off"})
    assert answer.status_code == 303
    assert switched(store).rules[RULE].enabled is False
    assert '<span class="badge">off</span>' in client.get(f"/rules/{RULE}").text
    assert f"switch rule off: {RULE} in SHOP" in client.get("/operations").text
    client.post(f"/rules/{RULE}/switch", data={"project": "SHOP", "to": "on"})
    assert switched(store).rules[RULE].enabled is True


def test_what_was_set_otherwise_stays(client, store, written, make_app):
    with store.writing() as connection:
        set_policy(connection, "SHOP", PolicyChange(ready=90, rules={"vague-time": RuleOverride(weight=1)}), "")
    toml = {"SHOP": PolicyChange(rules={RULE: RuleOverride(weight=3)})}
    make_app(projects=toml).test_client().post(f"/rules/{RULE}/switch", data={"project": "SHOP", "to": "off"})
    told = switched(store)
    assert told.ready == 90
    assert told.rules["vague-time"] == RuleOverride(weight=1)
    assert told.rules[RULE] == RuleOverride(enabled=False, weight=3)


@pytest.mark.parametrize("data", [{"project": "SHOP", "to": "maybe"}, {"project": "nowhere", "to": "off"}, {}])
def test_nonsense_changes_nothing(client, store, written, data):
    assert client.post(f"/rules/{RULE}/switch", data=data).status_code in (400, 404)
    assert switched(store) is None


def test_a_viewer_sees_and_does_not_switch(make_app, store, written):
    client = make_app(
        dashboard_token="a dashboard token to test with", viewer_token="another token for viewers"
    ).test_client()
    viewer = {"Authorization": "Bearer another token for viewers"}
    page = client.get(f"/rules/{RULE}?project=SHOP", headers=viewer).text
    assert "An admin may switch it" in page
    data = {"project": "SHOP", "to": "off"}
    assert client.post(f"/rules/{RULE}/switch", data=data, headers=viewer).status_code == 403
    assert client.post(f"/rules/{RULE}/switch", data=data).status_code in (302, 401)
    assert switched(store) is None
    assert client.post(f"/rules/{RULE}/switch", data=data, headers=ADMIN).status_code == 303
    assert switched(store).rules[RULE].enabled is False
