"""The vendors' own packages: pinned by hash, from nowhere in particular, and never committed."""

import json
import subprocess

from tests.needs import ROOT, VENDORS


def lock():
    return json.loads((VENDORS / "package-lock.json").read_text(encoding="utf-8"))


def test_the_lock_carries_hashes_and_no_addresses():
    assert "://" not in (VENDORS / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: package for name, package in lock()["packages"].items() if name}
    assert len(packages) > 50
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []


def test_what_we_ask_for_is_pinned_to_one_version():
    asked = json.loads((VENDORS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert asked == {name: lock()["packages"][f"node_modules/{name}"]["version"] for name in asked}


def test_no_package_may_run_a_script_when_it_is_installed():
    assert "ignore-scripts=true" in (VENDORS / ".npmrc").read_text(encoding="utf-8").splitlines()


def test_nothing_of_it_is_committed():
    kept = subprocess.run(
        ["git", "ls-files", "--", str(VENDORS)], cwd=ROOT, capture_output=True, text=True, check=True, timeout=20
    ).stdout.splitlines()
    assert not any("node_modules" in name for name in kept)
