"""Requests and responses: headers, retries, errors."""

from __future__ import annotations

import json
import secrets
import time
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from ..callers import caller_level
from ..connections import Connection, sleep
from ..documents import Schema, schema_hash
from ..errors import (
    InvalidRequestError,
    KoyaliteError,
    NetworkError,
    RequestTimeoutError,
    error_of_response,
    unexpected_response,
)
from ..options import CallOptions, HttpCall
from ..retries import TOTAL, wait_before_retry
from ..seq import later
from .session import Session

#: Seconds: a stream sends something every 25.
STREAM_TIMEOUT = 60.0


class Transport:
    """The way to one server."""

    def __init__(
        self,
        url: str,
        schema: Schema,
        connection: Connection,
        session: Session,
    ) -> None:
        self._url = _server_url(url)
        self._base = url.rstrip("/")
        self._hash = schema_hash(schema)
        self._connection = connection
        self.session = session
        #: The latest state of the server that a response was of.
        self.last_seq: str | None = None
        self._warned: set[str] = set()

    def warn_once(self, message: str) -> None:
        """While somebody develops: the server runs on this machine."""
        if (
            self._url.host in ("localhost", "127.0.0.1", "::1")
            and message not in self._warned
        ):
            self._warned.add(message)
            warnings.warn(message, stacklevel=caller_level())

    def send(self, call: HttpCall, options: CallOptions) -> Response:
        """The response to a call, with as many tries as are safe. Raises a
        KoyaliteError.
        """
        headers = self._headers(call, options)
        safe = call.method == "GET" or call.is_refresh or "idempotency-key" in headers
        begin = time.monotonic()
        tries = 0
        while True:
            try:
                return self._attempt(call, headers, options)
            except KoyaliteError as error:
                retry = (
                    safe
                    and tries < options.retries
                    and (not call.is_refresh or error.code == "NETWORK")
                )
                wait = wait_before_retry(error, tries) if retry else None
                if wait is None or time.monotonic() - begin + wait > TOTAL:
                    raise
                tries += 1
                sleep(wait)

    @contextmanager
    def stream(
        self, call: HttpCall, headers: Mapping[str, str], options: CallOptions
    ) -> Generator[httpx.Response, None, None]:
        """A response that does not end. Raises a KoyaliteError, also while read."""
        all_headers = {**self._headers(call, options), **headers}
        timeout = (
            self._connection.http.timeout
            if options.timeout is None
            else httpx.Timeout(options.timeout)
        )
        lasting = httpx.Timeout(
            timeout.connect, read=STREAM_TIMEOUT, write=timeout.write, pool=timeout.pool
        )
        response = self._authenticated(call, all_headers, lasting, stream=True)
        try:
            if response.is_error:
                with self._network_errors():
                    response.read()
                raise error_of_response(
                    response.status_code, response.headers, response.text
                )
            with self._network_errors():
                yield response
        finally:
            response.close()

    def _attempt(
        self, call: HttpCall, headers: Mapping[str, str], options: CallOptions
    ) -> Response:
        response = self._authenticated(call, headers, options.timeout)
        if response.is_error:
            raise error_of_response(
                response.status_code, response.headers, response.text
            )
        self.last_seq = later(self.last_seq, response.headers.get("koyalite-seq"))
        served = response.headers.get("koyalite-schema", self._hash)
        if served != self._hash:
            self.warn_once(
                "the server has another schema than this client was generated from:"
                " run koyalite generate"
            )
        return Response(response.headers, _body(response))

    def _authenticated(
        self,
        call: HttpCall,
        headers: Mapping[str, str],
        timeout: float | httpx.Timeout | None,
        stream: bool = False,
    ) -> httpx.Response:
        """With a token; once more with another one where it was refused."""
        http = self._connection.http
        request = http.build_request(
            call.method,
            self._base + call.path,
            params=call.params or None,
            content=call.body,
            headers=headers,
            timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
        )
        bearer = self.session.bearer() if call.authenticated else None
        if bearer is not None and "authorization" not in request.headers:
            request.headers["authorization"] = f"Bearer {bearer}"
        with self._network_errors():
            response = http.send(request, stream=stream)
        if response.status_code != 401 or bearer is None:
            return response
        renewed = self.session.renewed(bearer)
        if renewed is None:
            return response
        response.close()
        request.headers["authorization"] = f"Bearer {renewed}"
        with self._network_errors():
            return http.send(request, stream=stream)

    @contextmanager
    def _network_errors(self) -> Generator[None, None, None]:
        """httpx's errors as ours, which have them as their cause."""
        try:
            yield
        except httpx.TimeoutException as error:
            raise RequestTimeoutError(
                f"{self._base} did not answer in time ({_text(error)})", code="TIMEOUT"
            ) from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise NetworkError(
                f"{self._base} cannot be reached: {_text(error)}", code="NETWORK"
            ) from error

    def _headers(self, call: HttpCall, options: CallOptions) -> dict[str, str]:
        headers = {"accept": "application/json"}
        if call.body is not None:
            headers["content-type"] = "application/json"
        if call.method != "GET":
            if options.idempotency_key is not None or call.is_write:
                headers["idempotency-key"] = (
                    options.idempotency_key or secrets.token_urlsafe(24)
                )
            if options.if_match is not None and call.is_write:
                headers["if-match"] = options.if_match
        return {
            **headers,
            **{name.lower(): value for name, value in options.headers.items()},
        }


class Response:
    """A response of the server, read as a whole."""

    def __init__(self, headers: Mapping[str, str], body: Any) -> None:
        self.headers = headers
        #: Of its JSON; None where there is none.
        self.body = body


def _body(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return json.loads(response.content)
    except ValueError as error:
        request_id = response.headers.get("x-request-id")
        raise unexpected_response(
            response.status_code, response.text, request_id
        ) from error


def _server_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme in ("http", "https") and url.host:
        return url
    raise InvalidRequestError(
        f"'{text}' is not the URL of a server, such as http://127.0.0.1:8090",
        code="INVALID_REQUEST",
    )


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
