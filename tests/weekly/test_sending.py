"""The weekly mail over real SMTP: who gets it, once a week, whatever happens on the way."""

import ssl
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from service.housekeeping import BREATH, HOUR, JOBS, send_weekly_mail
from service.reports.days import DAY, week_of
from service.settings import MailServer, OidcProvider, Secret, Settings
from service.store import Store
from service.store.choices import coach
from service.store.forgetting import forget_person
from service.store.mailboxes import gets_mail
from service.store.schema import mailbox
from service.weekly import sending
from service.weekly.sending import Round, send_due
from service.weekly.subscribing import Subscriber, subscribe
from tests.fakes.smtp_server import PASSWORD, USER, FakeMail, certificate
from tests.reports.sample import MONDAY, WEEK, add_review, add_ticket
from tests.store.conftest import KEY, postgres_url, sqlite_url, store, url

__all__ = ["postgres_url", "sqlite_url", "store", "url"]

MORNING = MONDAY + WEEK + 8 * 3600.0
NAMES = ("ada", "ben", "cid")


@pytest.fixture
def server():
    with FakeMail() as fake:
        yield fake


@pytest.fixture
def settings(url, server):
    accounts = tuple((f"{name}@team.example", "default", name) for name in NAMES)
    oidc = OidcProvider("https://login.example", "id", viewers=("*@team.example",), accounts=accounts)
    smtp = MailServer("127.0.0.1", server.port, "none", "clarity@team.example")
    return Settings(url, Path(), base_url="https://clarity.example", secret_key=KEY, oidc=oidc, smtp=smtp)


@pytest.fixture
def people(store):
    """Three who asked for mail, the week before, and wrote a ready ticket in the week that has ended."""
    found = [store.person("default", name) for name in NAMES]
    for name, person in zip(NAMES, found, strict=True):
        subscribe(store, Subscriber(f"{name}@team.example", f"{name}@team.example"), [person])
    with store.writing() as connection:
        connection.execute(mailbox.update().values(told=week_of(MONDAY)))
    for name, person in zip(NAMES, found, strict=True):
        write(store, name, person, MONDAY + 3600)
    return found


def write(store, name, person, at):
    """Somebody writes a ready ticket."""
    given = {"score": 90, "level": "ready", "author": person, "text_hash": name, "at": at, "text_changed": at}
    with store.writing() as connection:
        add_review(connection, add_ticket(connection, f"{name}{'' if at < MONDAY + WEEK else '-2'}"), **given)


def to(server):
    return sorted(mail["To"] for mail in server.mails)


def everybody():
    return [f"{name}@team.example" for name in NAMES]


def test_everybody_gets_their_own_once_a_week(store, settings, server, people):
    assert send_due(store, settings, MORNING) is Round.DONE
    assert send_due(store, settings, MORNING + DAY) is Round.DONE
    assert to(server) == everybody()
    assert server.sessions == 1
    mail = next(mail for mail in server.mails if mail["To"] == "ada@team.example")
    assert mail["From"] == "Ticket Clarity <clarity@team.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://clarity.example/leave/")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert len({mail["Message-ID"] for mail in server.mails}) == 3
    assert "SHOP-ada, 90 of 100" in mail.get_body(("plain",)).get_content()
    assert "ben" not in mail.as_string().replace("Message-ID", "")


def test_not_before_monday_morning_and_not_about_the_week_of_asking(store, settings, server, people):
    assert send_due(store, settings, week_of(MORNING) * DAY + 3600) is Round.DONE
    subscribe(store, Subscriber("ada@team.example", "ada@team.example"), [people[0]])
    with store.writing() as connection:
        connection.execute(mailbox.update().values(told=week_of(MORNING)))
    assert send_due(store, settings, MORNING) is Round.DONE
    assert server.mails == []


def test_a_week_without_a_ticket_brings_no_mail(store, settings, server, people):
    send_due(store, settings, MORNING + WEEK)
    assert server.mails == []
    assert server.sessions == 0


