"""What a test needs from outside the project. Absent: skipped with a clear word; under CLARITY_REQUIRE_ALL, failed."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VENDORS = ROOT / "tests" / "conformance" / "vendors"
SHARED = Path(os.environ.get("CLARITY_SHARED", ROOT.parent / "shared"))


def need(present, what):
    """Skip, or fail where everything is required, unless `present`."""
    if present:
        return
    if os.environ.get("CLARITY_REQUIRE_ALL"):
        pytest.fail(f"{what} is required here (CLARITY_REQUIRE_ALL) and absent", pytrace=False)
    pytest.skip(f"{what} is absent")


def shared(*parts):
    """A file or folder of the shared conformance and evaluation data."""
    path = SHARED.joinpath(*parts)
    need(path.exists(), f"shared data {'/'.join(parts)} (CLARITY_SHARED={SHARED})")
    return path


def vendors(*parts):
    """A file or folder of the vendors' own packages, as `make conformance` installs them."""
    path = VENDORS.joinpath("node_modules", *parts)
    need(path.exists(), f"the vendors' code, {'/'.join(parts)} (make conformance installs it)")
    return path


def node():
    """The path of a Node.js to run the vendors' own code."""
    found = shutil.which("node")
    need(found, "Node.js")
    return found


def chromium():
    """The path of a Chromium to drive."""
    found = (
        os.environ.get("CLARITY_CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    need(found, "Chromium")
    return found
