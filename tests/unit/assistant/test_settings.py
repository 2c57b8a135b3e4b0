"""Settings: every one is read from the environment, and a wrong value names its variable in one line."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import PREFIX, Settings, SettingsError, load_settings, unknown_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert (settings.data_dir, settings.embedding_model, settings.log_format) == (
        Path("var"),
        "bundled",
        "text",
    )
    assert settings.today is None and settings.origins == ()


def test_every_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DATA_DIR": str(tmp_path / "data"),
        "EMBEDDING_MODEL": "hashing",
        "ALLOWED_ORIGINS": "https://a.example.jp, http://localhost:3000,",
        "TODAY": "2027-03-31",
        "LOG_FORMAT": "json",
    }.items():
        monkeypatch.setenv(PREFIX + name, value)
    settings = load_settings()
    assert settings.data_dir == tmp_path / "data"
    assert settings.embedding_model == "hashing"
    assert settings.origins == ("https://a.example.jp", "http://localhost:3000")
    assert settings.today == datetime.date(2027, 3, 31)
    assert settings.log_format == "json"


WRONG = [
    ("TODAY", "tomorrow"),
    ("TODAY", "2026-13-01"),
    ("TODAY", "令和8年4月1日"),
    ("LOG_FORMAT", "xml"),
    ("LOG_FORMAT", "JSON"),
    ("LOG_FORMAT", ""),
    ("EMBEDDING_MODEL", ""),
    ("ALLOWED_ORIGINS", "*"),
    ("ALLOWED_ORIGINS", "city.example.jp"),
    ("ALLOWED_ORIGINS", "https://a.example.jp/path"),
    ("ALLOWED_ORIGINS", "https://a.example.jp https://b.example.jp"),
    ("ALLOWED_ORIGINS", "null"),
    ("LLM_BASE_URL", "localhost:11434"),
    ("LLM_BASE_URL", "ftp://model/v1"),
    ("LLM_BASE_URL", "http://"),
    ("LLM_BASE_URL", "http://name:password@model/v1"),
    ("LLM_API_KEY", "two words"),
    ("LLM_API_KEY", "鍵"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_names_its_variable_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"{PREFIX}{name}: ")
    assert "\n" not in str(caught.value)


def test_a_language_model_has_an_address_and_a_key_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (load_settings().llm_base_url, load_settings().llm_api_key) == (None, None)
    monkeypatch.setenv(PREFIX + "LLM_BASE_URL", "http://localhost:11434/v1/")
    monkeypatch.setenv(PREFIX + "LLM_API_KEY", "sk-very-secret")
    settings = load_settings()
    assert settings.llm_base_url == "http://localhost:11434/v1"
    assert settings.llm_api_key and settings.llm_api_key.get_secret_value() == "sk-very-secret"
    assert "sk-very" not in repr(settings) + settings.model_dump_json()
    monkeypatch.setenv(PREFIX + "LLM_API_KEY", "sk very secret")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["LLM_BASE_URL", "LLM_API_KEY"])
def test_an_empty_language_model_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(PREFIX + name, " ")
    settings = load_settings()
    assert (settings.llm_base_url, settings.llm_api_key) == (None, None)


def test_the_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"{PREFIX}LOG_FORMAT=json\n{PREFIX}TODAY=2026-04-01\nOTHER=1\n", "utf-8")
    assert load_settings().log_format == "json"
    monkeypatch.setenv(PREFIX + "LOG_FORMAT", "text")
    settings = load_settings()
    assert (settings.log_format, settings.today) == ("text", datetime.date(2026, 4, 1))


def test_a_wrong_value_in_the_env_file_names_its_variable() -> None:
    Path(".env").write_text(f"{PREFIX}LOG_FORMAT=xml\n", "utf-8")
    with pytest.raises(SettingsError, match=f"^{PREFIX}LOG_FORMAT: "):
        load_settings()


def test_an_env_file_that_is_not_utf8_is_told() -> None:
    Path(".env").write_bytes("# 設定\n".encode("cp932"))
    with pytest.raises(SettingsError, match=r"^\.env: .*UTF-8"):
        load_settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().log_format = "json"  # type: ignore[misc]


def test_a_variable_that_is_not_used_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "LOG_FORMT", "json")
    monkeypatch.setenv(PREFIX + "LOG_FORMAT", "json")
    assert unknown_settings() == (PREFIX + "LOG_FORMT",)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


SAMPLES = ("changeme", "CHANGE-ME", "secret", "password", "xxxx", "<token>", "your-key", "${KEY}", "****")


@pytest.mark.parametrize("value", SAMPLES)
def test_a_sample_is_no_secret(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(PREFIX + "LLM_API_KEY", value)
    with pytest.raises(SettingsError, match=f"^{PREFIX}LLM_API_KEY: .*sample"):
        load_settings()


LONG = "9fK2-hQ7x-Zr4m-Wb8s-Yt6n-Lc3v-Pd5j"


@pytest.mark.parametrize(
    "value", ["x" * 40, "secret" * 8, LONG[:31], "change-me-" * 4, "鍵" + LONG, LONG[:20] + " " * 20]
)
def test_what_opens_the_console_is_long_and_no_sample(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(PREFIX + "ADMIN_TOKEN", LONG)
    token = load_settings().admin_token
    assert token and token.get_secret_value() == LONG
    monkeypatch.setenv(PREFIX + "ADMIN_TOKEN", "")
    assert load_settings().admin_token is None
    monkeypatch.setenv(PREFIX + "ADMIN_TOKEN", value)
    with pytest.raises(SettingsError, match=f"^{PREFIX}ADMIN_TOKEN: ") as caught:
        load_settings()
    assert value not in str(caught.value)


def test_a_header_of_a_sign_in_needs_a_proxy_to_be_believed_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "ADMIN_SSO_HEADER", "X-Remote-User")
    with pytest.raises(SettingsError, match=f"^{PREFIX}ADMIN_SSO_HEADER: .*{PREFIX}TRUSTED_PROXIES"):
        load_settings()
    monkeypatch.setenv(PREFIX + "TRUSTED_PROXIES", "10.0.0.1")
    assert load_settings().admin_sso_header == "X-Remote-User"
    monkeypatch.setenv(PREFIX + "ADMIN_SSO_HEADER", "X Remote: User")
    with pytest.raises(SettingsError, match=f"^{PREFIX}ADMIN_SSO_HEADER: "):
        load_settings()


def test_no_secret_is_told_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "REDIS_URL", "redis://:hunter2-hunter2@localhost:6379/0")
    settings = load_settings()
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.setenv(PREFIX + "REDIS_URL", "http://:hunter2-hunter2@localhost")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "*"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "::/0"),
        ("TRUSTED_PROXIES", "proxy.example.jp"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("RATE_LIMIT", "many"),
        ("RATE_LIMIT", "0/minute"),
        ("RATE_LIMIT", "10/fortnight"),
        ("RATE_LIMIT", "10/minute;"),
        ("CONVERSATION_RATE_LIMIT", ""),
        ("REDIS_URL", "localhost:6379"),
        ("OTLP_URL", "collector"),
        ("WORKERS", "0"),
        ("OPENAPI", "perhaps"),
    ],
)
def test_a_wrong_guard_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"^{PREFIX}{name}: "):
        load_settings()


def test_limits_and_proxies_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX + "TRUSTED_PROXIES", "10.0.0.1, 2001:db8::/32,")
    monkeypatch.setenv(PREFIX + "RATE_LIMIT", "30/minute;500/2 hours")
    settings = load_settings()
    assert [str(n) for n in settings.proxies] == ["10.0.0.1/32", "2001:db8::/32"]
    assert settings.rate_limit == "30/minute;500/2 hours"
    monkeypatch.setenv(PREFIX + "RATE_LIMIT", "")
    assert load_settings().rate_limit is None
