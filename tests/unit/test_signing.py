"""Signatures as Standard Webhooks has them, and secrets in its form."""

import base64

import pytest

from quizsys.signing import read_secret, sign, write_secret

KEY = bytes(range(32))


def test_the_specifications_own_example() -> None:
    """The known answer that the specification's reference libraries are tested with."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330")


def test_two_secrets_sign_side_by_side() -> None:
    one, other = write_secret(KEY), write_secret(KEY[::-1])
    both = sign([one, other], "id", 1, b"{}")["webhook-signature"]
    assert both.split(" ") == [sign([secret], "id", 1, b"{}")["webhook-signature"] for secret in (one, other)]


def test_a_secret_comes_back() -> None:
    assert read_secret(write_secret(KEY)) == KEY


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_not base64 at all, but long enough for it",
        base64.b64encode(KEY).decode(),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\u00e9",
    ],
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        read_secret(secret)
