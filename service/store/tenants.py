"""Queries of the Jiras that installed us as an app, and of the secrets that we share with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, Row, delete, select, update

from service.store.dialect import insert, now
from service.store.schema import secret, tenant

_WITH_SECRET = select(tenant, secret.c.value).outerjoin(secret, secret.c.name == tenant.c.site)


def site_name(app: str, client_key: str) -> str:
    """The name of an installation's site: the same for ever, and none that settings could give."""
    return f"{app}:{hashlib.sha256(client_key.encode()).hexdigest()[:24]}"


def keep_tenant(connection: Connection, site: str, told: Mapping[str, object], sealed: bytes) -> None:
    """Write down who installed us, or what has changed about them; `sealed` is the secret shared with them."""
    dialect = connection.dialect.name
    new = insert(dialect, tenant).values(site=site, installed_at=now(), enabled=True, **told)
    changed = {**told, "enabled": True, "revision": tenant.c.revision + 1}
    connection.execute(new.on_conflict_do_update(index_elements=["site"], set_=changed))
    kept = insert(dialect, secret).values(name=site, value=sealed)
    connection.execute(kept.on_conflict_do_update(index_elements=["name"], set_={"value": kept.excluded.value}))


def drop_secret(connection: Connection, site: str) -> None:
    """Forget the secret that we share with a tenant."""
    connection.execute(delete(secret).where(secret.c.name == site))
    _change(connection, site, enabled=False)


def set_enabled(connection: Connection, site: str, *, enabled: bool) -> None:
    """Whether a tenant lets us work at the moment."""
    _change(connection, site, enabled=enabled)


def get_tenant(connection: Connection, site: str) -> Row[tuple[object, ...]] | None:
    """A tenant by the name of its site; `value` is the sealed secret, None where there is none."""
    return connection.execute(_WITH_SECRET.where(tenant.c.site == site)).first()


def working_sites(connection: Connection) -> list[str]:
    """The sites of all tenants who let us work."""
    found = _WITH_SECRET.where(tenant.c.enabled, secret.c.value.is_not(None)).order_by(tenant.c.site)
    return [row.site for row in connection.execute(found)]


def all_sites(connection: Connection) -> list[str]:
    """The sites of all tenants there ever were."""
    return list(connection.execute(select(tenant.c.site).order_by(tenant.c.site)).scalars())


def _change(connection: Connection, site: str, **values: object) -> None:
    told = update(tenant).where(tenant.c.site == site)
    connection.execute(told.values(revision=tenant.c.revision + 1, **values))
