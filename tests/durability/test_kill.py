import pytest

from tests.durability.storm import Plan, be_quiet, storm
from tests.fakes.jira_server import FakeJira


@pytest.mark.durability
def test_nothing_is_lost_doubled_or_stale_however_often_the_service_is_killed(tmp_path, capsys):
    plan = Plan.from_environment()
    with FakeJira() as jira:
        be_quiet(jira)
        figures = storm(plan, tmp_path, jira)
    with capsys.disabled():
        print(f"\n{figures}")
    assert (figures.lost, figures.doubled, figures.stale) == (0, 0, 0), figures
    assert figures.created_twice == 0, "doubled for a while, and mended"
    assert figures.deliveries == figures.recorded == plan.deliveries
    assert figures.kills == plan.kills >= 4
    assert figures.redelivered > 0
    assert figures.faults > 0
