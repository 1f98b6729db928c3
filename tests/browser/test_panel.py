"""The panel as people meet it: in a frame of a Jira, in a real browser, by the real service and a real worker."""

import re
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.contrast import CONTRAST
from tests.fakes.connect import KeyServer, Site
from tests.fakes.jira_server import AUTHOR, FakeJira
from tests.needs import chromium
from tests.service import serving, until

pytestmark = pytest.mark.browser

TITLE = "As a user, I want a fast and user-friendly export"
SOMEBODY = "5b10a2844c20165700ede99z"
PANEL, PROJECT = "/connect/panel?issue={}", "/connect/project?project=DEMO"
HOST_SCRIPT = """
  const scheme = new URLSearchParams(location.search).get("theme");
  window.AP = {
    resize: (width, height) => { window.resizedTo = height; },
    context: { getToken: (done) => done(window.parent === window ? "" : window.name) },
    theming: { initializeTheming: () => { if (scheme) document.documentElement.dataset.colorMode = scheme; } },
  };
"""


def adf(*lines):
    """One paragraph a line."""
    content = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
    return {"type": "doc", "version": 1, "content": content}


WEAK = adf("The export supports several formats, etc.", "<img src=x onerror=alert(1)> It should be intuitive.")
BETTER = adf(
    "The accountants type in 1,000 invoices a month by hand, so that the books are two weeks late.",
    "Given a month with 1,000 invoices, when I choose “Export”, then a CSV file is saved within 10 seconds.",
    "It should be intuitive.",
)


@pytest.fixture(scope="module")
def jira():
    with FakeJira() as fake:
        yield fake


@pytest.fixture(scope="module")
def installed(jira, tmp_path_factory):
    """The service with one tenant: its address, and the tenant that signs."""
    chromium()
    with KeyServer() as keys:
        folder = tmp_path_factory.mktemp("panel")
        settings = {
            "connect_keys_url": keys.url,
            "debounce_seconds": 0,
            "base_url": "https://clarity.team.example",
        }
        with serving(folder, **settings) as address:
            site = Site(keys, settings["base_url"], jira=jira.url)
            jira.secret = site.secret
            body, headers = site.body(), site.lifecycle()
            answer = requests.post(f"{address}/connect/installed", json=body, headers=headers, timeout=10)
            assert answer.status_code == 204
            yield address, site


