"""`clarity worker --healthy`, and the sign of life that it looks for."""

import os
import threading

import pytest

from service import heartbeat
from service.cli import worker as command


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("CLARITY_HEARTBEAT", str(tmp_path / "beat"))
    return tmp_path / "beat"


def asked(capsys):
    with pytest.raises(SystemExit) as left:
        command.worker.callback(healthy=True)
    return left.value.code, "".join(capsys.readouterr())


def test_a_host_that_never_was_ready_is_not_well(place, capsys):
    code, said = asked(capsys)
    assert code == 1
    assert str(place) in said


def test_a_host_that_was_ready_a_moment_ago_is_well(place, capsys):
    heartbeat.beat(place)
    code, said = asked(capsys)
    assert (code, said) == (0, "a worker was ready 0 seconds ago\n")
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_host_that_fell_silent_is_not_well(place, capsys):
    heartbeat.beat(place)
    long_ago = place.stat().st_mtime - 90
    os.utime(place, (long_ago, long_ago))
    code, said = asked(capsys)
    assert code == 1
    assert "for 90 seconds" in said
    heartbeat.beat(place)
    assert asked(capsys)[0] == 0


def test_a_sign_of_life_follows_no_link(place, tmp_path):
    (tmp_path / "elsewhere").write_text("kept")
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        heartbeat.beat(place)


@pytest.mark.parametrize("ready", [True, False])
def test_it_is_given_while_a_worker_is_ready_and_only_then(place, monkeypatch, ready):
    told, rounds = threading.Event(), []

    class Engine:
        @property
        def ready(self):
            rounds.append(1)
            if len(rounds) == 2:
                told.set()
            return ready

    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)
    command._beat_until(told, Engine())
    assert len(rounds) == 2
    assert place.exists() is ready
