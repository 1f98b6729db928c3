"""clarity secrets rotate: a new key opens everything, the old one nothing, and a rotation cut off loses nothing."""

import os
import stat

import pytest
from click.testing import CliRunner

from service.cli import main
from service.engine.ownership import Ownership
from service.settings import Secret, Settings, SettingsError, keeping
from service.settings.keeping import FORMER_FILE, KEY_FILE, drop_former_key, renew_kept_key, with_kept_key
from service.store import Store, StoreUnavailable
from tests.store.conftest import KEY, sqlite_url, store, url

__all__ = ["sqlite_url", "store", "url"]

NEW = Secret("a new key of thirty-two characters and more")


@pytest.fixture
def rotate(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(url, **environ):
        told = {"CLARITY_DATABASE_URL": url, "CLARITY_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, ["secrets", "rotate"], env=told | environ)

    return run


def person(url, *keys):
    store = Store(url, *keys)
    try:
        return store.person("default", "u1")
    finally:
        store.close()


def test_a_key_from_the_environment_is_changed(rotate, store, url):
    before = store.person("default", "u1")
    result = rotate(url, CLARITY_SECRET_KEY=NEW, CLARITY_FORMER_SECRET_KEY=KEY)
    assert (result.exit_code, result.output) == (
        0,
        "1 secret encrypted anew.\nDrop CLARITY_FORMER_SECRET_KEY now.\n",
    )
    assert person(url, NEW) == before
    with pytest.raises(SettingsError, match="former key"):
        person(url, KEY)


def test_until_it_is_done_both_keys_open(store, url):
    before = store.person("default", "u1")
    assert person(url, NEW, KEY) == before
    Store(url, NEW, KEY).reseal()
    assert person(url, NEW, KEY) == person(url, NEW) == before


def test_it_may_be_repeated(rotate, store, url):
    store.unlock()
    for _ in range(2):
        assert rotate(url, CLARITY_SECRET_KEY=NEW, CLARITY_FORMER_SECRET_KEY=KEY).exit_code == 0


def test_a_wrong_former_key_changes_nothing(rotate, store, url):
    before = store.person("default", "u1")
    result = rotate(url, CLARITY_SECRET_KEY=NEW, CLARITY_FORMER_SECRET_KEY="x" * 32)
    assert result.exit_code == 2
    assert "former key" in result.output
    assert person(url, KEY) == before


def test_without_the_former_key_it_says_what_to_set(rotate, url):
    result = rotate(url, CLARITY_SECRET_KEY=NEW)
    assert result.exit_code == 2
    assert "Set it to the key used so far" in result.output


def test_no_key_is_ever_shown(rotate, store, url):
    store.unlock()
    result = rotate(url, CLARITY_SECRET_KEY=NEW, CLARITY_FORMER_SECRET_KEY=KEY)
    assert NEW not in result.output
    assert KEY not in result.output


@pytest.fixture
def kept(tmp_path, sqlite_url):
    """A database whose key is kept in the data directory; its settings and a person's name in it."""
    settings = keeping.prepare(Settings(sqlite_url, tmp_path))
    store = Store.of(settings)
    store.migrate()
    name = store.person("default", "u1")
    store.close()
    return Settings(sqlite_url, tmp_path), name


def test_a_kept_key_is_replaced(rotate, kept, tmp_path):
    settings, name = kept
    before = (tmp_path / KEY_FILE).read_text()
    result = rotate(settings.database_url)
    assert (result.exit_code, result.output) == (0, "1 secret encrypted anew.\nThe former key is deleted.\n")
    assert (tmp_path / KEY_FILE).read_text() != before
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "key" in path.name) == [KEY_FILE]
    now = with_kept_key(settings)
    assert person(now.database_url, now.secret_key) == name
    assert not now.former_secret_key
    with pytest.raises(SettingsError):
        person(now.database_url, Secret(before.strip()))


CUTS = {
    "before the new key is written": ("_offer", "renew"),
    "before anything is encrypted": ("reseal", "reseal"),
    "before the former key is deleted": ("drop", "drop"),
}


@pytest.mark.parametrize("cut", CUTS)
def test_a_rotation_that_was_cut_off_leaves_a_database_that_opens_and_can_be_repeated(
    rotate, kept, tmp_path, monkeypatch, cut
):
    settings, name = kept
    before = (tmp_path / KEY_FILE).read_text()

    def fail(*_, **__):
        raise KeyboardInterrupt

    places = {"_offer": keeping, "reseal": Store, "drop": "service.cli.secrets.drop_former_key"}
    with monkeypatch.context() as patch:
        if CUTS[cut][0] == "drop":
            patch.setattr(places["drop"], fail)
        else:
            patch.setattr(places[CUTS[cut][0]], CUTS[cut][0], fail)
        assert rotate(settings.database_url).exit_code != 0
    now = with_kept_key(settings)
    assert person(now.database_url, now.secret_key, now.former_secret_key) == name
    assert rotate(settings.database_url).exit_code == 0
    now = with_kept_key(settings)
    assert person(now.database_url, now.secret_key) == name
    assert not (tmp_path / FORMER_FILE).exists()
    assert (tmp_path / KEY_FILE).read_text() != before


def test_a_service_that_runs_is_not_cut_off_from_its_secrets(rotate, kept, sqlite_url, tmp_path):
    before = (tmp_path / KEY_FILE).read_text()
    running = Ownership(str(Store(sqlite_url).url.database))
    running.take()
    result = rotate(sqlite_url)
    running.release()
    assert result.exit_code == 2
    assert "another `clarity serve` is working" in result.output
    assert (tmp_path / KEY_FILE).read_text() == before


def test_a_key_that_is_not_there_is_told(rotate, sqlite_url, tmp_path):
    result = rotate(sqlite_url)
    assert result.exit_code == 2
    assert f"{tmp_path / KEY_FILE} is not there" in result.output


def test_a_database_that_cannot_be_written_keeps_its_key(rotate, kept, monkeypatch):
    settings, name = kept

    def fail(_):
        raise StoreUnavailable("the database is not available: disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "reseal", fail)
        result = rotate(settings.database_url)
    assert result.exit_code == 2
    assert "disk full. The former key still holds" in result.output
    now = with_kept_key(settings)
    assert person(now.database_url, now.secret_key, now.former_secret_key) == name


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told(kept, tmp_path):
    settings, _ = kept
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SettingsError, match="cannot be changed"):
            renew_kept_key(settings)
    finally:
        tmp_path.chmod(0o700)


def test_dropping_what_is_not_there_is_no_error(kept):
    drop_former_key(kept[0])