@pytest.fixture
def open_frame(browser, installed, jira):
    """Opens one of our pages in a frame of a page of Jira's; at the end nothing may have gone wrong in it."""
    address, site = installed
    contexts, troubles = [], []

    def open_frame(path, person=AUTHOR, theme="", around=jira.url, name="", **options):
        context = browser.new_context(**({"viewport": {"width": 400, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: known(request.url))
        url = path + (f"{'&' if '?' in path else '?'}theme={theme}" if theme else "")
        source = f"{address}{url}{'&' if '?' in url else '?'}jwt={site.token('GET', url, sub=person)}"
        ground = "dark" if (theme or options.get("color_scheme")) == "dark" else "light"
        frame = f'<iframe name="{name}" src="{source}" style="width:100%;height:880px;border:0"></iframe>'
        html = f'<!doctype html><html style="color-scheme:{ground}"><body style="margin:0">{frame}</body></html>'
        page.route(f"{around}/browse/**", lambda route: route.fulfill(body=html, content_type="text/html"))
        script = {"body": HOST_SCRIPT, "content_type": "text/javascript"}
        page.route("https://connect-cdn.atl-paas.net/**", lambda route: route.fulfill(**script))
        page.goto(f"{around}/browse/DEMO-1")
        page.troubles = troubles
        return page, page.frame_locator("iframe")

    def known(url):
        ours = {urlsplit(place).netloc for place in (address, jira.url)} | {"connect-cdn.atl-paas.net"}
        if urlsplit(url).netloc not in ours and not url.startswith("http://elsewhere"):
            troubles.append(f"asked {url}")

    yield open_frame
    for context in contexts:
        context.close()
    assert troubles == []


def scored(frame):
    expect(frame.locator(".verdict .score strong")).to_be_visible(timeout=30_000)
    return int(frame.locator(".score strong").text_content())


def tell(installed, issue, event="jira:issue_created"):
    address, site = installed
    body = f'{{"webhookEvent": "{event}", "issue": {{"id": "{issue}", "key": "DEMO-{issue}"}}}}'
    headers = site.signed("POST", "/connect/webhook") | {"X-Atlassian-Webhook-Identifier": f"{issue} {event}"}
    answer = requests.post(f"{address}/connect/webhook", data=body, headers=headers, timeout=10)
    assert answer.json()["accepted"] is True


def test_it_shows_the_score_the_words_and_what_would_pass(open_frame, jira, screenshot):
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue))
    page.on("dialog", lambda dialog: pytest.fail(f"a ticket ran a script: {dialog.message}"))
    score = scored(frame)
    assert 0 <= score < 80
    findings = frame.locator(".finding")
    assert findings.count() >= 3
    assert "user-friendly" in " ".join(findings.all_text_contents())
    passes = frame.locator(".coach", has_text="Say instead:")
    assert "⟨" in passes.first.inner_text()
    assert frame.locator(".paste").first.inner_text().startswith("### Acceptance criteria\n- Given a user")
    assert frame.locator("#panel img, #panel script").count() == 0
    inner = page.frames[1]
    assert re.fullmatch(r"\d+px", inner.evaluate("window.resizedTo"))
    screenshot(page, "panel")


def test_what_changed_since_the_last_edit(open_frame, installed, jira, screenshot):
    issue = jira.create_issue(TITLE, WEAK)
    tell(installed, issue)
    until(lambda: jira.ours(issue))
    jira.edit_issue(issue, description=BETTER)
    page, frame = open_frame(PANEL.format(issue))
    score = scored(frame)
    changed = frame.locator(".changed")
    assert re.search(rf"Since the last edit: \d+ → {score} of 100\.", changed.inner_text())
    assert "Mended:" in changed.inner_text()
    screenshot(page, "panel-changed")


def test_by_keyboard_alone_a_finding_is_of_no_use_and_that_is_kept(open_frame, jira):
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue), person=SOMEBODY)
    scored(frame)
    assert frame.locator("button.ignored").count() == 0
    first = frame.locator("button.not-useful").first
    rule = first.get_attribute("data-rule")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.frames[1].evaluate("document.activeElement.className") == "not-useful":
            break
    page.keyboard.press("Enter")
    pressed = frame.locator(f'button.not-useful[data-rule="{rule}"]').first
    expect(pressed).to_have_attribute("aria-pressed", "true")
    expect(pressed).to_be_focused()
    _, again = open_frame(PANEL.format(issue), person=SOMEBODY)
    expect(again.locator(f'button.not-useful[data-rule="{rule}"]').first).to_have_attribute("aria-pressed", "true")
    _, others = open_frame(PANEL.format(issue))
    expect(others.locator(f'button.not-useful[data-rule="{rule}"]').first).to_have_attribute(
        "aria-pressed", "false"
    )


def test_a_rule_is_ignored_here_and_brought_back(open_frame, jira, screenshot):
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue))
    before = scored(frame)
    button = frame.locator("button.ignored").first
    rule = button.get_attribute("data-rule")
    button.click()
    expect(frame.locator(".left-out li")).to_have_count(1, timeout=15_000)
    assert scored(frame) >= before
    assert frame.locator(f'.findings button[data-rule="{rule}"]').count() == 0
    screenshot(page, "panel-ignored")
    frame.get_by_role("button", name=re.compile("^Bring back")).click()
    expect(frame.locator(".left-out li")).to_have_count(0, timeout=15_000)
    assert scored(frame) == before


def test_what_jira_does_not_show_is_told_and_can_be_tried_again(open_frame, jira):
    page, frame = open_frame(PANEL.format("999999"))
    expect(frame.get_by_role("alert")).to_have_text("Jira does not show us this issue.", timeout=15_000)
    jira.create_issue(TITLE, WEAK, issue_id="999999")
    frame.get_by_role("button", name="Try again").click()
    scored(frame)
    assert [text for text in page.troubles if "404" in text]
    page.troubles.clear()


