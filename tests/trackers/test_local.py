import json

import pytest

from service.comment import CommentTree, Paragraph, Words
from service.store import Store
from service.store.local import Draft, add_ticket
from service.ticket import Commented, Kind, Removed, Saved, TicketRef
from service.trackers.base import CommentGone, Delivery, Refused, TicketGone
from service.trackers.local import LocalTracker, receive, webhook
from tests.store.conftest import KEY

ID = "a" * 32


def said(text):
    return CommentTree((Paragraph((Words(text),)),))


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/clarity.db", KEY)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def tracker(store):
    with store.writing() as connection:
        add_ticket(
            connection, ID, Draft("", "As a cook, I want a timer, so that nothing burns", "h2. Why", "wiki")
        )
    return LocalTracker(store)


def test_a_delivery_says_which_ticket_changed_and_each_has_an_id_of_its_own():
    first, second = receive(webhook(ID)), receive(webhook(ID))
    assert first.events == (Saved(TicketRef("local", "playground", ID, "TRY-AAAAAA")),)
    assert first.id != second.id
    kinds = [type(receive(webhook(ID, event)).events[0]) for event in ("removed", "commented")]
    assert kinds == [Removed, Commented]


@pytest.mark.parametrize("body", [b"", b"{}", json.dumps({"ticket": {"id": "", "key": ""}}).encode()])
def test_anything_else_is_refused(body):
    with pytest.raises(Refused) as refused:
        receive(Delivery("playground", {}, body))
    assert refused.value.status == 400


def test_a_ticket_without_a_kind_tells_it_by_its_shape(tracker):
    snapshot = tracker.fetch(ID)
    assert snapshot.ticket.kind is Kind.STORY
    assert snapshot.ticket.description.markup == "wiki"
    assert snapshot.text_changed == snapshot.created


def test_the_same_key_posts_the_same_comment(tracker):
    first = tracker.create_comment(ID, said("one"), key="k")
    assert tracker.create_comment(ID, said("one"), key="k") == first
    assert [comment.id for comment in tracker.fetch(ID).our_comments] == [first]
    assert tracker.create_comment(ID, said("two"), key="another") != first


def test_a_comment_is_edited_and_deleted(tracker):
    comment_id = tracker.create_comment(ID, said("one"), key="k")
    tracker.update_comment(ID, comment_id, said("two"))
    assert tracker.fetch(ID).our_comments[0].body.content == "two"
    tracker.delete_comment(ID, comment_id)
    tracker.delete_comment(ID, comment_id)
    assert tracker.fetch(ID).our_comments == ()
    with pytest.raises(CommentGone):
        tracker.update_comment(ID, comment_id, said("three"))


def test_what_has_expired_is_gone(tracker):
    with pytest.raises(TicketGone):
        tracker.fetch("b" * 32)
    with pytest.raises(TicketGone):
        tracker.create_comment("b" * 32, said("one"), key="k")
