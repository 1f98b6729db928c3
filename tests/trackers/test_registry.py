from pathlib import Path

import pytest

from service.settings import JiraSite, LinearSite, Settings
from service.trackers import registry
from service.trackers.base import Delivery, Refused, TrackerError

SETTINGS = Settings(
    "",
    Path(),
    jira={
        "default": JiraSite("default", "https://example.atlassian.net"),
        "eu": JiraSite("eu", "https://x.invalid"),
    },
    linear={"default": LinearSite("default")},
)


def test_every_site_is_listed_with_the_playgrounds_own():
    assert list(registry.sites(SETTINGS)) == [
        ("local", "playground"),
        ("jira", "default"),
        ("jira", "eu"),
        ("linear", "default"),
    ]


def test_every_site_opens_under_its_name():
    for tracker, site in registry.sites(SETTINGS):
        opened = registry.open_tracker(SETTINGS, None, tracker, site)
        assert (opened.name, opened.site) == (tracker, site)


@pytest.mark.parametrize(
    ("tracker", "site"), [("jira", "asia"), ("linear", "eu"), ("trello", "default"), ("local", "x")]
)
def test_a_site_that_settings_do_not_name_is_refused(tracker, site):
    with pytest.raises(Refused) as refused:
        registry.receive(SETTINGS, tracker, Delivery(site, {}, b"{}"), 0.0)
    assert refused.value.status == 404
    with pytest.raises(TrackerError, match="name no") as error:
        registry.open_tracker(SETTINGS, None, tracker, site)
    assert error.value.permanent


def test_a_process_opens_each_site_once():
    opened = registry.opener(SETTINGS, None)
    assert opened("linear", "default") is opened("linear", "default")
    assert opened("linear", "default") is not opened("jira", "default")
