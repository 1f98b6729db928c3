"""create_app: the only place that wires the web application."""

from __future__ import annotations

from flask import Flask

from service.engine.base import Engine
from service.inbox import Inbox
from service.settings import Settings
from service.store import Store
from service.web import (
    access,
    api,
    connect,
    connect_pages,
    errors,
    forge,
    frame,
    headers,
    health,
    leaving,
    me,
    metrics,
    mine,
    oauth,
    oauth_webhooks,
    openapi,
    operations,
    panel,
    playground,
    rules,
    teams,
    trends,
    webhooks,
)

MAX_BYTES = 25 * 1024 * 1024  # no tracker sends more


def create_app(settings: Settings, store: Store, inbox: Inbox, engine: Engine) -> Flask:
    """The whole application, for any WSGI server. `settings` have passed `prepare`."""
    app = Flask("service", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BYTES, MAX_FORM_MEMORY_SIZE=1_000_000)
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the contract has an order
    errors.register(app)
    headers.register(app)
    access.guard(app, settings, store)
    frame.register(app, store)
    app.register_blueprint(health.blueprint(store, engine))
    app.register_blueprint(metrics.blueprint(store, engine))
    app.register_blueprint(api.blueprint(settings, store, engine))
    app.register_blueprint(openapi.blueprint())
    app.register_blueprint(webhooks.blueprint(settings, inbox))
    app.register_blueprint(oauth.blueprint(settings, store))
    app.register_blueprint(oauth_webhooks.blueprint(settings, store, inbox))
    app.register_blueprint(connect.blueprint(settings, store, inbox))
    shown = panel.Panel(settings, store, engine)
    own = mine.Mine(settings, store)
    app.register_blueprint(connect_pages.blueprint(settings, store, shown, own))
    app.register_blueprint(forge.blueprint(settings, store, inbox, shown, own))
    app.register_blueprint(playground.blueprint(settings, store, inbox, engine))
    app.register_blueprint(trends.blueprint(settings, store))
    app.register_blueprint(teams.blueprint(settings, store))
    app.register_blueprint(rules.blueprint(settings, store))
    app.register_blueprint(operations.blueprint(store))
    app.register_blueprint(me.blueprint(own))
    app.register_blueprint(leaving.blueprint(store))
    return app
