import pytest

from service import rulebook
from service.document import language
from service.review import Reviewer


@pytest.fixture(scope="session")
def nlp():
    return language.load()


@pytest.fixture(scope="session")
def shipped():
    return rulebook.load()


@pytest.fixture(scope="session")
def reviewer(shipped, nlp):
    return Reviewer(shipped, nlp)
