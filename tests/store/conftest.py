import pytest

from service.settings import Secret
from service.store import Store
from tests import postgres

KEY = Secret("a key of thirty-two characters or more")
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """A database that is up to date on PostgreSQL, and a file that is yet to be made on SQLite."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/clarity.db"
    else:
        with postgres.database() as made:
            yield made


@pytest.fixture(params=DATABASES)
def empty_url(request, tmp_path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/clarity.db"
    else:
        with postgres.database(empty=True) as made:
            yield made


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/data/clarity.db"


@pytest.fixture
def postgres_url():
    with postgres.database() as made:
        yield made


@pytest.fixture
def store(url):
    store = Store(url, KEY)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_url):
    store = Store(sqlite_url, KEY)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_url):
    store = Store(postgres_url, KEY)
    store.migrate()
    yield store
    store.close()
