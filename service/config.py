"""Settings of one installation, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from service.errors import Invalid


@dataclass(frozen=True)
class Settings:
    """What an installation decides; every name is a LECTERN_ variable in capitals.

    `field_keys` are base64 keys of 32 bytes, newest first: the first encrypts, all decrypt (rotation).
    `signing_key` is a base64 Ed25519 seed of 32 bytes; `checkpoints` the file outside the database.
    """

    database_url: str
    data_dir: Path
    secret_key: str
    field_keys: tuple[str, ...]
    signing_key: str
    checkpoints: Path
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    demo: bool = False
    demo_password: str | None = None
    secure_cookies: bool = True


REQUIRED = ("SECRET_KEY", "FIELD_KEYS", "SIGNING_KEY")


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from LECTERN_* variables; Invalid("config.missing") names what is not set."""
    missing = [f"LECTERN_{name}" for name in REQUIRED if not environment.get(f"LECTERN_{name}")]
    if missing:
        raise Invalid("config.missing", names=", ".join(missing))
    data = Path(environment.get("LECTERN_DATA_DIR", "var"))
    return Settings(
        database_url=environment.get("LECTERN_DATABASE_URL", f"sqlite:///{(data / 'lectern.db').resolve()}"),
        data_dir=data,
        secret_key=environment["LECTERN_SECRET_KEY"],
        field_keys=tuple(key.strip() for key in environment["LECTERN_FIELD_KEYS"].split(",")),
        signing_key=environment["LECTERN_SIGNING_KEY"],
        checkpoints=Path(environment.get("LECTERN_CHECKPOINTS", str(data / "checkpoints.jsonl"))),
        zone=ZoneInfo(environment.get("LECTERN_ZONE", "Asia/Shanghai")),
        secure_cookies=environment.get("LECTERN_SECURE_COOKIES", "1") != "0",
    )
