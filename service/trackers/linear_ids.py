"""The id under which we post a comment on Linear: a retry cannot post twice, and we know it again by itself.

Linear takes an id from us, "in UUID v4 format". Its second half follows from its first and the issue, so that no
id of Linear's own, and no copy of our words, is taken for ours.
"""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("5c1a6f4e-7d0b-5e0e-9a53-0d6f6c1e2b77")


def comment_id(ticket_id: str, key: str) -> str:
    """The id for a comment on an issue; the same `key` gives the same id."""
    return str(_completed(uuid5(NAMESPACE, f"{ticket_id}/{key}").bytes[:8], ticket_id))


def is_ours(given: str, ticket_id: str) -> bool:
    """Whether a comment's id on this issue was made by `comment_id`, whatever the key."""
    try:
        named = UUID(given)
    except ValueError:
        return False
    return named == _completed(named.bytes[:8], ticket_id)


def _completed(start: bytes, ticket_id: str) -> UUID:
    head = UUID(bytes=start + bytes(8), version=4).bytes[:8]
    return UUID(bytes=head + uuid5(NAMESPACE, f"{ticket_id}/{head.hex()}").bytes[8:], version=4)
