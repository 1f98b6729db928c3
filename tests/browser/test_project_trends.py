"""The charts of a project's page in a frame: words first, pictures when they are drawn. A real browser."""

import pytest
from playwright.sync_api import expect

from tests.needs import chromium
from tests.service import serving

pytestmark = pytest.mark.browser

SHOW = """async (comes) => {
  const { show } = await import("/connect/static/trends.js");
  const place = document.querySelector("main");
  const fragment = (picture, kind) => `<form class="filters" hidden><select name="kind"><option>bug</option>
    <option${kind === "story" ? " selected" : ""}>story</option></select></form>
    <div data-picture="clarity">${picture}</div><p>Median 71.</p>`;
  window.asked = [];
  const ask = async (chosen) => {
    window.asked.push(chosen);
    if (chosen.pictures === "later") return fragment("", chosen.kind);
    if (!comes) throw new Error("gone");
    return fragment(`<img alt="Chart of ${chosen.kind}">`, chosen.kind);
  };
  show(place, fragment(""), ask);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    chromium()
    with serving(tmp_path_factory.mktemp("project-trends")) as address:
        yield address


@pytest.fixture
def page(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_pictures_follow_the_words_and_each_choice(page):
    page.evaluate(SHOW, True)
    expect(page.get_by_alt_text("Chart of bug")).to_have_count(1)
    page.locator("select").select_option("story")
    expect(page.get_by_alt_text("Chart of story")).to_have_count(1)
    expect(page.get_by_text("Median 71.")).to_be_visible()
    later = {"kind": "story", "pictures": "later"}
    assert page.evaluate("window.asked") == [{"kind": "bug"}, later, {"kind": "story"}]


def test_words_stay_where_no_picture_comes(page):
    page.evaluate(SHOW, False)
    expect(page.get_by_text("This chart could not be drawn. Its numbers are below.")).to_be_visible()
    expect(page.get_by_text("Median 71.")).to_be_visible()
