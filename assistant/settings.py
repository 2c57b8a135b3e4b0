"""Settings: the only reader of the environment and of the .env file; a wrong value ends the start."""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "PLAN_ASSISTANT_"
_RATE = r"[1-9]\d{0,6}/(?:[1-9]\d{0,3} ?)?(?:second|minute|hour|day)s?"
RATES = re.compile(rf"off|{_RATE}(?:;{_RATE})*")
# What stands in examples and in nobody's head as a secret.
SAMPLES = re.compile(
    r"(?:change|replace)[-_ ]?(?:me|this|it)|secret|password|passw0rd|sample|example|default|token|key|test"
    r"|todo|x{3,}|\*+|\.{3,}|0+|1234\d*|<.*>|\$\{.*\}|your[-_ ].*",
    re.IGNORECASE,
)
# A long secret of fewer different signs is one sign, or one word, over and over.
LEAST_SIGNS = 10


class SettingsError(Exception):
    """Report a setting with a wrong value; the message is one line that names the variable."""


class Settings(BaseSettings):
    """What a city can set; every name is prefixed with PLAN_ASSISTANT_ in the environment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("./var"), description="where the model, the index and added plans are kept")
    embedding_model: str = Field(
        "bundled", min_length=1, description="bundled, or a sentence-transformers name or path"
    )
    allowed_origins: str = Field("", description="origins, by commas, of pages that may call the service")
    today: datetime.date | None = Field(None, description="the date that 今年度 counts from")
    llm_base_url: str | None = Field(None, description="an OpenAI-compatible language model's address")
    llm_api_key: SecretStr | None = Field(None, description="the language model's key")
    database_url: SecretStr | None = Field(None, description="sqlite:/// or postgresql:// of the state")
    secret_key: SecretStr | None = Field(
        None, min_length=32, description="what ids of people are hashed with; one for all processes"
    )
    retention_days: int = Field(365, ge=1, le=3660, description="days that answers and feedback are kept")
    public_url: str | None = Field(None, description="where this service is reached from outside, for links")
    line_channel_secret: SecretStr | None = Field(None, description="the LINE channel's secret")
    line_channel_access_token: SecretStr | None = Field(None, description="its long-lived access token")
    line_api_url: str | None = Field(None, description="LINE's API, where it is not LINE's own")
    line_staff_menu: str | None = Field(
        None, pattern=r"^richmenu-[0-9A-Za-z-]+$", description="the rich menu of linked staff"
    )
    line_workers: int = Field(2, ge=1, le=32, description="threads a process that answer LINE's events")
    llm_model: str | None = Field(None, max_length=200, description="the model that words answers")
    llm_timeout: float = Field(20.0, gt=0, le=600, description="seconds for an answer by the model")
    llm_first_sentence: float = Field(8.0, gt=0, le=600, description="seconds for its first sentence")
    llm_max_tokens: int = Field(400, ge=16, le=8000, description="tokens of an answer by the model")
    llm_daily_tokens: int | None = Field(None, ge=0, description="tokens a day, after which it is not asked")
    log_format: Literal["json", "text"] = Field("text", description="json or text")
    trusted_proxies: str = Field("", description="addresses or networks, by commas, of our own proxies")
    rate_limit: str | None = Field(None, description="how often one network may ask, or off")
    conversation_rate_limit: str = Field("60/minute", description="how often a conversation may ask, or off")
    redis_url: SecretStr | None = Field(None, description="where all processes count rate limits together")
    chroma_url: str | None = Field(None, description="a Chroma server's address, for the vectors")
    workers: int = Field(1, ge=1, le=64, description="processes of serve")
    openapi: bool = Field(False, description="whether /openapi.json is served")
    otlp_url: str | None = Field(None, description="an OpenTelemetry collector's address, for traces")
    admin_token: SecretStr | None = Field(
        None, min_length=32, description="what opens the administrators' console at /admin"
    )
    admin_sso_header: str | None = Field(
        None,
        pattern=r"^[A-Za-z][A-Za-z0-9-]{1,63}$",
        description="the header in which a trusted proxy names who has signed in, for /admin",
    )

    @field_validator("data_dir", mode="before")
    @classmethod
    def _folder(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip():
            raise ValueError("a folder is needed")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        for origin in filter(None, (o.strip() for o in value.split(","))):
            if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?", origin):
                raise ValueError(f"'{origin}' is not an origin such as https://www.city.example.jp")
        return value

    @field_validator(
        "llm_base_url",
        "llm_api_key",
        "llm_model",
        "llm_daily_tokens",
        "database_url",
        "secret_key",
        "redis_url",
        "chroma_url",
        "otlp_url",
        "rate_limit",
        "public_url",
        "line_channel_secret",
        "line_channel_access_token",
        "line_api_url",
        "line_staff_menu",
        "admin_token",
        "admin_sso_header",
        mode="before",
    )
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("llm_base_url", "otlp_url", "public_url", "line_api_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
            raise ValueError("not an address such as http://localhost:11434/v1")
        return value.rstrip("/") if value else None

    @field_validator("chroma_url")
    @classmethod
    def _server(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+/?", value):
            raise ValueError("not an address such as http://localhost:8000")
        return value.rstrip("/") if value else None

    @field_validator("llm_api_key", "line_channel_secret", "line_channel_access_token", "admin_token")
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        # The value is not told: it is secret, and an HTTP header takes nothing else.
        if value and not re.fullmatch(r"[!-~]+", value.get_secret_value()):
            raise ValueError("only letters, digits and signs of ASCII, without blanks")
        return value

    @field_validator("*")
    @classmethod
    def _secret(cls, value: object) -> object:
        """Refuse a secret that is none; it is not told."""
        if isinstance(value, SecretStr):
            told = value.get_secret_value().strip()
            if not told:
                raise ValueError("is empty: set it, or leave it out")
            if SAMPLES.fullmatch(told):
                raise ValueError("is a sample: set a secret of your own")
        return value

    @field_validator("admin_token")
    @classmethod
    def _opening(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(set(value.get_secret_value())) < LEAST_SIGNS:
            raise ValueError("is a sample: set a secret of your own, such as openssl rand -hex 32 makes")
        return value

    @field_validator("admin_sso_header")
    @classmethod
    def _signed_in(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not info.data.get("trusted_proxies", "").strip(" ,"):
            raise ValueError(f"is believed from trusted proxies alone: set {PREFIX}TRUSTED_PROXIES too")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for proxy in filter(None, (p.strip() for p in value.split(","))):
            try:
                network = ipaddress.ip_network(proxy)
            except ValueError:
                raise ValueError(f"'{proxy}' is not an address or network such as 10.0.0.0/24") from None
            if network.prefixlen == 0:
                raise ValueError(f"'{proxy}' is everybody: name your own proxies")
        return value

    @field_validator("rate_limit", "conversation_rate_limit")
    @classmethod
    def _rate(cls, value: str | None) -> str | None:
        if value is not None and not RATES.fullmatch(value.strip()):
            raise ValueError("not a limit such as 300/minute, 300/minute;2000/hour, or off")
        return value.strip() if value else value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        # The value is not told: it may hold a password.
        if value and not re.fullmatch(r"rediss?://[^\s/]+(?:/\d+)?", value.get_secret_value()):
            raise ValueError("not an address such as redis://localhost:6379/0")
        return value

    @property
    def proxies(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return the networks of the trusted proxies."""
        named = (p.strip() for p in self.trusted_proxies.split(","))
        return tuple(ipaddress.ip_network(p) for p in named if p)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr | None) -> SecretStr | None:
        # The value is not told: it may hold a password.
        file, server = r"sqlite:///[^?#\s]+", r"postgres(ql)?://[^\s/]*/[^\s/]+"
        if value and not re.fullmatch(f"{file}|{server}", value.get_secret_value()):
            raise ValueError("not sqlite:///path/to/state.db nor postgresql://user:password@host:5432/name")
        return value

    @property
    def database(self) -> str:
        """Return the URL of the state's database: the one set, or a SQLite file in the data directory."""
        return (
            self.database_url.get_secret_value()
            if self.database_url
            else f"sqlite:///{self.data_dir}/state.db"
        )

    @property
    def origins(self) -> tuple[str, ...]:
        """Return the allowed origins."""
        return tuple(o.strip() for o in self.allowed_origins.split(",") if o.strip())


def load_settings() -> Settings:
    """Read the settings; raises SettingsError naming the first variable that is wrong, or the file."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(".env: save the file as UTF-8") from error


def unknown_settings() -> tuple[str, ...]:
    """Return the variables with our prefix that this version does not use."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return tuple(sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known))
