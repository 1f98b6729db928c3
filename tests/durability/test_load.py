import pytest

from tests.durability.load import Database, accepts
from tests.postgres import Postgres


@pytest.mark.durability
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_eight_threads_accept_more_than_they_could_insert_one_by_one(engine, tmp_path):
    """The rest of the load table needs a machine of its own; this ratio holds on a busy one."""
    server = Postgres(durable=True).start() if engine == "postgresql" else None
    try:
        bare, ours = accepts(Database(engine, tmp_path, server), 8, rounds=3, seconds=0.5)
    finally:
        if server:
            server.remove()
    assert bare > 0
    assert ours > (bare if engine == "sqlite" else bare / 4)
