"""clarity forget: a person's name leaves the database, and nothing else does."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from service.cli import main
from service.store.keeping import has_opted_out, opt_person_out
from service.store.schema import DELETED, FORGOTTEN, KEPT, metadata, policy_override, review, ticket
from tests.store.conftest import KEY, sqlite_url, store, url

__all__ = ["sqlite_url", "store", "url"]

SITE = {
    "CLARITY_JIRA_URL": "https://team.example",
    "CLARITY_JIRA_TOKEN": "a-personal-access-token",
}
PERSON, OTHER = "5b10ac8d82e05b22cc7d4ef5", "712020:other"


@pytest.fixture
def forget(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **environ):
        given = {"CLARITY_DATABASE_URL": url, "CLARITY_SECRET_KEY": KEY, "CLARITY_DATA_DIR": str(tmp_path)}
        return CliRunner().invoke(main, ["forget", *arguments], env=given | SITE | environ)

    return run


@pytest.fixture
def known(store):
    """Two reviews and a policy of PERSON's, one review of OTHER's, and PERSON's opt-out."""
    names = [store.person("default", person) for person in (PERSON, PERSON, OTHER)]
    with store.writing() as connection:
        row = {"tracker": "jira", "site": "default", "external_id": "1", "generation": 1, "due": 0, "first_due": 0}
        ticket_id = connection.execute(ticket.insert().values(row).returning(ticket.c.id)).scalar_one()
        for name in names:
            told = {"generation": 1, "at": 1, "rulebook": "r", "policy": "p", "text_hash": "t", "author": name}
            rest = {"status_category": "new", "created": 1, "text_changed": 1, "score": 40}
            connection.execute(review.insert().values(ticket_id=ticket_id, **told, **rest))
        connection.execute(policy_override.insert().values(project="SHOP", policy={}, at=1, by=names[0]))
        opt_person_out(connection, names[0])
    return names


def authors(store):
    with store.reading() as connection:
        rows = connection.execute(select(review.c.author, review.c.score).order_by(review.c.id)).all()
        return [row.author for row in rows], [row.score for row in rows]


def test_a_person_is_forgotten_and_nobody_else(forget, store, known):
    result = forget(PERSON, "--tracker", "jira")
    assert (result.exit_code, result.output) == (0, "3 entries bore their name and do no more.\n")
    assert authors(store) == (["", "", known[2]], [40, 40, 40])
    with store.reading() as connection:
        assert connection.execute(select(policy_override.c.by)).scalar_one() == ""
        assert has_opted_out(connection, known[0])
    assert forget(PERSON, "--tracker", "jira").output == "Nothing bore their name.\n"


def test_somebody_of_the_same_id_at_github_is_kept(forget, store, known):
    github = {"CLARITY_GITHUB_TOKEN": "pat", "CLARITY_GITHUB_WEBHOOK_SECRET": "a-secret-of-its-own"}
    assert forget(PERSON, "--tracker", "github", **github).output == "Nothing bore their name.\n"
    assert authors(store)[0] == known
    with store.writing() as connection:
        theirs = store.person("github/default", PERSON)
        connection.execute(review.update().where(review.c.author == known[2]).values(author=theirs))
    assert forget(PERSON, "--tracker", "github", **github).output.startswith("1 entries")
    assert authors(store)[0] == [*known[:2], ""]


def test_the_opt_out_goes_when_asked(forget, store, known):
    result = forget(PERSON, "--tracker", "jira", "--opt-out")
    assert result.output.endswith("What they asked for themselves is forgotten too.\n")
    with store.reading() as connection:
        assert not has_opted_out(connection, known[0])


def test_a_site_misspelled_is_told(forget, known, store):
    result = forget(PERSON, "--tracker", "jira", "--site", "defualt")
    assert result.exit_code == 2
    assert "--site: defualt is no jira site. Choose one of: default." in result.output
    assert "The settings name none." in forget(PERSON, "--tracker", "linear").output
    assert authors(store)[0] == known


def test_a_wrong_key_forgets_nobody(forget, known, store):
    result = forget(PERSON, "--tracker", "jira", CLARITY_SECRET_KEY="another key of thirty-two characters")
    assert result.exit_code == 2
    assert "former key" in result.output
    assert authors(store)[0] == known


def test_every_column_that_names_a_person_is_marked():
    """A keyed hash has 64 characters: a column as wide either names a person, and says so, or is one of these."""
    others = {
        "sender",
        "lease_token",
        "comment_hash",
        "said_text_hash",
        "rulebook",
        "policy",
        "text_hash",
        "name",
        "site",
    }
    for table in metadata.sorted_tables:
        for column in table.columns:
            if getattr(column.type, "length", None) == 64 and column.name not in others:
                assert column.info.get("person") in {FORGOTTEN, DELETED, KEPT}, f"{table.name}.{column.name}"
