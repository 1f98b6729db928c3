"""The query string hash, by the vendor's own vectors and by what they leave out."""

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.trackers.qsh import below, canonical, query_hash
from tests.needs import shared


def signed_urls():
    told = json.loads(shared("conformance", "connect-jwt-signed-urls.json").read_text(encoding="utf-8"))
    return told["secret"], told["tests"]


def split(url):
    path, _, query = url.partition("?")
    return path, query


@pytest.mark.shared
def test_every_signed_url_of_the_vendor_is_understood():
    secret, urls = signed_urls()
    assert len(urls) == 79
    for told in urls:
        path, query = split(told["signedUrl"].removeprefix("https://example.com"))
        base = "/base" if "baseUrl contains path" in told["name"] else ""
        assert canonical("GET", below(base, path), query) == told["canonicalUrl"], told["name"]
        token = dict(part.partition("=")[::2] for part in query.split("&"))["jwt"]
        options = {"verify_exp": False, "verify_aud": False}
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
        assert claims["qsh"] == query_hash("GET", below(base, path), query), told["name"]


@pytest.mark.shared
def test_every_vector_of_canonical_requests_holds():
    lines = shared("conformance", "connect-qsh-vectors.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 11
    for told in map(json.loads, lines):
        assert canonical(told["m"], *split(told["u"])) == told["canon"]
        assert query_hash(told["m"], *split(told["u"])) == told["qsh"]


@pytest.mark.parametrize(
    ("base", "path", "relative"),
    [
        ("", "/connect/panel", "/connect/panel"),
        ("/", "/connect/panel", "/connect/panel"),
        ("/clarity", "/clarity/connect/panel", "/connect/panel"),
        ("/clarity/", "/clarity", ""),
        ("/clarity", "/clarity-two/connect", "/clarity-two/connect"),
        ("/clarity", "/connect/panel", "/connect/panel"),
    ],
)
def test_a_path_is_told_from_below_the_base(base, path, relative):
    assert below(base, path) == relative


def test_an_encoded_and_a_plain_separator_in_a_path_do_not_mean_the_same():
    assert canonical("get", "/a&b=c", "x=y") == "GET&/a%26b=c&x=y"
    assert canonical("GET", "/a", "b=c&x=y") != canonical("GET", "/a&b=c", "x=y")


@given(st.text(alphabet="ab&=%+ü~ ", max_size=30), st.text(alphabet="ab&=%+25C3é~ ", max_size=60))
def test_whatever_is_asked_has_a_hash(path, query):
    assert len(query_hash("GET", path, query)) == 64
    assert query_hash("GET", path, query) == query_hash("GET", path, query + "&jwt=anything")
