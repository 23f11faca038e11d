"""A provider of OpenID Connect on this machine, made of Authlib's server: it can be told to lie."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from service.clock import SetClock

CLIENT, SECRET = "lectern", "a secret of the provider"
KEYS = tuple(RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))
Twist = Callable[[dict[str, Any], dict[str, Any]], str | None]
"""(header, claims) → changes them in place, or returns another ID token instead."""


@dataclass
class Client(ClientMixin):
    """The one client: this installation."""

    back: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """What a code stands for."""

    subject: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class House:
    """The provider: who is logged in there, its key, and what it was told to do wrong."""

    clock: SetClock
    back: str
    subject: str = "4711"
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: KEYS[0])
    codes: dict[str, Code] = field(default_factory=dict)
    twist: Twist | None = None
    keeps_codes: bool = False
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def rotate(self) -> None:
        """From now on it signs with another key, and knows the old one no more."""
        self.key = KEYS[1]


def codes_of(house: House) -> type[AuthorizationCodeGrant]:
    class Codes(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            sent = request.payload.data
            house.codes[code] = Code(
                house.subject, sent["redirect_uri"], sent["scope"], sent.get("nonce", ""),
                sent.get("code_challenge", ""), sent.get("code_challenge_method", ""),
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return house.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            if not house.keeps_codes:
                house.codes = {code: one for code, one in house.codes.items() if one is not authorization_code}

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.subject

    return Codes


def tokens_of(house: House) -> OpenIDCode:
    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def generate_user_info(self, user: str, scope: str) -> UserInfo:
            return UserInfo(sub=user, name="王老师", email="bureau.hr@county.example", email_verified=True)

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            now = int(house.clock.now().timestamp())
            claims = {"iss": house.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
            claims |= self.get_authorization_code_claims(request.authorization_code)
            claims |= self.generate_user_info(request.user, token["scope"])
            header = {"alg": "RS256", "kid": house.key.kid}
            other = house.twist(header, claims) if house.twist else None
            return other or jwt.encode(header, claims, house.key, algorithms=["RS256"])

    return Tokens(require_nonce=True)


def application(house: House) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(app, lambda _id: Client(house.back), lambda _token, _request: None)
    server.register_grant(codes_of(house), [CodeChallenge(required=True), tokens_of(house)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        house.asked.append("metadata")
        told = {
            "issuer": house.issuer,
            "authorization_endpoint": f"{house.issuer}/authorize",
            "token_endpoint": f"{house.issuer}/token",
            "jwks_uri": f"{house.issuer}/keys",
            "end_session_endpoint": f"{house.issuer}/bye",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return jsonify(told | house.says)

    @app.get("/keys")
    def keys() -> Response:
        house.asked.append("keys")
        return jsonify(KeySet([house.key]).as_dict(private=False))

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=house.subject)
        return server.create_authorization_response(grant_user=house.subject, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/bye")
    def bye() -> Any:
        return redirect(request.args["post_logout_redirect_uri"])

    return app


@contextmanager
def provider(clock: SetClock, back: str) -> Iterator[House]:
    """A provider that runs on 127.0.0.1."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    house = House(clock, back)
    server = make_server("127.0.0.1", 0, application(house), threaded=True)
    house.issuer = f"http://127.0.0.1:{server.port}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
