"""The playground as a person meets it: a real browser, the real service, a real worker."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.contrast import CONTRAST

pytestmark = pytest.mark.browser

TITLE = "As a user, I want a fast and user-friendly export"
WEAK = "The export supports several formats, etc.\n\n## Acceptance criteria\n\nTBD"
BETTER = """As an accountant, I want to download the invoices of a month, so that I need not type them in again.

## Acceptance criteria

- Given a month with 1,000 invoices, when I choose "Export", then a CSV file with 1,000 lines is downloaded within 10 seconds.
- Given a month without invoices, when I choose "Export", then I see "There is nothing to export".
"""
SCORED = re.compile(r"^Clarity \d+ of 100")


def scored(page):
    expect(page.locator("#status")).to_have_text(SCORED, timeout=30_000)
    return int(page.locator("#number").text_content())


def fill(page, title, description, kind="story"):
    page.select_option("#kind", kind)
    page.fill("#title", title)
    page.fill("#description", description)


def test_with_the_keyboard_alone_from_a_weak_story_to_a_better_one(open_page, screenshot):
    page = open_page()
    page.focus("#kind")
    page.keyboard.type("Story")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(TITLE)
    page.keyboard.press("Tab")
    page.keyboard.type(WEAK)
    page.keyboard.press("Control+Enter")
    weak = scored(page)
    screenshot(page, "weak")
    assert page.locator("#comment").is_visible()
    first = page.locator("#said").inner_text()
    assert f"Clarity {weak} of 100" in first
    assert "user-friendly" in page.locator("#read mark").all_text_contents()
    assert not page.locator("#edited").is_visible()

    page.focus("#description")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(BETTER)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).not_to_have_text(str(weak), timeout=30_000)
    page.wait_for_selector("#edited:not([hidden])")
    better = scored(page)
    screenshot(page, "better")
    assert better > weak
    said = page.locator("#said").inner_text()
    assert f"{weak} → {better} of 100" in said
    assert "Mended" in said
    assert page.locator("#edited").inner_text() == "edited"


def test_an_engineer_asks_and_the_comment_shows_it(open_page):
    page = open_page()
    fill(page, TITLE, WEAK)
    page.click("#file")
    scored(page)
    page.fill("#words", "/unclear How many rows?")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("@engineer asks: “How many rows?”", timeout=30_000)
    expect(page.locator("#words-said")).to_have_text("engineer /unclear How many rows?")
    assert page.locator("#words").input_value() == ""


def test_what_the_findings_cost_and_the_score_add_up(open_page):
    page = open_page()
    fill(page, TITLE, WEAK)
    page.click("#file")
    score = scored(page)
    costs = [int(cost.replace("−", "")) for cost in page.locator(".cost").all_text_contents()]
    assert len(costs) >= 3
    assert 100 - sum(costs) == score


def test_a_finding_lights_up_its_words(open_page):
    page = open_page()
    fill(page, TITLE, WEAK)
    page.click("#file")
    scored(page)
    finding = page.locator(".finding", has_text="user-friendly").first
    finding.locator("button").focus()
    assert page.locator("mark.lit").all_text_contents() == ["user-friendly"]


def test_every_example_gets_a_score(open_page, screenshot):
    page = open_page()
    scores = {}
    for button in page.locator("#examples button").all():
        page.evaluate("document.getElementById('status').textContent = ''")
        button.click()
        scores[button.text_content()] = scored(page)
    screenshot(page, "examples")
    assert scores["A good story"] > scores["A weak story"]
    assert scores["A good bug"] > scores["A weak bug"]
    assert scores["A good story"] >= 80
    assert scores["A good bug"] >= 80


def test_a_ticket_in_another_language_gets_no_score_and_no_comment(open_page):
    page = open_page()
    german = (
        "Als Buchhalterin möchte ich alle Rechnungen eines Monats herunterladen, damit ich sie nicht noch einmal von "
        "Hand eintippen muss. Die Datei soll sich öffnen lassen, ohne dass jemand etwas einstellen muss."
    )
    fill(page, "Rechnungen herunterladen", german)
    page.click("#file")
    expect(page.locator("#status")).to_have_text(re.compile("^No score: not in English"), timeout=30_000)
    assert not page.locator("#comment").is_visible()


def test_nothing_in_a_ticket_comes_alive(open_page):
    page = open_page()
    hostile = "It is fast <img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) and “fast”, etc."
    page.on("dialog", lambda dialog: pytest.fail(f"a ticket ran a script: {dialog.message}"))
    fill(page, "As a <b>user</b>, I want a fast <i>export</i>", hostile)
    page.click("#file")
    scored(page)
    assert page.locator("#read img, #read script, #said img, #said script, #said a, #findings b").count() == 0


def test_an_empty_ticket_is_not_filed(open_page):
    page = open_page()
    page.click("#file")
    assert page.locator("#status").inner_text() == "Type a title or a description first."
    assert page.evaluate("document.activeElement.id") == "title"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark(open_page, scheme, screenshot):
    page = open_page(color_scheme=scheme)
    fill(page, TITLE, WEAK)
    page.click("#file")
    scored(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(0)
    screenshot(page, scheme)
    assert page.evaluate(CONTRAST) == []


def test_it_fits_a_telephone(open_page, screenshot):
    page = open_page(viewport={"width": 360, "height": 780})
    fill(page, TITLE, WEAK + " " + "x" * 300)
    page.click("#file")
    scored(page)
    screenshot(page, "telephone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_every_control_has_a_name(open_page):
    page = open_page()
    unnamed = page.evaluate(
        """[...document.querySelectorAll('input, select, textarea, button')]
            .filter((control) => !(control.labels?.length || control.textContent.trim() || control.ariaLabel))
            .map((control) => control.outerHTML)"""
    )
    assert unnamed == []
