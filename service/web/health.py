"""Whether the process lives (/healthz), and whether it can do its work (/readyz)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from service.engine.base import Engine
from service.store import Store, StoreUnavailable


def blueprint(store: Store, engine: Engine) -> Blueprint:
    """The two endpoints; `/healthz` asks nothing of anybody."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @health.get("/readyz")
    def readyz() -> Response:
        checks = {"database": _database(store), "workers": _workers(engine)}
        ready = all(word == "ok" for word in checks.values())
        response = jsonify(ready=ready, checks=checks)
        response.status_code = 200 if ready else 503
        return response

    return health


def _database(store: Store) -> str:
    try:
        with store.writing() as connection:  # takes the write lock, so it fails on a file that cannot be written
            connection.execute(text("SELECT 1"))
    except StoreUnavailable as error:
        return str(error)
    return "ok"


def _workers(engine: Engine) -> str:
    return "ok" if engine.ready else "no worker has its model loaded yet"
