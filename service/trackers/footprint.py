"""Our own comments, known by their last line where a tracker shows no other mark of ours."""

from __future__ import annotations

from service.feedback import SIGNATURE


def is_signed(text: str) -> bool:
    """Whether a comment opens its last line, or its only one, with our signature; a quotation of it does not."""
    return text.strip().rpartition("\n")[2].lstrip("_*").startswith(SIGNATURE.strip())
