from contextlib import contextmanager

from service.store import StoreUnavailable


def test_alive_says_nothing_else(client, engine):
    engine.ready = False
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {"ready": True, "checks": {"database": "ok", "workers": "ok"}}


def test_not_ready_while_workers_load(client, engine):
    engine.ready = False
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"]["workers"] == "no worker has its model loaded yet"


def test_not_ready_while_the_database_cannot_be_written(client, store, monkeypatch):
    @contextmanager
    def broken():
        raise StoreUnavailable("the database is not available: disk I/O error")
        yield

    monkeypatch.setattr(store, "writing", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json["checks"]["database"] == "the database is not available: disk I/O error"
