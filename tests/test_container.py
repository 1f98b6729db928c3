"""The image and the composition, as far as they can be held against the project without an engine to run them."""

import re
import tomllib

import pytest
import yaml

from service.cli import main
from tests.needs import ROOT

STEPS = re.findall(r"^([A-Z]+)\s+((?:.*\\\n)*.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
SERVICES = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
OURS = [name for name, told in SERVICES.items() if told.get("image") == "ticket-clarity"]


def said(step):
    return [told for name, told in STEPS if name == step]


def test_everything_that_is_copied_is_there():
    for told in said("COPY"):
        if not told.startswith("--from"):
            *sources, _ = told.split()
            assert all((ROOT / one).exists() for one in sources), told


def test_all_that_the_package_is_built_from_is_copied():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())
    copied = " ".join(said("COPY"))
    named = [build["project"]["readme"], *build["project"].get("license-files", []), "service", "rules"]
    assert all(one in copied for one in named)


def test_dependencies_come_from_the_lock_with_hashes():
    installs = [one for told in said("RUN") for one in told.split("&&") if "pip install" in one]
    assert any("--require-hashes --requirement requirements.lock" in one for one in installs)
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)


def test_it_runs_as_nobody_in_particular():
    assert said("USER") == ["10001:10001"]
    for name in OURS:
        told = SERVICES[name]
        assert told["read_only"]
        assert told["cap_drop"] == ["ALL"]
        assert told["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_a_command_of_ours_with_a_check_of_its_health(name):
    (command,) = SERVICES[name]["command"]
    assert command in main.list_commands(None)
    check = SERVICES[name].get("healthcheck", {}).get("test")
    if check:
        assert check[:2] == ["CMD", "clarity"]
        options = {one for option in main.get_command(None, check[2]).params for one in option.opts}
        assert set(check[3:]) <= options
    else:
        assert "/healthz" in said("HEALTHCHECK")[0]
        assert "disable" not in SERVICES[name].get("healthcheck", {})


def test_what_stops_a_service_gives_it_time():
    assert said("STOPSIGNAL") == ["SIGTERM"]
    assert all(SERVICES[name]["stop_grace_period"] == "30s" for name in OURS)
