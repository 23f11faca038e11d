"""Settings of one installation, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from service.errors import Invalid

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Smtp:
    """A mail server: `security` smtp (none) | smtp+starttls | smtps; `ca` a file of certificates to trust instead."""

    host: str
    port: int
    security: str = "smtp"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str | None = None


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider: `name` is what the login page calls it, `ca` a file of certificates to trust instead.

    Without `client_secret` this is a public client, held by PKCE alone.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    name: str = ""
    ca: str | None = None


@dataclass(frozen=True)
class Settings:
    """What an installation decides; every name is a LECTERN_ variable in capitals.

    `field_keys` are base64 keys of 32 bytes, newest first: the first encrypts, all decrypt (rotation).
    `signing_key` is a base64 Ed25519 seed of 32 bytes; `checkpoints` the file outside the database. `base_url` is the
    address of the pages as people reach them, for links that leave the house; without `smtp` no mail is sent.
    `allowed_hosts` are names of this network that channels may reach although their addresses are private.
    `pg_bin` is the folder of pg_dump and pg_restore; without it they are looked for on PATH.
    `proxies` is how many reverse proxies stand in front: so many of the addresses that they add are believed.
    `oidc` is the provider of single sign-on; without it people log in by password alone. `practice` is set by `lectern
    practice` alone: every page and paper says so, and nothing leaves the house.
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
    base_url: str = ""
    smtp: Smtp | None = None
    mail_from: str = ""
    allowed_hosts: frozenset[str] = frozenset()
    pg_bin: Path | None = None
    proxies: int = 0
    oidc: Oidc | None = None
    practice: bool = False

    @property
    def offers_mail(self) -> bool:
        """Whether people may choose mail: there is a server, or it is shown what would have been sent."""
        return self.smtp is not None or self.practice


REQUIRED = ("SECRET_KEY", "FIELD_KEYS", "SIGNING_KEY")
SECRET = (*REQUIRED, "DATABASE_URL", "SMTP_URL", "OIDC_CLIENT_SECRET")
"""What may stand in a file instead, which `LECTERN_…_FILE` names: credentials of systemd, secrets of a container."""


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from LECTERN_* variables; Invalid("config.missing") names what is not set."""
    environment = {**environment, **_from_files(environment)}
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
        base_url=_base_url(environment),
        smtp=_smtp(environment),
        mail_from=environment.get("LECTERN_MAIL_FROM", "").strip(),
        pg_bin=Path(environment["LECTERN_PG_BIN"]) if environment.get("LECTERN_PG_BIN") else None,
        proxies=_proxies(environment),
        oidc=_oidc(environment),
        allowed_hosts=frozenset(_listed(environment.get("LECTERN_ALLOWED_HOSTS", "").casefold())),
    )


def smtp_of(text: str) -> Smtp:
    """A mail server from `smtp+starttls://user:password@host:587?ca=/file`; Invalid("config.smtp_url")."""
    try:
        parts = urlsplit(text)
        port = parts.port or SMTP_PORTS[parts.scheme]
        options = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except (ValueError, KeyError):
        raise Invalid("config.smtp_url") from None
    if not parts.hostname or parts.path.strip("/") or options.keys() - {"ca"}:
        raise Invalid("config.smtp_url")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(parts.hostname, port, parts.scheme, user, password, options.get("ca", [None])[0])


def _smtp(environment: Mapping[str, str]) -> Smtp | None:
    """The mail server; a sender and the address of the pages must then be told too: Invalid("config.missing")."""
    if not environment.get("LECTERN_SMTP_URL"):
        return None
    missing = [name for name in ("LECTERN_MAIL_FROM", "LECTERN_BASE_URL") if not environment.get(name)]
    if missing:
        raise Invalid("config.missing", names=", ".join(missing))
    return smtp_of(environment["LECTERN_SMTP_URL"])


def _from_files(environment: Mapping[str, str]) -> dict[str, str]:
    """What stands in files, without the line's end; Invalid("config.secret_file" | "config.secret_twice")."""
    found = {}
    for name in (f"LECTERN_{secret}" for secret in SECRET):
        path = environment.get(f"{name}_FILE")
        if not path:
            continue
        if environment.get(name):
            raise Invalid("config.secret_twice", name=name)
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Invalid("config.secret_file", name=f"{name}_FILE", path=path) from None
    return found


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    """The provider; Invalid("config.missing" | "config.oidc_issuer"): names must travel by TLS, but on one machine."""
    issuer = environment.get("LECTERN_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    needed = ("LECTERN_OIDC_CLIENT_ID", "LECTERN_BASE_URL")
    missing = [name for name in needed if not environment.get(name)]
    if missing:
        raise Invalid("config.missing", names=", ".join(missing))
    if not is_private(issuer):
        raise Invalid("config.oidc_issuer")
    return Oidc(
        issuer, environment["LECTERN_OIDC_CLIENT_ID"].strip(), environment.get("LECTERN_OIDC_CLIENT_SECRET", ""),
        environment.get("LECTERN_OIDC_NAME", "").strip(), environment.get("LECTERN_OIDC_CA") or None,
    )  # fmt: skip


def is_private(address: str) -> bool:
    """Whether what is sent to an address is read by nobody on the way: TLS, or a server on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _proxies(environment: Mapping[str, str]) -> int:
    """How many proxies are believed; Invalid("config.proxies") unless it is 0 to 9."""
    text = environment.get("LECTERN_PROXIES", "0").strip()
    if not (text.isdecimal() and len(text) == 1):
        raise Invalid("config.proxies")
    return int(text)


def _base_url(environment: Mapping[str, str]) -> str:
    text = environment.get("LECTERN_BASE_URL", "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise Invalid("config.base_url")
    return text


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
