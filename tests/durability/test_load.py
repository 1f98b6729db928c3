import pytest
from sqlalchemy import func, select

from service.store.schema import delivery
from tests.durability.load import Database, accepts
from tests.postgres import Postgres


@pytest.mark.durability
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_the_load_table_counts_what_was_really_accepted(engine, tmp_path):
    server = Postgres(durable=True).start() if engine == "postgresql" else None
    try:
        database = Database(engine, tmp_path, server)
        bare, ours, ratio = accepts(database, 8, turns=1, seconds=0.5)
        with database.store.reading() as connection:
            inserted = connection.exec_driver_sql("SELECT count(*) FROM bare").scalar_one()
            accepted = connection.execute(select(func.count()).select_from(delivery)).scalar_one()
    finally:
        if server:
            server.remove()
    assert (bare, ours, ratio) == (inserted / 0.5, accepted / 0.5, accepted / inserted)
    assert min(inserted, accepted) > 0
