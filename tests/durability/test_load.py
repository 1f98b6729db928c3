import pytest

from tests.durability.load import Database, accepts
from tests.postgres import Postgres


@pytest.mark.durability
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_accepting_is_not_an_order_of_magnitude_dearer_than_inserting(engine, tmp_path):
    """The load table needs a machine of its own; this bound holds on a busy one, whatever its disk."""
    server = Postgres(durable=True).start() if engine == "postgresql" else None
    try:
        bare, ours = accepts(Database(engine, tmp_path, server), 8, rounds=3, seconds=0.5)
    finally:
        if server:
            server.remove()
    assert bare > 0
    assert ours > bare / (2 if engine == "sqlite" else 10)