def test_several_hosts_send_each_mail_once(store, settings, server, people):
    hosts = [Store(str(settings.database_url), KEY) for _ in range(4)]
    start = threading.Barrier(len(hosts))

    def run(host):
        start.wait()
        send_due(host, settings, MORNING)
        host.close()

    threads = [threading.Thread(target=run, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert to(server) == everybody()


class Crash(BaseException):
    """The process dies here."""


def test_who_dies_once_a_mail_was_taken_does_not_send_it_again(store, settings, server, people, monkeypatch):
    def dies(client, message, **given):
        deliver(client, message, **given)
        raise Crash

    deliver = sending.deliver
    monkeypatch.setattr(sending, "deliver", dies)
    with pytest.raises(Crash):
        send_due(store, settings, MORNING)
    monkeypatch.setattr(sending, "deliver", deliver)
    assert len(server.mails) == 1
    assert send_due(store, settings, MORNING) is Round.DONE
    assert to(server) == everybody()


def test_who_dies_before_a_mail_was_handed_over_sends_it_later(store, settings, server, people, monkeypatch):
    def dies(*_, **__):
        raise Crash

    monkeypatch.setattr(sending, "deliver", dies)
    with pytest.raises(Crash):
        send_due(store, settings, MORNING)
    monkeypatch.undo()
    assert send_due(store, settings, MORNING) is Round.DONE
    assert to(server) == everybody()


COUNTED = {"event": "weekly mail counted as sent: no answer came once it was handed over", "log_level": "warning"}


def test_no_answer_to_a_mail_is_no_reason_to_send_it_twice(store, settings, server, people):
    server.answers["."] = None
    with capture_logs() as said:
        assert send_due(store, settings, MORNING) is Round.AGAIN
    assert said.count(COUNTED) == 1
    del server.answers["."]
    assert send_due(store, settings, MORNING) is Round.DONE
    assert to(server) == everybody()


def test_a_mail_without_an_answer_counts_as_sent_though_it_was_lost(store, settings, server, people):
    """One a week at most, so that the one that was lost is missed; the next week brings the next."""
    server.answers["DATA"] = None
    with capture_logs() as said:
        assert send_due(store, settings, MORNING) is Round.AGAIN
    assert said.count(COUNTED) == 1
    assert server.mails == []
    server.answers.clear()
    for hours in (1, 24, 72):
        assert send_due(store, settings, MORNING + hours * 3600) is Round.DONE
    assert len(server.mails) == len(set(to(server))) == len(NAMES) - 1
    with store.reading() as connection:
        assert set(connection.execute(select(mailbox.c.told)).scalars()) == {week_of(MORNING)}


def test_a_sender_that_is_refused_costs_nobody_their_week(store, settings, server, people):
    server.answers["MAIL"] = "550 not from you"
    with capture_logs() as said:
        assert send_due(store, settings, MORNING) is Round.AGAIN
    assert said[-1]["why"] == "the server does not take mail from our sender (it answered 550)"
    server.answers.clear()
    assert send_due(store, settings, MORNING + 900) is Round.DONE
    assert to(server) == everybody()


OUTAGES = {"MAIL": "451 later", "RCPT": "450 busy", "DATA": "421 closing", ".": "452 full", "EHLO": None}


@pytest.mark.parametrize("where", OUTAGES)
def test_what_the_server_did_not_take_is_tried_again(store, settings, server, people, where):
    server.answers[where] = OUTAGES[where]
    assert send_due(store, settings, MORNING) is Round.AGAIN
    assert server.mails == []
    server.answers.clear()
    assert send_due(store, settings, MORNING + 900) is Round.DONE
    assert to(server) == everybody()


def test_a_server_that_is_down_is_tried_again(store, settings, server, people, capsys):
    down = replace(settings, smtp=replace(settings.smtp, port=1))
    assert send_due(store, down, MORNING) is Round.AGAIN
    assert "@team.example" not in capsys.readouterr().out
    assert send_due(store, settings, MORNING) is Round.DONE
    assert to(server) == everybody()


def test_an_address_that_is_refused_holds_up_nobody(store, settings, server, people):
    server.answers["RCPT"] = "550 no such user"
    assert send_due(store, settings, MORNING) is Round.DONE
    server.answers.clear()
    assert send_due(store, settings, MORNING + 900) is Round.DONE
    assert server.mails == []
    for name, person in zip(NAMES, people, strict=True):
        write(store, name, person, MONDAY + WEEK + 3600)
    assert send_due(store, settings, MORNING + WEEK) is Round.DONE
    assert to(server) == everybody()


def test_more_than_a_few_go_in_turns(store, settings, server, people, monkeypatch):
    monkeypatch.setattr(sending, "MOST", 2)
    assert send_due(store, settings, MORNING) is Round.MORE
    assert send_due(store, settings, MORNING) is Round.DONE
    assert to(server) == everybody()


@pytest.mark.parametrize("how", ["forgotten", "uncoached"])
def test_who_is_forgotten_or_learns_unseen_gets_none_and_leaves_no_address(store, settings, server, people, how):
    with store.writing() as connection:
        forget_person(connection, people[0]) if how == "forgotten" else coach(connection, [people[0]], on=False)
        assert not gets_mail(connection, [people[0]])
    send_due(store, settings, MORNING)
    assert to(server) == everybody()[1:]


def test_who_may_not_log_in_any_more_gets_none_and_leaves_no_address(store, settings, server, people):
    fewer = replace(settings, oidc=replace(settings.oidc, viewers=("ben@team.example",)))
    send_due(store, fewer, MORNING)
    assert to(server) == ["ben@team.example"]
    with store.reading() as connection:
        assert len(connection.execute(select(mailbox)).all()) == 1


def test_an_account_given_by_mistake_tells_nothing_once_it_is_taken_back(store, settings, server, people):
    corrected = replace(settings, oidc=replace(settings.oidc, accounts=settings.oidc.accounts[1:]))
    send_due(store, corrected, MORNING)
    assert to(server) == everybody()[1:]


def test_a_new_key_opens_the_addresses_too(store, settings, server, people):
    other = Secret("another secret key of at least thirty-two characters")
    Store(str(settings.database_url), other, KEY).reseal()
    assert send_due(Store(str(settings.database_url), other), settings, MORNING) is Round.DONE
    assert to(server) == everybody()


def test_it_is_off_unless_asked_for(store, settings, people):
    assert "send weekly mail" in JOBS
    assert send_weekly_mail(store, replace(settings, smtp=None)) == HOUR


@pytest.fixture
def pem(tmp_path, monkeypatch):
    paths = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(paths[0]))
    return paths


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_encrypted_and_logged_in(store, settings, people, pem, tls):
    with FakeMail(pem, wrapped=tls == "tls", login=True) as server:
        smtp = MailServer("127.0.0.1", server.port, tls, "clarity@team.example", USER, Secret(PASSWORD))
        assert send_due(store, replace(settings, smtp=smtp), MORNING) is Round.DONE
        assert to(server) == everybody()
        assert all(encrypted for line, encrypted in server.said if line.startswith(("AUTH", "MAIL")))


def test_without_encryption_on_offer_nothing_is_said(store, settings, server, people):
    smtp = replace(settings.smtp, tls="starttls", user=USER, password=Secret(PASSWORD))
    assert send_due(store, replace(settings, smtp=smtp), MORNING) is Round.AGAIN
    assert {line.split()[0] for line, _ in server.said} <= {"ehlo", "EHLO", "QUIT", "quit"}


def test_a_certificate_that_nobody_vouches_for_is_refused(store, settings, people, tmp_path):
    with FakeMail(certificate(tmp_path)) as server:
        smtp = replace(settings.smtp, port=server.port, tls="starttls")
        assert send_due(store, replace(settings, smtp=smtp), MORNING) is Round.AGAIN
        assert server.mails == []
    assert ssl.create_default_context().check_hostname


@pytest.mark.parametrize(("ended", "again"), [(Round.DONE, HOUR), (Round.MORE, BREATH), (Round.AGAIN, HOUR / 4)])
def test_how_soon_the_clock_comes_back_to_it(store, settings, monkeypatch, ended, again):
    monkeypatch.setattr(sending, "send_due", lambda *_: ended)
    assert send_weekly_mail(store, settings) == again
