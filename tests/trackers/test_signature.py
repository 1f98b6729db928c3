import pytest

from service.trackers.signature import signed_by_any

SECRET, BODY = "It's a Secret to Everybody", b"Hello World!"
DIGEST = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def test_the_vendors_vector():
    assert signed_by_any(BODY, DIGEST, [SECRET])


@pytest.mark.parametrize(
    ("body", "digest", "secrets", "method"),
    [
        (BODY + b" ", DIGEST, [SECRET], "sha256"),
        (BODY, DIGEST[:-1] + "0", [SECRET], "sha256"),
        (BODY, DIGEST[:-1], [SECRET], "sha256"),
        (BODY, "", [SECRET], "sha256"),
        (BODY, "ä", [SECRET], "sha256"),
        (BODY, DIGEST, ["another"], "sha256"),
        (BODY, DIGEST, [], "sha256"),
        (BODY, DIGEST, [SECRET], "sha1"),
        (BODY, DIGEST, [SECRET], "shake_128"),
        (BODY, DIGEST, [SECRET], ""),
    ],
)
def test_anything_else_is_refused(body, digest, secrets, method):
    assert not signed_by_any(body, digest, secrets, method)


def test_an_empty_secret_verifies_nothing():
    import hashlib
    import hmac

    with_empty_key = hmac.new(b"", BODY, hashlib.sha256).hexdigest()
    assert not signed_by_any(BODY, with_empty_key, [""])


def test_two_secrets_are_valid_at_once():
    assert signed_by_any(BODY, DIGEST, ["the new one", SECRET])
    assert signed_by_any(BODY, DIGEST, [SECRET, "the new one"])


def test_a_stronger_method_is_accepted():
    import hashlib
    import hmac

    digest = hmac.new(SECRET.encode(), BODY, hashlib.sha512).hexdigest()
    assert signed_by_any(BODY, digest, [SECRET], "sha512")
