"""Signing in and out, and what belongs to an account."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from ..documents import Document, parse_document
from ..errors import (
    MfaRequiredError,
    UnauthenticatedError,
    VerificationRequiredError,
)
from ..options import CallOptions, HttpCall
from ..tokens import SessionInfo, Tokens
from ..values import dumps, input_json, json_value
from .context import AsyncContext

U = TypeVar("U", bound=Document)


class AsyncAuth(Generic[U]):
    """The session of this client.

    It is refreshed by itself, once for all threads and tasks.
    """

    def __init__(self, context: AsyncContext, user: type[U]) -> None:
        self._context = context
        self._kind = user

    @property
    def tokens(self) -> Tokens | None:
        """What `resume` continues the session with; None if nobody is signed in.

        They are secrets.
        """
        return self._context.transport.session.tokens

    async def resume(self, tokens: Tokens) -> None:
        """Continues a session that another client has opened."""
        await self._become(tokens)

    async def me(self) -> U:
        """The user who is signed in."""
        return self._user(await self._get("/api/auth/me"))

    async def login(self, email: str, password: str) -> U:
        """Signs in.

        Raises UnauthenticatedError, or MfaRequiredError where a second factor is
        needed.
        """
        return await self._sign_in(
            "/api/auth/login", {"email": email, "password": password}
        )

    async def logout(self, *, everywhere: bool = False) -> None:
        """Ends this session, or all of the user's."""
        tokens = self.tokens
        if tokens is None:
            return
        data = {"refresh_token": tokens.refresh_token}
        # A session that has ended already is what was asked for.
        with suppress(UnauthenticatedError):
            if everywhere:
                await self._call("DELETE", "/api/auth/sessions")
            else:
                await self._call("POST", "/api/auth/logout", data)
        await self._become(None)

    async def reauthenticate(
        self, *, password: str | None = None, code: str | None = None
    ) -> None:
        """Proves once more who is there: what changes credentials asks for it."""
        await self._call(
            "POST", "/api/auth/reauthenticate", _given(password=password, code=code)
        )

    async def request_magic_link(self, email: str) -> None:
        """Mails a link to sign in with."""
        await self._call(
            "POST", "/api/auth/magic-link", {"email": email}, authenticated=False
        )

    async def login_with_magic_link(self, token: str) -> U:
        """Signs in with the token of the link."""
        return await self._sign_in("/api/auth/magic-link", {"token": token})

    async def request_code(self, email: str) -> None:
        """Mails a code to sign in with."""
        await self._call(
            "POST", "/api/auth/otp/request", {"email": email}, authenticated=False
        )

    async def login_with_code(self, email: str, code: str) -> U:
        """Signs in with the code that was mailed."""
        return await self._sign_in(
            "/api/auth/otp/verify", {"email": email, "code": code}
        )

    async def verify_mfa(
        self,
        mfa_token: str,
        *,
        code: str | None = None,
        recovery_code: str | None = None,
    ) -> U:
        """Completes a sign-in after MfaRequiredError."""
        data = {
            "mfa_token": mfa_token,
            **_given(code=code, recovery_code=recovery_code),
        }
        return await self._sign_in("/api/auth/mfa/totp/verify", data)

    async def forgot_password(self, email: str) -> None:
        """Mails a link to choose another password."""
        await self._call(
            "POST", "/api/auth/password/forgot", {"email": email}, authenticated=False
        )

    async def reset_password(self, token: str, password: str) -> None:
        """Chooses another password with the token of the link."""
        await self._call(
            "POST",
            "/api/auth/password/reset",
            {"token": token, "password": password},
            authenticated=False,
        )

    async def change_password(self, current_password: str, new_password: str) -> None:
        """Replaces the password of the user who is signed in."""
        data = {"current_password": current_password, "new_password": new_password}
        await self._call("POST", "/api/auth/password/change", data)

    async def verify_email(self, token: str, *, password: str | None = None) -> None:
        """Proves the address with the token of the link that was mailed."""
        await self._call(
            "POST",
            "/api/auth/email/verify",
            {"token": token, **_given(password=password)},
        )

    async def change_email(self, email: str, *, password: str | None = None) -> None:
        """Mails a link to a new address."""
        await self._call(
            "POST",
            "/api/auth/email/change",
            {"email": email, **_given(password=password)},
        )

    async def confirm_email(self, token: str, *, password: str | None = None) -> None:
        """Takes the new address, with the token of the link."""
        await self._call(
            "POST",
            "/api/auth/email/confirm",
            {"token": token, **_given(password=password)},
        )

    async def sessions(self) -> builtins.list[SessionInfo]:
        """Where the user is signed in."""
        sessions = (await self._get("/api/auth/sessions"))["sessions"]
        return [
            SessionInfo(
                **{name: one.get(name) for name in SessionInfo.__dataclass_fields__}
            )
            for one in sessions
        ]

    async def end_session(self, id: str) -> None:
        """Ends one of the user's sessions."""
        await self._call("DELETE", f"/api/auth/sessions/{id}")

    async def _get(self, path: str) -> Any:
        return (await self._context.send(HttpCall("GET", path))).body

    async def _call(
        self,
        method: str,
        path: str,
        data: Mapping[str, object] | None = None,
        *,
        authenticated: bool = True,
    ) -> Any:
        body = None if data is None else dumps(json_value(data))
        return (
            await self._context.send(
                HttpCall(method, path, body=body, authenticated=authenticated)
            )
        ).body

    async def _register(
        self, email: str, password: str, fields: Mapping[str, object]
    ) -> U:
        data = self._input({**fields, "email": email, "password": password})
        return await self._sign_in("/api/auth/register", data)

    async def _anonymous(self, fields: Mapping[str, object]) -> U:
        return await self._sign_in("/api/auth/anonymous", self._input(fields))

    async def _update(self, fields: Mapping[str, object]) -> U:
        return self._user(
            await self._call("PATCH", "/api/auth/me", self._input(fields))
        )

    def _input(self, fields: Mapping[str, object]) -> Mapping[str, object]:
        return input_json(self._context.schema["users"], fields, {})

    async def _sign_in(self, path: str, data: Mapping[str, object]) -> U:
        # An anonymous user who registers keeps what is theirs.
        promotes = path == "/api/auth/register" and self.tokens is not None
        body = await self._call("POST", path, data, authenticated=promotes)
        if body.get("mfa_required"):
            raise MfaRequiredError(body["mfa_token"], body["methods"])
        if body.get("verification_required"):
            raise VerificationRequiredError
        await self._become(Tokens(body["access_token"], body["refresh_token"]))
        return self._user(body["user"])

    async def _become(self, tokens: Tokens | None) -> None:
        """Somebody else, or nobody: live queries go on as them."""
        self._context.transport.session.tokens = tokens
        for live in list(self._context.live):
            await live.reconnect()

    def _user(self, data: Mapping[str, Any]) -> U:
        return cast(
            U, parse_document(self._context.schema["users"], data, self._context.schema)
        )


async def refresh(context: AsyncContext, refresh_token: str) -> Tokens | None:
    """New tokens; None: the session has ended."""
    body = dumps({"refresh_token": refresh_token})
    call = HttpCall(
        "POST", "/api/auth/refresh", body=body, is_refresh=True, authenticated=False
    )
    try:
        sent = (await context.transport.send(call, CallOptions(timeout=30.0))).body
    except UnauthenticatedError:
        return None
    return Tokens(sent["access_token"], sent["refresh_token"])


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
