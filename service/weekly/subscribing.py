"""Who asked for the weekly mail: the address is sealed, and a signed link ends it without a login."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from service.reports.days import week_of
from service.store import Store
from service.store.mailboxes import Mailbox, close_mailbox, open_mailbox, secret_name

_LEAVE = re.compile(r"([0-9a-f]{32})([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody as their provider named them, and their address."""

    name: str
    email: str


def subscribe(store: Store, who: Subscriber, people: Sequence[str]) -> None:
    """Send them mail from next Monday on, about these people, who are they. Raises StoreUnavailable."""
    mailbox_id = secrets.token_hex(16)
    told = json.dumps({"name": who.name, "email": who.email})
    sealed = store.seal(secret_name(mailbox_id), told)
    with store.writing() as connection:
        open_mailbox(connection, mailbox_id, sealed, people, week_of(time.time()))


def subscriber(store: Store, box: Mailbox) -> Subscriber:
    """Whose mailbox it is. Raises SettingsError where no key opens it."""
    return Subscriber(**json.loads(store.unseal(secret_name(box.id), box.sealed)))


def leaving(store: Store, mailbox_id: str) -> str:
    """What the link that ends the mail says, signed so that nobody can make up another's."""
    return mailbox_id + store.person("leave", mailbox_id)


def leave(store: Store, link: str) -> bool:
    """End the mail that this link belongs to, and forget its address; False where nobody signed it.

    One that was ended before is ended.
    """
    mailbox_id = signed_for(store, link)
    if mailbox_id:
        with store.writing() as connection:
            close_mailbox(connection, mailbox_id)
    return bool(mailbox_id)


def signed_for(store: Store, link: str) -> str:
    """Which mailbox a link belongs to; "" where nobody signed it."""
    found = _LEAVE.fullmatch(link)
    if found is None or not hmac.compare_digest(found[2], store.person("leave", found[1])):
        return ""
    return found[1]
