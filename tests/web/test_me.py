"""One's own progress: shown to oneself, by login and in the panels, and to nobody else, whatever is asked for."""

import pytest

from service.reports.drawing import Drawing
from service.settings import MailServer, OidcProvider, Secret
from service.store.choices import coach, is_coached, is_spoken_to, steps_of
from service.store.mailboxes import waiting
from service.weekly.subscribing import Subscriber, subscriber
from tests.fakes.oidc_server import CLIENT, SECRET, FakeProvider
from tests.web.conftest import TOKEN
from tests.web.learning import learnt
from tests.web.test_oidc import log_in

ADA = ("ada@team.example", "default", "5b10")
BEN = ("ben@team.example", "default", "77aa")


@pytest.fixture(autouse=True)
def _undrawn(monkeypatch):
    """Pictures take a process each; tests/reports draws one."""
    monkeypatch.setattr(Drawing, "pictures", lambda self, specs: dict.fromkeys(specs, "<svg/>"))


@pytest.fixture
def provider():
    with FakeProvider() as fake:
        yield fake


@pytest.fixture
def app(make_app, provider):
    people = {"admins": ("ada@team.example",), "viewers": ("*@team.example",), "accounts": (ADA, BEN)}
    oidc = OidcProvider(provider.url, CLIENT, Secret(SECRET), **people)
    smtp = MailServer("mail.example", 587, "starttls", "clarity@team.example")
    return make_app(oidc=oidc, dashboard_token=TOKEN, smtp=smtp)


@pytest.fixture
def as_(app, provider):
    def logged_in(name):
        provider.person |= {"email": f"{name}@team.example"}
        client = app.test_client()
        assert log_in(client, provider).status_code == 303
        return client

    return logged_in


@pytest.fixture
def ada(store):
    return learnt(store, "default", "5b10", "no-benefit", "SMSMUUU")


@pytest.fixture
def ben(store):
    return learnt(store, "default", "77aa", "vague-time", "SS")


def choose(client, choice, on, **more):
    with client.session_transaction() as session:
        csrf = session.get("csrf", "")
    return client.post("/me", data={"choice": choice, "on": on, "csrf": csrf} | more)


def test_everybody_sees_their_own(as_, ada, ben):
    mine = as_("ada").get("/me").text
    assert "you now get right from the start" in mine
    assert "only named: you know it" in mine
    assert "data:image/svg+xml;base64," in mine
    assert "vague time" not in mine.lower()
    theirs = as_("ben").get("/me").text
    assert "One thing to try" in theirs
    assert "only named" not in theirs


@pytest.mark.parametrize("asked", ["person=77aa", "people=77aa", "who=ben@team.example", "site=default&id=77aa"])
def test_no_parameter_decides_and_an_admin_sees_no_more(as_, ada, ben, asked):
    admin = as_("ada")
    assert admin.get(f"/me?{asked}").text == admin.get("/me").text
    assert admin.get("/me/77aa").status_code == 404


def test_a_token_names_nobody(app, ada):
    for client in (app.test_client(), app.test_client()):
        page = client.get("/me", headers={"Authorization": f"Bearer {TOKEN}"})
        assert page.status_code == 403
        assert "a token does not say who you are" in page.text
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert (
        app.test_client().post("/me", data={"choice": "coaching", "on": "no"}, headers=bearer).status_code == 403
    )


def test_who_sits_at_the_machine_is_nobody_either(client, ada):
    assert client.get("/me").status_code == 403


def test_who_did_not_log_in_is_sent_to(app):
    assert app.test_client().get("/me", headers={"Accept": "text/html"}).location.startswith("/login")


def test_whose_account_nobody_told_is_told_so(as_, ada):
    page = as_("cid").get("/me")
    assert page.status_code == 403
    assert "nothing says which account of a tracker is yours" in page.text


