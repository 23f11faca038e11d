"""The provider of sign-on: where a browser is sent, what it brings back is worth, and how a session ends there.

OpenID Connect Core 1.0 with the authorization code flow, PKCE (RFC 7636) and the issuer in the reply (RFC 9207).
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any, cast
from urllib.parse import urlencode

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests import RequestException

from service.config import Oidc, is_private
from service.errors import Conflict, Forbidden
from service.signon.errand import Errand, Identity

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of the provider alone: whatever it declares, neither `none` nor one by a shared secret."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
FRESH_SECONDS = 3600.0
SILENT_SECONDS = 5.0
"""So long a provider that did not answer is not asked again: people who wait would fill the server."""
TIMEOUT_SECONDS = (3.0, 10.0)
LEEWAY_SECONDS = 60
LONGEST_SUBJECT = 255
WELL_KNOWN = "/.well-known/openid-configuration"

_log = logging.getLogger("lectern.signon")


class Provider:
    """The configured provider; what it says of itself is kept for an hour, its keys until one is missing."""

    def __init__(self, chosen: Oidc) -> None:
        self._chosen = chosen
        self._lock = Lock()
        self._read_at = self._failed_at = -FRESH_SECONDS
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None

    @property
    def name(self) -> str:
        """What the pages call it; "" where nothing was set."""
        return self._chosen.name

    @property
    def issuer(self) -> str:
        """Whose subjects accounts are linked with."""
        return self._chosen.issuer

    @property
    def _trusted(self) -> str | bool:
        """Said with each request: a variable of the environment would else come before it."""
        return self._chosen.ca or True

    def look(self) -> None:
        """Ask what the provider says of itself; Conflict("signon.unreachable")."""
        self._known()

    def departure(self, errand: Errand, back: str) -> str:
        """The address to which the browser is sent; it comes to `back`. Conflict("signon.unreachable")."""
        metadata = self._known()
        with self._session(metadata, back) as session:
            address, _ = session.create_authorization_url(
                metadata["authorization_endpoint"], state=errand.state, nonce=errand.nonce,
                code_verifier=errand.verifier,
            )  # fmt: skip
        return str(address)

    def arrival(self, errand: Errand, back: str, code: str, issuer: str | None, now: datetime) -> Identity:
        """Whom a code stands for. Conflict("signon.unreachable"), Forbidden("signon.unproven") with what was wrong."""
        metadata = self._known()
        if issuer not in (None, self._chosen.issuer):
            raise _unproven("another issuer answered")
        token = self._redeemed(metadata, errand, back, code)
        claims = self._claims(metadata, token, errand, now)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise _unproven("no subject")
        name = claims.get("name") or claims.get("preferred_username") or ""
        return Identity(self._chosen.issuer, subject, errand.nonce, str(name)[:80])

    def farewell(self, back: str) -> str | None:
        """The address at which the provider ends its own session and returns to `back`; None where it has none."""
        endpoint = self._known().get("end_session_endpoint")
        if not isinstance(endpoint, str) or not is_private(endpoint):
            return None
        mark = "&" if "?" in endpoint else "?"
        sent = urlencode({"client_id": self._chosen.client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{mark}{sent}"

    def _session(self, metadata: Mapping[str, Any], back: str) -> OAuth2Session:
        return OAuth2Session(
            self._chosen.client_id, self._chosen.client_secret or None, scope="openid profile", redirect_uri=back,
            token_endpoint_auth_method=self._shown_by(metadata), code_challenge_method="S256",
        )  # fmt: skip

    def _shown_by(self, metadata: Mapping[str, Any]) -> str:
        """How this client shows its secret: as the provider takes it, by the header where it says nothing."""
        if not self._chosen.client_secret:
            return "none"
        taken = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in taken else "client_secret_post"

    def _redeemed(self, metadata: Mapping[str, Any], errand: Errand, back: str, code: str) -> Mapping[str, Any]:
        try:
            with self._session(metadata, back) as session:
                found = session.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code,
                    code_verifier=errand.verifier, allow_redirects=False, timeout=TIMEOUT_SECONDS, verify=self._trusted,
                )  # fmt: skip
        except OAuthError as refused:
            raise _unproven(f"the code was refused: {refused.error}") from refused
        except (RequestException, ValueError) as silent:
            raise _unreachable(silent) from silent
        return cast("Mapping[str, Any]", found)

    def _claims(
        self, metadata: Mapping[str, Any], token: Mapping[str, Any], errand: Errand, now: datetime
    ) -> Mapping[str, Any]:
        """The claims of the ID token, each checked (OpenID Connect Core §3.1.3.7)."""
        text = token.get("id_token")
        if not isinstance(text, str):
            raise _unproven("no ID token")
        try:
            signed = self._decoded(metadata, text)
            wanted: dict[str, Any] = {
                "iss": {"essential": True, "value": self._chosen.issuer},
                "aud": {"essential": True, "value": self._chosen.client_id},
                "nonce": {"essential": True, "value": errand.nonce},
            }
            proof = {"nonce": errand.nonce, "client_id": self._chosen.client_id}
            claims = CodeIDToken(
                signed.claims, signed.header, wanted, proof | {"access_token": token.get("access_token")}
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as wrong:
            raise _unproven(f"{type(wrong).__name__}: {wrong}"[:200]) from wrong
        return cast("Mapping[str, Any]", claims)

    def _decoded(self, metadata: Mapping[str, Any], text: str) -> jwt.Token:
        """Verified by a key of the provider; one that is not known yet is asked for once: keys change."""
        try:
            return jwt.decode(text, self._key_set(metadata), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            return jwt.decode(text, self._key_set(metadata, anew=True), algorithms=ALGORITHMS)

    def _key_set(self, metadata: Mapping[str, Any], *, anew: bool = False) -> KeySet:
        with self._lock:
            if self._keys is None or anew:
                self._keys = KeySet.import_key_set(self._read(str(metadata["jwks_uri"])))  # type: ignore[arg-type]
            return self._keys

    def _known(self) -> Mapping[str, Any]:
        """What the provider says of itself; refused where it calls itself otherwise or names an open address."""
        with self._lock:
            moment = time.monotonic()
            if moment - self._read_at < FRESH_SECONDS:
                return self._metadata
            if moment - self._failed_at < SILENT_SECONDS:
                raise Conflict("signon.unreachable")
            self._failed_at = moment
            found = self._read(self._chosen.issuer.rstrip("/") + WELL_KNOWN)
            if found.get("issuer") != self._chosen.issuer:
                raise _unreachable("it calls itself otherwise than LECTERN_OIDC_ISSUER")
            if not all(is_private(str(found.get(name, ""))) for name in ENDPOINTS):
                raise _unreachable("an endpoint is missing or has no TLS")
            self._metadata, self._keys, self._read_at = found, None, moment
            self._failed_at = -FRESH_SECONDS
            return found

    def _read(self, address: str) -> dict[str, Any]:
        try:
            with self._session({}, "") as session:
                reply = session.request(
                    "GET",
                    address,
                    withhold_token=True,
                    allow_redirects=False,
                    timeout=TIMEOUT_SECONDS,
                    verify=self._trusted,
                )
            reply.raise_for_status()
            found = reply.json()
        except (RequestException, ValueError) as silent:
            raise _unreachable(silent) from silent
        if not isinstance(found, dict):
            raise _unreachable("no JSON object")
        return found


def _unproven(why: str) -> Forbidden:
    _log.warning("sign-on refused: %s", why)
    return Forbidden("signon.unproven", why=why)


def _unreachable(why: object) -> Conflict:
    _log.warning("sign-on impossible: %s", why)
    return Conflict("signon.unreachable")
