"""A set of keys at one address: what happens while its server is slow to answer."""

import json
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.trackers.base import Unreachable
from service.trackers.key_set import MOST_WAITING, KeySet
from service.web.server import THREADS

PATIENCE = 20  # seconds for what hangs without a bound


@pytest.fixture(scope="module")
def body():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return json.dumps(
        {"keys": [jwt.algorithms.RSAAlgorithm.to_jwk(key, as_dict=True) | {"kid": "known"}]}
    ).encode()


def keys_that(body, meanwhile):
    """A set that knows one key; `meanwhile` is called with it while it is asked for another, the first time."""
    todo = []

    def ask(_):
        if todo:
            todo.pop()(keys)
        return body

    keys = KeySet("https://keys.example/all", ask)
    assert keys.get("known")
    todo.append(meanwhile)
    return keys


def test_a_known_key_waits_for_nobody_who_made_one_up(body):
    found = []
    with ThreadPoolExecutor() as others:

        def meanwhile(keys):
            found.append(others.submit(keys.get, "known").result(PATIENCE))

        assert keys_that(body, meanwhile).get("made up") is None
    assert all(found)
    assert found


def test_whoever_makes_up_keys_leaves_threads_to_deliveries(body):
    assert MOST_WAITING < THREADS
    waiting, refused = [], []
    with ThreadPoolExecutor(THREADS) as others:

        def meanwhile(keys):
            waiting.extend(others.submit(keys.get, "made up") for _ in range(THREADS))
            refused.extend(islice(as_completed(waiting, PATIENCE), THREADS - (MOST_WAITING - 1)))

        assert keys_that(body, meanwhile).get("made up") is None
    assert {type(one.exception()) for one in refused} == {Unreachable}
    assert [one.exception() for one in waiting].count(None) == MOST_WAITING - 1