def test_an_account_taken_away_is_gone_at_once(make_app, app, as_, provider, ada):
    cookie = as_("ada").get_cookie("clarity").value
    people = {"admins": ("ada@team.example",), "accounts": ()}
    later = make_app(oidc=OidcProvider(provider.url, CLIENT, Secret(SECRET), **people)).test_client()
    later.set_cookie("clarity", cookie)
    assert later.get("/me").status_code == 403


def test_choices_are_ones_own_and_can_be_taken_back(as_, store, ada, ben):
    client = as_("ben")
    client.get("/me")
    assert choose(client, "comments", "no").status_code == 303
    assert choose(client, "coaching", "no", person=ada, who="ada@team.example").status_code == 303
    with store.reading() as connection:
        assert (is_spoken_to(connection, [ben]), is_spoken_to(connection, [ada])) == (False, True)
        assert (is_coached(connection, [ben]), is_coached(connection, [ada])) == (False, True)
        assert steps_of(connection, [ben]) == []
        assert len(steps_of(connection, [ada])) == 7
    assert "Comments on your tickets: off." in client.get("/me").text
    assert choose(client, "comments", "yes").status_code == 303
    assert choose(client, "coaching", "yes").status_code == 303
    with store.reading() as connection:
        assert is_spoken_to(connection, [ben])
        assert is_coached(connection, [ben])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"choice": "x"}, 400),
        ({"choice": "mail", "on": ""}, 400),
        ({"on": "maybe"}, 400),
        ({"csrf": "made up"}, 403),
        ({"csrf": ""}, 403),
    ],
)
def test_a_choice_made_up_changes_nothing(as_, store, ben, sent, status):
    client = as_("ben")
    client.get("/me")
    assert choose(client, **({"choice": "coaching", "on": "no"} | sent)).status_code == status
    with store.reading() as connection:
        assert is_coached(connection, [ben])


def test_the_playground_is_left_out(as_, store):
    learnt(store, "default", "5b10", "no-benefit", "SS", tracker="local")
    assert "nothing to learn from here" in as_("ada").get("/me").text


def addresses(store):
    with store.reading() as connection:
        return [subscriber(store, box) for box in waiting(connection, 10**6, 10)]


def test_mail_goes_to_the_address_that_the_provider_verified(as_, store, ben):
    client = as_("ben")
    assert "to ben@team.example" in client.get("/me").text
    assert choose(client, "mail", "yes", email="eve@evil.example", address="eve@evil.example").status_code == 303
    assert addresses(store) == [Subscriber("ben@team.example", "ben@team.example")]
    assert "A weekly mail: on." in client.get("/me").text
    choose(client, "mail", "yes")
    assert len(addresses(store)) == 1
    choose(client, "mail", "no")
    assert addresses(store) == []


def test_nobody_ends_anothers_mail(as_, store, ada, ben):
    for name in ("ada", "ben"):
        client = as_(name)
        client.get("/me")
        choose(client, "mail", "yes")
    choose(client, "mail", "no")
    assert [one.email for one in addresses(store)] == ["ada@team.example"]


@pytest.mark.parametrize("why", ["no server", "no coaching", "no address"])
def test_where_no_mail_can_be_sent_none_is_offered(make_app, provider, store, ben, why):
    oidc = OidcProvider(
        provider.url, CLIENT, Secret(SECRET), claim="sub", viewers=("u-1",), accounts=(("u-1", *BEN[1:]),)
    )
    smtp = None if why == "no server" else MailServer("mail.example", 587, "starttls", "clarity@team.example")
    provider.person |= {"email_verified": why != "no address"}
    if why == "no coaching":
        with store.writing() as connection:
            coach(connection, [ben], on=False)
    client = make_app(oidc=oidc, smtp=smtp).test_client()
    log_in(client, provider)
    assert "weekly mail" not in client.get("/me").text
    assert choose(client, "mail", "yes").status_code == 409
    assert addresses(store) == []
