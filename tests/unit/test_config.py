"""Settings: what is read, what is refused, and that each is documented."""

import dataclasses
import typing
from pathlib import Path

import pytest

from quizsys import config
from quizsys.config import SETTINGS, BadSetting, read_settings

ROOT = Path(__file__).parent.parent.parent
SEED = {
    "APP_NAME": "Quiz System Backend",
    "HOST": "0.0.0.0",
    "PORT": 8000,
    "UPLOAD_MAX_SIZE": 104857600,
    "FFMPEG_THREADS": 2,
    "VIDEO_OUTPUT_FORMAT": "mp4",
    "APP_VERSION": "0.1.0",
    "DEBUG": False,
    "CORS_ORIGINS": ("http://localhost:3000", "http://localhost:5173", "http://localhost:8080"),
    "WORKER_CONCURRENCY": 4,
    "MAX_QUEUE_SIZE": 100,
    "JOB_MAX_ATTEMPTS": 3,
    "JOB_RETRY_DELAY_SECONDS": 5.0,
    "LOG_LEVEL": "INFO",
    "LOG_FILE": "./logs/app.log",
    "STORAGE_ROOT": Path("./storage"),
    "DATABASE_URL": Path("./storage/app.db"),
}


@pytest.mark.parametrize("name", SEED)
def test_the_seeds_defaults_hold(name: str) -> None:
    assert getattr(read_settings({}, dotenv=None), name.lower()) == SEED[name]


def test_the_environment_wins_over_the_dotenv_file(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("PORT=1111\nAPP_NAME=From file\n")
    read = read_settings({"PORT": "2222"}, dotenv)
    assert (read.port, read.app_name) == (2222, "From file")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "http", "whole number from 0 to 65535"),
        ("PORT", "70000", "whole number from 0 to 65535"),
        ("MAX_QUEUE_SIZE", "0", "whole number from 1"),
        ("JOB_RETRY_DELAY_SECONDS", "nan", "a number from 0"),
        ("DEBUG", "maybe", "true or false"),
        ("LOG_LEVEL", "loud", "one of TRACE"),
        ("DATABASE_URL", "mysql://somewhere", "sqlite:///"),
        ("AUTH_REQUIRED", "perhaps", "true or false"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "addresses or networks"),
        ("TRUSTED_PROXIES", "nginx", "addresses or networks"),
        ("DATABASE_DURABILITY", "none", "one of full, normal"),
    ],
)
def test_a_bad_value_names_itself_and_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({name: value}, dotenv=None)
    assert name in str(caught.value)
    assert value in str(caught.value)
    assert allowed in str(caught.value)


def test_the_typed_settings_are_those_of_the_table() -> None:
    source = Path(config.__file__).read_text()
    typed = source.split("class Settings:")[1].split("else:")[0]
    names = [line.split(":")[0].strip() for line in typed.splitlines() if ": " in line and '"""' not in line]
    assert names == [setting.field for setting in SETTINGS]
    assert [field.name for field in dataclasses.fields(typing.cast(typing.Any, config.Settings))] == names


def test_each_setting_is_documented_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text()
    example = (ROOT / ".env.example").read_text()
    for setting in SETTINGS:
        assert f"`{setting.name}`" in readme
        assert f"# {setting.name}={setting.default}\n" in example
