"""The trends as a team lead meets them: a real browser, the real service, a simulated quarter."""

import os
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import _ours
from tests.browser.test_playground import CONTRAST
from tests.needs import ROOT, chromium
from tests.service import COMMAND, serving

pytestmark = pytest.mark.browser

THEMES = ["light", "dark"]
WIDTHS = [360, 1280]
PAGES = [
    "/trends/",
    "/trends/about",
    "/trends/tickets?rule=no-acceptance-criteria",
    "/trends/?project=nowhere",
    "/teams/",
    "/rules/",
    "/rules/no-acceptance-criteria?project=APP",
    "/operations",
]
WIDE_AND_NARROW = [("light", 1280), ("dark", 360)]
CHARTS = 11


@pytest.fixture(scope="module")
def sample_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="module")
def sample(sample_folder):
    chromium()
    with serving(sample_folder, "demo") as address:
        yield address


@pytest.fixture
def open_page(browser, sample):
    """Opens a page; at the end nothing may have gone wrong in it, and nothing been asked of others."""
    contexts, troubles = [], []

    def open_page(path="/trends/", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: _ours(request.url, sample, troubles))
        page.goto(sample + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def drawn(page):
    expect(page.locator("[data-chart] svg.marks")).to_have_count(CHARTS, timeout=30_000)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", THEMES)
def test_it_reads_well_in_both_themes_on_a_telephone_and_a_desk(open_page, scheme, width, screenshot):
    page = open_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    drawn(page)
    screenshot(page, f"trends-{scheme}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", THEMES)
def test_axe_finds_nothing_serious(open_page, scheme, path):
    page = open_page(path, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    if path == "/trends/":
        drawn(page)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []


@pytest.mark.parametrize(("scheme", "width"), WIDE_AND_NARROW)
def test_a_teams_chart_is_as_wide_as_its_card(open_page, scheme, width, screenshot):
    page = open_page("/teams/", color_scheme=scheme, viewport={"width": width, "height": 900})
    charts = page.locator("[data-chart]")
    expect(page.locator("[data-chart] svg.marks")).to_have_count(charts.count(), timeout=30_000)
    screenshot(page, f"teams-{scheme}-{width}")
    wide = charts.evaluate_all("(all) => all.map((one) => [one.clientWidth, one.firstElementChild.clientWidth])")
    assert wide
    assert all(abs(place - drawn) <= 1 for place, drawn in wide), wide
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []


def test_without_scripts_a_teams_chart_is_a_picture_as_wide_as_its_card(open_page):
    page = open_page("/teams/", java_script_enabled=False, viewport={"width": 1280, "height": 900})
    picture = page.locator("img.drawn").first
    card = page.locator(".panel .note").first.bounding_box()
    assert abs(picture.bounding_box()["width"] - card["width"]) <= 1


def test_nothing_moves_while_charts_are_drawn(open_page):
    page = open_page()
    before = page.locator("h2").evaluate_all("(all) => all.map((one) => one.offsetTop)")
    drawn(page)
    assert page.locator("h2").evaluate_all("(all) => all.map((one) => one.offsetTop)") == before


def test_a_point_leads_to_its_tickets(open_page):
    page = open_page()
    drawn(page)
    page.locator("[data-chart=clarity] .mark-symbol path").last.click(force=True)
    expect(page.locator("h1")).to_have_text("Tickets behind this point")
    assert page.locator("tbody tr").count() > 3


def test_pointing_at_a_chart_says_what_it_is(open_page):
    page = open_page()
    drawn(page)
    page.locator("[data-chart=found] .mark-rect path").first.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text(" of ")


def test_the_keyboard_reaches_filters_numbers_and_tickets(open_page):
    page = open_page()
    page.focus("#f-project")
    page.keyboard.type("APP")
    page.focus("form.filters button")
    page.keyboard.press("Enter")
    page.wait_for_url("**project=APP**")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.locator("details a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tickets behind this point")
    assert {text.partition("-")[0] for text in page.locator("tbody th").all_text_contents()} == {"APP"}


def test_without_scripts_charts_are_pictures(open_page):
    page = open_page(java_script_enabled=False)
    pictures = page.locator("img.drawn")
    expect(pictures).to_have_count(CHARTS)
    assert [place.is_visible() for place in page.locator("[data-chart]").all()] == [False] * CHARTS
    for picture in pictures.all():
        assert picture.get_attribute("alt").startswith("Chart: ")
        answer = page.request.get(page.url.partition("/trends")[0] + picture.get_attribute("src"))
        assert answer.headers["content-type"].startswith("image/svg+xml")


def test_colours_follow_the_system(open_page):
    page = open_page(color_scheme="light")
    drawn(page)
    line = page.locator("[data-chart=clarity] .mark-line path").first
    light = line.get_attribute("stroke")
    page.emulate_media(color_scheme="dark")
    expect(line).not_to_have_attribute("stroke", light)


def test_charts_follow_the_width(open_page):
    page = open_page(viewport={"width": 1280, "height": 900})
    drawn(page)
    page.set_viewport_size({"width": 500, "height": 900})
    expect(page.locator("[data-chart=clarity] svg.marks")).not_to_have_attribute("width", "1174")
    page.wait_for_function("document.documentElement.scrollWidth <= 500")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/rules/", "/rules/vague-time?project=APP", "/operations"])
def test_the_other_pages_fit_and_can_be_read(open_page, path, width):
    page = open_page(path, color_scheme="dark", viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert page.locator("nav a[href='/operations']").count() == 1


def test_an_admin_switches_a_rule_and_operations_tell(open_page):
    page = open_page("/rules/vague-time?project=APP")
    page.get_by_role("button", name="Switch off in APP").click()
    expect(page.locator("tr", has_text="APP").locator(".badge").first).to_have_text("off")
    page.goto(page.url.partition("/rules")[0] + "/operations")
    expect(page.locator("main")).to_contain_text("switch rule off: vague-time in APP")


@pytest.mark.parametrize(("scheme", "width"), WIDE_AND_NARROW)
def test_a_report_and_a_login_can_be_read_by_anybody(browser, reported, locked, scheme, width):
    for address in (reported, f"{locked}/login"):
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.goto(address)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(CONTRAST) == []
        page.close()


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("locked"), dashboard_token="a dashboard token to test with") as address:
        yield address


@pytest.fixture(scope="module")
def reported(sample_folder, sample):
    """The sample's report, as a file."""
    environ = os.environ | {"CLARITY_DATA_DIR": str(sample_folder / "data" / "demo")}
    file = sample_folder / "report.html"
    subprocess.run([*COMMAND, "report", "--output", str(file)], env=environ, cwd=ROOT, check=True, timeout=120)
    return file.as_uri()
