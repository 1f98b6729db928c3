import json
from dataclasses import asdict

import pytest

from tests.durability.chaos import Plan, chaos
from tests.durability.hosts import Clock
from tests.needs import need


@pytest.mark.durability
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_stale_in_hard_weather(engine, capsys):
    need(Clock.movable, "libfaketime")
    plan = Plan(engine, deliveries=240, seed=5, stopped_for=6.0)
    figures = chaos(plan)
    with capsys.disabled():
        print(f"\n{json.dumps(asdict(figures))}")
    assert (figures.lost, figures.doubled, figures.stale) == (0, 0, 0)
    assert figures.deliveries == figures.recorded == plan.deliveries
    assert figures.kills >= 2
    assert figures.redelivered > 0
    assert figures.weather["frozen"]
    assert figures.weather["clock_jumps"]
    assert figures.weather["disk_full" if engine == "sqlite" else "stops"]
