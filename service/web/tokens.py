"""Which tenant sent a request, by the token that came with it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from service.settings import Settings
from service.tenants import CONNECT, Tenant, Tenants
from service.trackers.base import Refused
from service.trackers.connect import Asked, Claims, Unproven, check_request, client_key, proven
from service.trackers.qsh import below


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: a tenant, with what its token says."""

    tenant: Tenant
    claims: Claims

    @property
    def person(self) -> str:
        """Whose browser it was, by the tracker's own id; "" for nobody's."""
        told = self.claims.get("sub")
        return told if isinstance(told, str) else ""


def token_of_request() -> str:
    """The token, from the header or the address; raises Refused where there is none or there are two."""
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    given = [*request.args.getlist("jwt"), *([in_header.strip()] if scheme.lower() == "jwt" else [])]
    if len(given) != 1 or not given[0]:
        raise Refused(401, "Send one token: Authorization: JWT …, or ?jwt=…")
    return given[0]


def asked(settings: Settings) -> Asked:
    """What the token is held against."""
    path = str(request.environ.get("REQUEST_URI") or request.path).partition("?")[0]
    base = urlsplit(settings.base_url).path
    return Asked(request.method, below(base, path), request.query_string.decode("latin-1"))


def caller(settings: Settings, tenants: Tenants, *, context_too: bool = False) -> Caller:
    """The tenant that signed this request with the secret that we share; raises Refused, 401 for anybody else.

    `context_too` also takes a token that belongs to a whole page.
    """
    token = token_of_request()
    try:
        tenant = _known(tenants.find(CONNECT, client_key(token)))
        claims = proven(token, tenant.secret, "HS256")
        check_request(claims, asked(settings), context_too=context_too)
    except Unproven as fault:
        raise Refused(401, str(fault)) from None
    return Caller(tenant, claims)


def _known(tenant: Tenant | None) -> Tenant:
    if tenant is None:
        raise Unproven("No such installation is known here.")
    return tenant
