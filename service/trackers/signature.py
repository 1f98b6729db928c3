"""Signed deliveries: HMAC over the raw bytes, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

METHODS = ("sha256", "sha384", "sha512")


def signed_by_any(body: bytes, hex_digest: str, secrets: Sequence[str], method: str = "sha256") -> bool:
    """Whether one of the secrets signs `body` with `hex_digest`. Several are valid while one is replaced.

    No secret, an empty one, or a method that is weak or unknown verifies nothing.
    """
    if method not in METHODS:
        return False
    given = hex_digest.encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest().encode(), given)
        for secret in secrets
        if secret
    ]
    return any(matches)
