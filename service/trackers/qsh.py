"""The query string hash that binds a Connect token to one request. Pure.

Facts: developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote, unquote_plus

CONTEXT = "context-qsh"
"""Stands in the place of the hash in a token that belongs to a page, not to one request."""
_SEPARATOR = "&"


def query_hash(method: str, path: str, query: str) -> str:
    """The hash of a request, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(method, path, query).encode()).hexdigest()


def canonical(method: str, path: str, query: str) -> str:
    """The text that is hashed. `path` is relative to the base URL's, still encoded; `query` as it was sent."""
    return _SEPARATOR.join((method.upper(), _path(path), _query(query)))


def below(base_path: str, path: str) -> str:
    """A path relative to a base URL's path, and the path itself where it is not below it."""
    base = base_path.rstrip("/")
    return path[len(base) :] if base and (path == base or path.startswith(f"{base}/")) else path


def _path(path: str) -> str:
    bare = path.removesuffix("/").replace(_SEPARATOR, "%26")
    return bare if bare.startswith("/") else f"/{bare}"


def _query(query: str) -> str:
    values: dict[str, list[str]] = {}
    for part in filter(None, query.split(_SEPARATOR)):
        name, _, value = (unquote_plus(one, errors="surrogateescape") for one in part.partition("="))
        if name != "jwt":
            values.setdefault(name, []).append(value)
    return _SEPARATOR.join(f"{_encoded(name)}={_joined(values[name])}" for name in sorted(values, key=_order))


def _joined(values: list[str]) -> str:
    return ",".join(map(_encoded, sorted(values, key=_order)))


def _order(text: str) -> bytes:
    """The vendor's own order: by UTF-16 code units, before anything is encoded."""
    return text.encode("utf-16-be", "surrogatepass")


def _encoded(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")
