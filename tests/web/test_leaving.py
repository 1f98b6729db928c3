"""The link that ends the weekly mail: signed, without a login, by hand or by a mail program."""

import pytest
from sqlalchemy import select

from service.store.mailboxes import gets_mail
from service.store.schema import mailbox, secret
from service.weekly.subscribing import Subscriber, leaving, subscribe
from tests.web.conftest import TOKEN

WHO = Subscriber("ada@team.example", "ada@team.example")


@pytest.fixture
def elsewhere(make_app):
    """A service that lets nobody in without a login."""
    return make_app(dashboard_token=TOKEN).test_client()


@pytest.fixture
def person(store):
    person = store.person("default", "5b10")
    subscribe(store, WHO, [person])
    return person


@pytest.fixture
def link(store, person):
    with store.reading() as connection:
        return f"/leave/{leaving(store, connection.execute(select(mailbox.c.id)).scalar_one())}"


def subscribed(store, person):
    with store.reading() as connection:
        return gets_mail(connection, [person])


def test_one_click_of_a_mail_program_ends_it(elsewhere, store, person, link):
    sent = elsewhere.post(link, data="List-Unsubscribe=One-Click", headers={"Origin": "https://mail.example"})
    assert sent.status_code == 200
    assert not subscribed(store, person)
    with store.reading() as connection:
        assert "mail" not in {name.split()[0] for name in connection.execute(select(secret.c.name)).scalars()}
    assert elsewhere.post(link).status_code == 200


def test_whatever_only_looks_ends_nothing(elsewhere, store, person, link):
    asked = elsewhere.get(link)
    assert asked.status_code == 200
    assert "<button>End it</button>" in asked.text
    assert subscribed(store, person)


@pytest.mark.parametrize(
    "change", [lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"), lambda link: link[:40]]
)
def test_a_link_made_up_ends_nothing(elsewhere, store, person, link, change):
    assert elsewhere.get(change(link)).status_code == 404
    assert elsewhere.post(change(link)).status_code == 404
    assert subscribed(store, person)


def test_the_address_is_not_to_be_read_in_the_database(store, person, url):
    store.scrub()
    raw = open(url.removeprefix("sqlite:///"), "rb").read()  # noqa: PTH123, SIM115
    assert b"team.example" not in raw
