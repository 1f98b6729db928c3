from tests.store.conftest import sqlite_store, sqlite_url, store, url

__all__ = ["sqlite_store", "sqlite_url", "store", "url"]
