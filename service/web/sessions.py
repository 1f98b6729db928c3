"""Who is logged in: a signed cookie that expires, and that ends when what opened it is changed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flask import Flask, request, session
from markupsafe import Markup

from service.identity import accounts_of, is_named
from service.settings import Secret, Settings
from service.store import Store

SESSION_DAYS = 7
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """A viewer sees; an admin also changes."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who may come in. `name` is what their provider calls them; "" for who has a token.

    `people` are the names, in our terms, under which reviews know them: their accounts at the trackers. `email` is
    where they get mail, if their provider has verified that.
    """

    role: Role
    name: str = ""
    people: tuple[str, ...] = ()
    email: str = ""


class Sessions:
    """The sessions of one application: opened by a token, or by a provider that says who somebody is.

    `store` gives people their names in our terms: no tracker's id is put into a cookie.
    """

    def __init__(self, app: Flask, settings: Settings, store: Store) -> None:
        self._store = store
        self._provider = settings.oidc
        self._tokens = {
            role: token
            for role, token in ((Role.ADMIN, settings.dashboard_token), (Role.VIEWER, settings.viewer_token))
            if token
        }
        self._roles = {_mark("token", token): role for role, token in self._tokens.items()}
        self._provider_mark = _mark("provider", settings.oidc.issuer) if settings.oidc else ""
        encrypted = settings.base_url.startswith("https://")
        key = settings.secret_key or Secret(settings.dashboard_token)
        app.secret_key = hmac.new(key.encode(), b"session cookies", hashlib.sha256).digest()
        app.config.update(
            # A name with this prefix is taken by a browser only with Secure, for this host and no other.
            SESSION_COOKIE_NAME="__Host-clarity" if encrypted else "clarity",
            SESSION_COOKIE_SECURE=encrypted,
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_REFRESH_EACH_REQUEST=False,
            PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        )

    @property
    def locked(self) -> bool:
        """Whether there is anything to log in with."""
        return bool(self._tokens or self._provider)

    @property
    def by_token(self) -> bool:
        """Whether a token opens a session."""
        return bool(self._tokens)

    def role_of_token(self, token: str) -> Role | None:
        """What this token lets do; None for a wrong one. Takes as long either way."""
        given = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        right = [
            role
            for role, known in self._tokens.items()
            if hmac.compare_digest(given, hashlib.sha256(known.encode()).digest())
        ]
        return right[0] if right else None

    def role_of_person(self, name: str) -> Role | None:
        """What the settings let this person do."""
        if not self._provider:
            return None
        known = {Role.ADMIN: self._provider.admins, Role.VIEWER: self._provider.viewers}
        return next(
            (role for role, patterns in known.items() if any(is_named(name, one) for one in patterns)), None
        )

    def open_for_token(self, role: Role) -> None:
        """Log in whoever has the token of this role."""
        _open(_mark("token", self._tokens[role]), "")

    def open_for_person(self, name: str, accounts: Iterable[tuple[str, str]] = (), email: str = "") -> None:
        """Log in a person whom their provider gave these accounts, as (realm, id), and this address."""
        _open(self._provider_mark, name)
        session["people"] = [self._store.person(realm, one) for realm, one in accounts]
        session["email"] = email

    def visitor(self) -> Visitor | None:
        """Who this request's session belongs to. A role is looked up afresh, so that one withdrawn is gone."""
        mark, name = session.get("mark"), str(session.get("who", ""))
        if self._provider_mark and mark == self._provider_mark:
            role = self.role_of_person(name)
            return Visitor(role, name, self._people(name), str(session.get("email", ""))) if role else None
        role = self._roles.get(str(mark))
        return Visitor(role) if role else None

    def _people(self, name: str) -> tuple[str, ...]:
        """Who somebody is, as the provider said at the login and as the settings say now."""
        told = accounts_of(self._provider, name) if self._provider else []
        ours = (self._store.person(realm, one) for realm, one in told)
        return tuple(dict.fromkeys([*session.get("people", ()), *ours]))


def csrf_token() -> str:
    """What a form of ours has to send back; the same for a whole session."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def csrf_field() -> Markup:
    """The hidden field for a form."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token())


def forged() -> bool:
    """Whether a form was sent that is not one of ours. JSON is none: no other site's page can send it unasked."""
    if request.method in SAFE or request.mimetype == "application/json":
        return False
    given = request.form.get("csrf", "")
    return (
        not hmac.compare_digest(given.encode("utf-8", "replace"), str(session.get("csrf", "")).encode())
        or not given
    )


def _open(mark: str, who: str) -> None:
    session.clear()
    session.permanent = True
    session.update(mark=mark, who=who)


def _mark(kind: str, opener: str) -> str:
    return hashlib.sha256(f"{kind}\0{opener}".encode()).hexdigest()[:16]
