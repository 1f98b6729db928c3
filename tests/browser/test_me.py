"""One's own progress as a person meets it: a login at the provider, a real browser, the real service."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service.store import Store
from tests.browser.contrast import CONTRAST
from tests.fakes.oidc_server import CLIENT, SECRET, FakeProvider
from tests.needs import chromium
from tests.service import serving
from tests.store.conftest import KEY
from tests.web.learning import learnt

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider():
    with FakeProvider() as fake:
        yield fake


@pytest.fixture(scope="module")
def address(provider, tmp_path_factory):
    """The service, where Ada has learnt something and something not yet."""
    chromium()
    folder = tmp_path_factory.mktemp("me")
    url = f"sqlite:///{folder}/clarity.db"
    store = Store(url, KEY)
    store.migrate()
    learnt(store, "default", "5b10", "no-benefit", "SMSMUUU")
    learnt(store, "default", "5b10", "unmeasured-quality", "SMS")
    store.close()
    login = {"issuer": provider.url, "client_id": CLIENT, "client_secret": SECRET, "viewers": "ada@team.example"}
    settings = {f"oidc_{name}": value for name, value in login.items()}
    settings |= {"oidc_accounts": "ada@team.example=jira:5b10", "database_url": url, "secret_key": str(KEY)}
    settings["dashboard_token"] = "a dashboard token to test with"
    settings |= {"smtp_host": "mail.team.example", "smtp_sender": "clarity@team.example"}
    with serving(folder, **settings) as address:
        yield address


@pytest.fixture
def logged_in(browser, provider, address):
    """Opens /me as Ada, who agrees at the provider."""
    contexts, troubles = [], []

    def logged_in(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))

        there = page.request.get(f"{address}/login/provider?next=/me", max_redirects=0)
        back = provider.log_in(there.headers["location"])
        page.goto(f"{address}/login/callback?{back.partition('?')[2]}")
        return page

    yield logged_in
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_it_says_it_draws_it_and_can_be_read(logged_in, screenshot, scheme, width):
    page = logged_in(color_scheme=scheme, viewport={"width": width, "height": 900})
    expect(page.get_by_text("you now get right from the start")).to_be_visible()
    picture = page.locator("img.drawn")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") > 200
    assert page.locator("tbody tr").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(CONTRAST) == []
    assert Axe().run(page).violations_count == 0
    screenshot(page, f"me-{scheme}")


def test_choices_by_keyboard(logged_in):
    page = logged_in()
    page.get_by_role("button", name="Switch on the weekly mail").press("Enter")
    expect(page.get_by_text("A weekly mail: on.")).to_be_visible()
    page.get_by_role("button", name="Switch off Coaching").press("Enter")
    expect(page.get_by_text("Coaching: off.")).to_be_visible()
    expect(page.get_by_text("nothing to learn from here")).to_be_visible()
    expect(page.get_by_text("A weekly mail")).to_have_count(0)
