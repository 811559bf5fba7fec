"""Secrets stand in no line of the log and in no complaint about a setting."""

import re
from pathlib import Path

import pytest
from loguru import logger

from quizsys.blotting import Blotter
from quizsys.config import BadSetting, read_settings
from quizsys.ids import new_learner_key, new_link_token, new_token
from quizsys.logs import set_up_logging
from quizsys.signing import write_secret

KEY = "sk-proj-canary+of/a(key)=="
FORMLESS = "a secret of no known form"
LINK = new_link_token()
SECRETS = {"token": new_token(), "learner's key": new_learner_key(), "webhook's": write_secret(b"s" * 32)}
IN_PLACES = {
    "link": (f"GET /share/{LINK}/attempts/1 refused: not_found", LINK),
    "link alone": (f"/share/{LINK}", LINK),
    "query": ("GET /login?token=guess-of-mine failed", "guess-of-mine"),
    "second of a query": ("/x?a=1&access_token=guess-of-mine HTTP/1.1", "guess-of-mine"),
    "key of a query": ("/x?key=guess-of-mine&b=1", "guess-of-mine"),
    "password": ("cannot reach https://user:pass%40word@hooks.example/path", "pass%40word"),
    "api key": (f"Incorrect API key provided: {KEY}.", KEY),
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("frame", ["{}", "Bearer {}", "{{'a': '{}'}}", "b'{}\\r\\n'", "/projects/{} is", "x{}"])
def test_what_bears_a_mark_is_known_wherever_it_stands(secret: str, frame: str) -> None:
    blotted = Blotter().blot(frame.format(secret))
    assert secret[8:] not in blotted
    assert blotted == frame.format(re.match("[a-z]+_", secret)[0] + "...")  # type: ignore[index]


@pytest.mark.parametrize(("text", "secret"), IN_PLACES.values(), ids=IN_PLACES)
def test_what_has_no_mark_is_known_by_its_place(text: str, secret: str) -> None:
    blotted = Blotter(KEY).blot(text)
    assert secret not in blotted
    assert blotted.startswith(text[: text.index(secret.split(":")[0])][:20])


def test_plain_words_stay() -> None:
    for text in ("a key is needed", "the token of e@mail.org", "monkey=5", "/shared/folder", "a @ b", ""):
        assert Blotter(KEY, "", "short").blot(text) == text


def test_an_exception_and_its_variables_tell_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "app.log"
    env = {"LOG_FILE": str(file), "DEBUG": "true", "LOG_LEVEL": "TRACE", "OPENAI_API_KEY": KEY}
    set_up_logging(read_settings(env, dotenv=None))

    def fail(token: str, key: str) -> None:
        held = {"token": token, "key": key}
        raise ValueError(f"{token} and {KEY} in an exception" if held else "")

    try:
        fail(SECRETS["token"], FORMLESS)
    except ValueError:
        logger.exception("the model server said: {}", KEY)
    logger.remove()
    for told in (file.read_text(), capsys.readouterr().err):
        assert "Traceback (most recent call last):" in told
        assert "in fail" in told
        assert "qsys_... and ... in an exception" in told
        for secret in (*SECRETS.values(), KEY, FORMLESS):
            assert secret not in told


def test_a_setting_that_is_refused_does_not_tell_its_password() -> None:
    for name in ("DATABASE_URL", "OPENAI_BASE_URL"):
        with pytest.raises(BadSetting, match=name) as caught:
            read_settings({name: "postgresql://user:canary@host/db"}, dotenv=None)
        assert "canary" not in str(caught.value)
        assert "@host/db" in str(caught.value)
