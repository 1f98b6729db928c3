import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.needs import chromium
from tests.service import serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that a test makes up counts as the public network, from where this machine may not be framed.
    "--disable-features=LocalNetworkAccessChecks",
]


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    chromium()
    with serving(tmp_path_factory.mktemp("service")) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, service):
    """Opens the playground; at the end nothing may have gone wrong in it, and nothing been asked of others."""
    contexts, troubles = [], []

    def open_page(path="/", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: _ours(request.url, service, troubles))
        page.goto(service + path)
        page.wait_for_selector("#examples button")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def screenshot(request):
    """Keeps a picture where CLARITY_SCREENSHOTS names a folder."""

    def screenshot(page, name):
        folder = os.environ.get("CLARITY_SCREENSHOTS")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return screenshot


def _ours(url, service, troubles):
    if not url.startswith("data:") and urlsplit(url).netloc != urlsplit(service).netloc:
        troubles.append(f"asked {url}")
