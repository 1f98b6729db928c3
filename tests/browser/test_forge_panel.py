"""The Forge app's static panels in a real browser, with Forge's bridge played by the test and the service real."""

import json
import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.contrast import CONTRAST
from tests.fakes.forge import APP, Forge, changed
from tests.fakes.jira_server import AUTHOR, TOKEN, FakeJira
from tests.needs import ROOT, chromium
from tests.service import serving, until

pytestmark = pytest.mark.browser

HERE = "http://forge.example"
KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
BRIDGE = """
export const invokeRemote = (input) => window.remote(JSON.stringify(input));
export const view = {
  theme: { enable: async () => { window.themed = true; } },
  getContext: async () => ({ extension: window.extension }),
};
"""
IMPORTS = '<script type="importmap">{"imports": {"@forge/bridge": "/bridge.js"}}</script></head>'
TITLE = "As a user, I want a fast and user-friendly export"


@pytest.fixture(scope="module")
def jira():
    with FakeJira() as fake:
        fake._authenticate = lambda headers, *_: (
            None if headers.get("authorization") == f"Bearer {TOKEN}" else fake._refuse()
        )
        yield fake


@pytest.fixture(scope="module")
def forge():
    with Forge() as fake:
        yield fake


@pytest.fixture(scope="module")
def service(forge, jira, tmp_path_factory):
    """Installed before any issue is made, as we do not speak of what is older."""
    chromium()
    settings = {"forge_app_id": APP, "forge_jwks_url": forge.url, "debounce_seconds": 0}
    with serving(tmp_path_factory.mktemp("forge"), **settings) as address:
        send(address, {"eventType": "avi:forge:installed:app"}, forge, jira)
        yield address


@pytest.fixture
def open_panel(browser, service, forge, jira):
    """Opens a panel as Forge would, where `extension` says where in Jira that is."""
    contexts, troubles = [], []

    def open_panel(name, extension, **options):
        context = browser.new_context(**({"viewport": {"width": 400, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))

        def remote(given):
            asked = json.loads(given)
            headers = asked["headers"] | forge.headers(
                jira.url, system=TOKEN, extension=extension, principal=AUTHOR
            )
            answer = requests.request(
                asked["method"], service + asked["path"], json=asked["body"], headers=headers, timeout=10
            )
            return {"status": answer.status_code, "headers": {}, "body": answer.json()}

        page.expose_function("remote", remote)
        page.add_init_script(f"window.extension = {json.dumps(extension)}")
        page.route(f"{HERE}/**", serve)
        page.goto(f"{HERE}/forge/static/{name}.html")
        return page

    yield open_panel
    for context in contexts:
        context.close()
    assert troubles == []


def send(service, event, forge, jira):
    """What the service answers to an event of Forge's."""
    headers = forge.headers(jira.url, system=TOKEN)
    answer = requests.post(f"{service}/forge/events", json=event, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


def serve(route):
    """The files as they are, with the bridge where npm would put it."""
    path = route.request.url.removeprefix(HERE)
    if path == "/bridge.js":
        return route.fulfill(body=BRIDGE, content_type="text/javascript")
    file = ROOT / "service/web/static/panel/panel.css" if path.endswith("panel.css") else ROOT / path.lstrip("/")
    body = file.read_text(encoding="utf-8")
    return route.fulfill(body=body.replace("</head>", IMPORTS), content_type=KINDS[file.suffix.lstrip(".")])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_shows_an_issue_and_keeps_what_is_said(open_panel, jira, scheme, screenshot):
    issue = jira.create_issue(TITLE)
    page = open_panel("panel", {"issue": {"id": issue, "key": f"DEMO-{issue}"}}, color_scheme=scheme)
    expect(page.locator(".score strong")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.themed") is True
    page.locator("button.not-useful").first.click()
    expect(page.locator("button.not-useful").first).to_have_attribute("aria-pressed", "true", timeout=15_000)
    screenshot(page, f"forge-panel-{scheme}")
    assert page.evaluate(CONTRAST) == []


def test_an_issue_that_jira_does_not_show_is_told(open_panel):
    page = open_panel("panel", {"issue": {"id": "999999"}})
    expect(page.get_by_role("alert")).to_have_text("Jira does not show us this issue.", timeout=15_000)


def test_a_project_and_a_dashboard_show_how_tickets_stand(open_panel, service, forge, jira, screenshot):
    issue = jira.create_issue(TITLE)
    assert send(service, changed(issue, "avi:jira:created:issue"), forge, jira)["accepted"]
    until(lambda: jira.ours(issue))
    for name, extension in (("project", {"project": {"key": "DEMO"}}), ("gadget", {})):
        page = open_panel("standing", extension)
        expect(page.locator("h1")).to_have_text("Clarity of DEMO" if extension else "Clarity", timeout=15_000)
        expect(page.locator(".sum")).to_contain_text(re.compile(r"\d+ tickets? scored"))
        screenshot(page, f"forge-{name}")
        assert page.evaluate(CONTRAST) == []


def test_ones_own_progress_is_shown_when_asked_for_and_can_be_switched_off(open_panel, jira):
    issue = jira.create_issue(TITLE)
    page = open_panel("panel", {"issue": {"id": issue, "key": f"DEMO-{issue}"}})
    page.get_by_role("button", name="Your own progress").click(timeout=30_000)
    expect(page.get_by_text("Comments on your tickets: on.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Switch off: Comments on your tickets").click()
    expect(page.get_by_text("Comments on your tickets: off.")).to_be_visible(timeout=30_000)
    assert page.evaluate(CONTRAST) == []