def test_a_page_open_for_long_gets_a_new_token_from_jira(open_frame, installed, jira):
    issue = jira.create_issue(TITLE, WEAK)
    about = {"jira": {"issue": {"id": issue}}}
    fresh = installed[1].token("GET", "/", qsh="context-qsh", sub=SOMEBODY, context=about)
    page, frame = open_frame(PANEL.format(issue), person=SOMEBODY, name=fresh)
    scored(frame)
    tokens = []

    def expired(route):
        tokens.append(route.request.headers["authorization"])
        if len(tokens) == 1:
            route.fulfill(status=401, json={"error": "The token has expired."})
        else:
            route.continue_()

    page.route("**/connect/panel/opinion", expired)
    frame.locator("button.not-useful").first.click()
    expect(frame.locator("button.not-useful").first).to_have_attribute("aria-pressed", "true", timeout=15_000)
    assert len(tokens) == 2
    assert tokens[1] == f"JWT {fresh}"
    page.troubles.clear()  # the browser tells of the 401


def test_no_other_site_may_frame_it(open_frame, jira):
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue), around="http://elsewhere.example")
    until(lambda: page.troubles, 15)
    assert any("frame-ancestors" in text or "Framing" in text for text in page.troubles), page.troubles
    assert frame.locator("#panel").count() == 0
    page.troubles.clear()


@pytest.mark.parametrize(("scheme", "theme"), [("light", ""), ("dark", ""), ("light", "dark"), ("dark", "light")])
def test_it_can_be_read_in_light_and_dark(open_frame, jira, scheme, theme, screenshot):
    """As the browser prefers, or as Jira says."""
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue), theme=theme, color_scheme=scheme)
    scored(frame)
    frame.locator("button.not-useful").first.click()
    expect(frame.locator("button.not-useful").first).to_have_attribute("aria-pressed", "true", timeout=15_000)
    frame.locator("summary").first.click()
    page.mouse.move(0, 0)
    screenshot(page, f"panel-{theme or scheme}{'-by-jira' if theme else ''}")
    assert page.frames[1].evaluate(CONTRAST) == []
    dark = page.frames[1].evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(29, 33, 37)"
    assert dark == ((theme or scheme) == "dark")


def test_it_fits_a_narrow_column(open_frame, jira, screenshot):
    issue = jira.create_issue(TITLE, adf("It is fast. " + "x" * 300))
    page, frame = open_frame(PANEL.format(issue), viewport={"width": 260, "height": 900})
    scored(frame)
    screenshot(page, "panel-narrow")
    assert page.frames[1].evaluate("document.documentElement.scrollWidth") <= 260


def test_every_control_has_a_name_and_says_what_it_is_about(open_frame, jira):
    page, frame = open_frame(PANEL.format(jira.create_issue(TITLE, WEAK)))
    scored(frame)
    unnamed = page.frames[1].evaluate(
        """[...document.querySelectorAll('button, summary')]
            .filter((control) => !(control.textContent.trim() || control.ariaLabel))
            .map((control) => control.outerHTML)"""
    )
    assert unnamed == []
    nowhere = page.frames[1].evaluate(
        """[...document.querySelectorAll('[aria-describedby]')]
            .filter((control) => !document.getElementById(control.getAttribute('aria-describedby')))
            .map((control) => control.outerHTML)"""
    )
    assert nowhere == []
    assert frame.locator('.verdict[role="status"]').count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_projects_page_and_the_admins_can_be_read(open_frame, installed, jira, scheme, screenshot):
    issue = jira.create_issue(TITLE, WEAK)
    tell(installed, issue)
    until(lambda: jira.ours(issue))
    for name, path in (("project", PROJECT), ("admin", "/connect/admin")):
        page, frame = open_frame(path, color_scheme=scheme, viewport={"width": 900, "height": 900})
        expect(frame.locator("h1")).to_be_visible()
        screenshot(page, f"{name}-{scheme}")
        assert page.frames[1].evaluate(CONTRAST) == []


def test_ones_own_progress_is_shown_when_asked_for_and_can_be_switched_off(open_frame, jira, screenshot):
    issue = jira.create_issue(TITLE, WEAK)
    page, frame = open_frame(PANEL.format(issue))
    scored(frame)
    expect(frame.locator(".own table")).to_have_count(0)
    frame.get_by_role("button", name="Your own progress").click()
    expect(frame.get_by_text("Coaching: on.")).to_be_visible(timeout=30_000)
    expect(frame.get_by_role("heading", name="What you get right from the start")).to_be_visible()
    frame.get_by_role("button", name="Switch off: Coaching").click()
    expect(frame.get_by_text("Coaching: off.")).to_be_visible(timeout=30_000)
    assert page.frames[1].evaluate("document.activeElement.className") == "own"
    assert page.frames[1].evaluate(CONTRAST) == []
    screenshot(page, "panel-own")
