"""What is an e-mail address that we can write to. Pure."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def is_mail_address(text: str) -> bool:
    """Whether it is one plain address in ASCII, without a name, a comment or a quotation."""
    return _ADDRESS.fullmatch(text) is not None
