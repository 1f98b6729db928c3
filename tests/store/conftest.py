import pytest

from service.settings import Secret
from service.store import Store

KEY = Secret("a key of thirty-two characters or more")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/data/clarity.db"


@pytest.fixture
def store(url):
    store = Store(url, KEY)
    store.migrate()
    yield store
    store.close()
