import pytest
from click.testing import CliRunner

from service.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLARITY_DATA_DIR", str(tmp_path / "data"))
    return lambda: CliRunner().invoke(main, ["doctor", "--offline"], catch_exceptions=False)


def test_a_fresh_machine(run, tmp_path):
    result = run()
    assert result.exit_code == 0, result.stdout
    assert "✓  settings" in result.stdout
    assert "! " in result.stdout
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting(run, monkeypatch):
    monkeypatch.setenv("CLARITY_WORKERS", "many")
    result = run()
    assert result.exit_code == 1
    [line] = result.stdout.splitlines()
    assert line.split(maxsplit=2) == [
        "✗",
        "settings",
        "CLARITY_WORKERS is “many”. Valid is a whole number from 1 to 64.",
    ]


def test_what_is_wrong_says_what_to_do(run, monkeypatch):
    monkeypatch.setenv("CLARITY_LINEAR_API_KEY", "a-key-that-is-secret")
    result = run()
    assert result.exit_code == 1
    assert "→ Set CLARITY_LINEAR_WEBHOOK_SECRET." in result.stdout
    assert "a-key-that-is-secret" not in result.stdout
