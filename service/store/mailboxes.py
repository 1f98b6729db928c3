"""Queries of who gets mail: where to, under which names they write, and which week they were last told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from service.store.dialect import now
from service.store.schema import mailbox, mailbox_person, secret


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody who asked for mail. `sealed` is their address, `told` the Monday of the last week they know of."""

    id: str
    sealed: bytes
    told: int
    people: tuple[str, ...]


def secret_name(mailbox_id: str) -> str:
    """Under which name an address is kept among the secrets, so that a new key is for it too."""
    return f"mail {mailbox_id}"


def open_mailbox(connection: Connection, mailbox_id: str, sealed: bytes, people: Sequence[str], told: int) -> None:
    """Send mail to this address from now on, about these people, who are one, and to no former one of theirs."""
    drop_mailboxes(connection, people)
    connection.execute(insert(secret).values(name=secret_name(mailbox_id), value=sealed))
    connection.execute(insert(mailbox).values(id=mailbox_id, told=told, since=now()))
    connection.execute(insert(mailbox_person), [{"person": one, "mailbox_id": mailbox_id} for one in people])


def close_mailbox(connection: Connection, mailbox_id: str) -> bool:
    """Forget an address; False if it is not known."""
    connection.execute(delete(mailbox_person).where(mailbox_person.c.mailbox_id == mailbox_id))
    connection.execute(delete(secret).where(secret.c.name == secret_name(mailbox_id)))
    return connection.execute(delete(mailbox).where(mailbox.c.id == mailbox_id)).rowcount == 1


def drop_mailboxes(connection: Connection, people: Sequence[str]) -> int:
    """Forget every address at which one of these people gets mail; how many there were."""
    own = mailbox_person.c.person.in_(list(people))
    ids = set(connection.execute(select(mailbox_person.c.mailbox_id).where(own)).scalars())
    return sum(close_mailbox(connection, one) for one in ids)


def gets_mail(connection: Connection, people: Sequence[str]) -> bool:
    """Whether one of these people, who are one, asked for mail."""
    own = mailbox_person.c.person.in_(list(people))
    return connection.execute(select(mailbox_person.c.person).where(own)).first() is not None


def waiting(connection: Connection, week: int, most: int) -> list[Mailbox]:
    """Up to `most` mailboxes that were not told of this week."""
    sealed = select(mailbox, secret.c.value).join(secret, secret.c.name == "mail " + mailbox.c.id)
    rows = connection.execute(sealed.where(mailbox.c.told < week).order_by(mailbox.c.id).limit(most)).all()
    return [Mailbox(row.id, row.value, row.told, _people(connection, row.id)) for row in rows]


def note_told(connection: Connection, mailbox_id: str, week: int) -> bool:
    """Take it that a mailbox was told of this week; False if it was before, or is there no more."""
    first = update(mailbox).where(mailbox.c.id == mailbox_id, mailbox.c.told < week)
    return connection.execute(first.values(told=week)).rowcount == 1


def take_back_told(connection: Connection, mailbox_id: str, week: int, before: int) -> None:
    """The mailbox was not told of this week after all."""
    mine = update(mailbox).where(mailbox.c.id == mailbox_id, mailbox.c.told == week)
    connection.execute(mine.values(told=before))


def _people(connection: Connection, mailbox_id: str) -> tuple[str, ...]:
    own = select(mailbox_person.c.person).where(mailbox_person.c.mailbox_id == mailbox_id)
    return tuple(sorted(connection.execute(own).scalars()))
