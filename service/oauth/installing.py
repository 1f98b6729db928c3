"""From a code that an admin brought back to tenants: each Jira site or Linear workspace that it lets us into."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from service.oauth.bearer import Bearer
from service.oauth.grants import Tokens, by_consent, forget_unused, grant_of, keep
from service.oauth.providers import Provider, ProviderDown
from service.store import Store
from service.tenants import Tenants
from service.trackers import linear_queries
from service.trackers.base import TrackerError
from service.trackers.outgoing import bind
from service.trackers.wild import Untamed, Wild

SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """A site that a grant lets us into: its id at the vendor, where its API is, and where people see it."""

    id: str
    api_url: str
    url: str


def install(store: Store, provider: Provider, code: str, verifier: str, callback: str) -> list[str]:
    """The names of the sites that the code lets us into; kept ones get the new grant.

    Raises NotGranted and ProviderDown.
    """
    tokens = Tokens.told(provider.exchanged(code, verifier, callback), time.time(), provider.scopes)
    name = keep(store, provider.tracker, tokens)
    before = [grant_of(tenant) for tenant in by_consent(store)]
    try:
        places = list(_places(provider, Bearer(store, provider, name)))
        if not places:
            raise ProviderDown(f"{provider.name} named no site that we may enter. Consent again, and choose one.")
        return [_installed(store, provider, place, name) for place in places]
    finally:
        forget_unused(store, [name, *before])


def _installed(store: Store, provider: Provider, place: Place, grant: str) -> str:
    told = json.dumps({"grant": grant})
    return Tenants(store).installed(provider.tenant_app, place.id, place.api_url, told, shown_url=place.url)


def _places(provider: Provider, bearer: Bearer) -> Iterator[Place]:
    try:
        yield from (_jira if provider.tracker == "jira" else _linear)(provider, bearer)
    except Untamed as error:
        raise ProviderDown(f"{provider.name}'s list of sites could not be read: {error}.") from None


def _jira(provider: Provider, bearer: Bearer) -> Iterator[Place]:
    told = _asked(provider, bearer, "GET", "/oauth/token/accessible-resources", None)
    for one in told["list"]:
        if "read:jira-work" in {scope.text() for scope in one["scopes"]}:
            cloud_id = one["id"].id()
            yield Place(cloud_id, f"{provider.api_url}/ex/jira/{cloud_id}", one["url"].text())


def _linear(provider: Provider, bearer: Bearer) -> Iterator[Place]:
    told = _asked(provider, bearer, "POST", "/graphql", {"query": linear_queries.WHO_AM_I, "variables": {}})
    workspace = told["data"]["organization"]
    yield Place(workspace["id"].id(), f"{provider.api_url}/graphql", workspace["name"].text())


def _asked(provider: Provider, bearer: Bearer, method: str, path: str, body: object) -> Wild:
    with requests.Session() as session:
        bind(session, provider.api_url, SECONDS)
        session.auth = bearer
        try:
            answer = session.request(method, provider.api_url + path, json=body, timeout=SECONDS)
        except requests.RequestException:
            raise ProviderDown(f"{provider.name} could not be reached. Try again in a moment.") from None
        except TrackerError as error:
            raise ProviderDown(str(error)) from None
    if answer.status_code != 200:
        raise ProviderDown(f"{provider.name} answered {answer.status_code} when asked for our sites.")
    content = answer.content
    return Wild.parse(b'{"list":' + content + b"}" if content[:1] == b"[" else content)
