"""Signatures, both ways: what the vendors' own libraries sign we accept, what we sign they accept, and what one
side refuses so does the other."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from service.settings import LinearSite, Secret
from service.trackers import connect, linear_webhook
from service.trackers.base import Refused as RefusedByUs
from service.trackers.qsh import query_hash
from tests.conformance.asking import Refused, ask, ask_all
from tests.fakes import linear_deliveries
from tests.needs import shared

SECRET = "a shared secret of thirty-two or more characters"
ISSUE = {"action": "update", "type": "Issue", "data": {"id": str(uuid.uuid4()), "title": "“Überweisung” 😀"}}
SITE = LinearSite("default", webhook_secrets=(Secret(linear_deliveries.SECRET),))
URLS = [
    "/connect/webhook?site=one",
    "/connect/panel?b=2&a=1&b=1",
    "/a%20path/with&signs?x=a+b&y=%C3%BC~!'()*",
    "/",
    "",
    "/trailing/?empty=&=x",
]


def linear_cases():
    good = linear_deliveries.signed(ISSUE)
    signature = good.headers["linear-signature"]
    yield "good", good, True
    yield "another secret", linear_deliveries.signed(ISSUE, secret="another"), False
    yield "another body", _with(good, body=good.body.replace(b"update", b"remove")), False
    yield "no signature", _with(good, signature=""), False
    yield "half a signature", _with(good, signature=signature[:32]), False
    yield "upper case", _with(good, signature=signature.upper()), False
    yield "with a prefix", _with(good, signature=f"sha256={signature}"), False


def _with(delivery, *, body=None, signature=None):
    headers = dict(delivery.headers)
    if signature is not None:
        headers["linear-signature"] = signature
    return type(delivery)(delivery.site, headers, body or delivery.body)


def ours_accepts(delivery):
    try:
        linear_webhook.receive(delivery, SITE, time.time())
    except RefusedByUs:
        return False
    return True


def test_we_and_linears_own_library_take_the_same_deliveries():
    cases = list(linear_cases())
    questions = [
        {
            "ask": "linear",
            "body": base64.b64encode(delivery.body).decode(),
            "signature": delivery.headers["linear-signature"],
            "timestamp": None,
            "secret": linear_deliveries.SECRET,
        }
        for _, delivery, _ in cases
    ]
    theirs = [answer is True for answer in ask_all(questions)]
    assert theirs == [good for *_, good in cases]
    assert [ours_accepts(delivery) for _, delivery, _ in cases] == theirs


def test_we_alone_take_what_linear_sends_again_hours_later():
    """Its helper takes a minute; its own next tries come after an hour and six hours, perhaps not stamped anew."""
    late = linear_deliveries.signed(ISSUE, now=time.time() - 7 * 3600)
    body = base64.b64encode(late.body).decode()
    signature = late.headers["linear-signature"]
    with pytest.raises(Refused, match="timestamp"):
        ask(ask="linear", body=body, signature=signature, timestamp=None, secret=linear_deliveries.SECRET)
    assert ours_accepts(late)


@pytest.mark.shared
def test_the_query_hash_is_that_of_atlassians_own_library():
    told = json.loads(shared("conformance", "connect-jwt-signed-urls.json").read_text(encoding="utf-8"))
    urls = [test["signedUrl"].removeprefix("https://example.com") for test in told["tests"]]
    cases = [(method, url) for method in ("GET", "POST", "DELETE") for url in [*URLS, *urls]]
    theirs = ask_all([{"ask": "qsh", "method": method, "url": url, "base": ""} for method, url in cases])
    differ = [
        (method, url)
        for (method, url), hashed in zip(cases, theirs, strict=True)
        if query_hash(method, *url.partition("?")[::2]) != hashed
    ]
    assert differ == []


def claims(**more):
    now = int(time.time())
    return {"iss": "client-key-of-one", "iat": now, "exp": now + 180, "qsh": query_hash("GET", "/x", "")} | more


def test_what_atlassians_own_library_signs_we_accept():
    token = ask(ask="sign", claims=claims(aud=["client-key-of-one"]), secret=SECRET)
    assert connect.client_key(token) == "client-key-of-one"
    connect.check_request(connect.proven(token, SECRET, "HS256"), connect.Asked("GET", "/x", ""))
    with pytest.raises(connect.Unproven):
        connect.proven(token, SECRET + "!", "HS256")
    with pytest.raises(connect.Unproven):
        connect.proven(token, SECRET, "RS256")


def test_what_we_sign_atlassians_own_library_accepts():
    token = connect.signed(Secret(SECRET), {"aud": ["client-key-of-one"], "qsh": "abc"}, time.time())
    read = ask(ask="read", token=token, secret=SECRET)
    assert (read["iss"], read["aud"], read["qsh"]) == ("ticket-clarity", ["client-key-of-one"], "abc")
    with pytest.raises(Refused):
        ask(ask="read", token=token, secret="another secret of thirty-two characters")
    with pytest.raises(Refused):
        ask(ask="read", token=token[:-4] + "AAAA", secret=SECRET)


@pytest.fixture(scope="module")
def pair():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def test_an_installation_that_atlassians_own_library_signs_we_accept(pair):
    private, public = pair
    kid = str(uuid.uuid4())
    given = claims(aud=["https://clarity.team.example"])
    token = ask(ask="signWithKey", claims=given, key=private, kid=kid)
    assert connect.header_of(token)["kid"] == kid
    proven = connect.proven(token, public, "RS256")
    connect.check_installation(proven, "https://clarity.team.example/", "client-key-of-one")
    with pytest.raises(connect.Unproven):
        connect.proven(token, public, "HS256")


def test_neither_side_is_fooled_by_a_public_key_as_a_secret(pair):
    """The known attack: a token signed with HS256, with the public key as its secret."""
    _, public = pair
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", "typ": "JWT", "kid": str(uuid.uuid4())}, claims())
    )
    mark = hmac.new(public.encode(), f"{header}.{body}".encode(), hashlib.sha256).digest()
    token = f"{header}.{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"
    with pytest.raises(connect.Unproven):
        connect.proven(token, public, "RS256")
    with pytest.raises(Refused):
        ask(ask="readWithKey", token=token, key=public)
