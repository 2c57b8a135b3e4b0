"""Settings: the only reader of the environment and of the .env file; a wrong value ends the start."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "PLAN_ASSISTANT_"


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
    log_format: Literal["json", "text"] = Field("text", description="json or text")

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

    @field_validator("llm_base_url", "llm_api_key", mode="before")
    @classmethod
    def _unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("llm_base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", value):
            raise ValueError("not an address such as http://localhost:11434/v1")
        return value.rstrip("/") if value else None

    @field_validator("llm_api_key")
    @classmethod
    def _key(cls, value: SecretStr | None) -> SecretStr | None:
        # The value is not told: it is secret, and an HTTP header takes nothing else.
        if value and not re.fullmatch(r"[!-~]+", value.get_secret_value()):
            raise ValueError("only letters, digits and signs of ASCII, without blanks")
        return value

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
