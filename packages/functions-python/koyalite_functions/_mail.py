"""Emails, which the server stores and sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Union

from ._json import dumps
from ._part import AsyncPart, SyncPart
from ._server import Answered, Asked

#: One address, or several: plain ones, without names.
Addresses = Union[str, Sequence[str]]

Delivery = Literal["at_least_once", "at_most_once"]


class Attachment(NamedTuple):
    """A file of an email."""

    #: ``invoice.pdf``: no folders.
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


class Mail:
    """Sends emails. More than ``email.rate`` of a function wait."""

    def __init__(self, part: SyncPart, path: str) -> None:
        self._part = part
        self._path = path

    def send(
        self,
        to: Addresses,
        subject: str | None = None,
        *,
        text: str | None = None,
        html: str | None = None,
        template: str | None = None,
        props: Mapping[str, Any] | None = None,
        locale: str | None = None,
        cc: Addresses | None = None,
        bcc: Addresses | None = None,
        reply_to: str | None = None,
        headers: Mapping[str, str] | None = None,
        attachments: Sequence[Attachment] | None = None,
        key: str | None = None,
        delivery: Delivery | None = None,
    ) -> str:
        """``send("ann@example.com", "Hello", text="Hi")`` or
        ``send("ann@example.com", template="welcome", props={"name": "Ann"})``: returns the
        id of the email when it is stored; it is sent soon after.

        Args:
            to: At most 50 addresses, with `cc` and `bcc`.
            subject: One line.
            text: Made from the HTML if it is missing.
            html: At most 256 KB, with `text`.
            template: A file of the folder emails/, instead of `subject`, `text` and
                `html`. It is rendered once the email is stored.
            props: What the template is rendered with, at most 64 KB of JSON.
            locale: Language of the template's texts, ``fr`` or ``fr-CA``. The default is
                ``email.locale`` of the settings.
            headers: ``List-Unsubscribe``, ``List-Unsubscribe-Post``, and names that begin
                with ``X-``.
            attachments: At most 10, and 1 MB in all.
            key: Of the emails of this function with one key, only the first is sent; the
                others return its id.
            delivery: What happens where the mail server did not say whether it took the
                email: ``at_least_once`` (the default) sends one more copy,
                ``at_most_once`` fails.
        """
        mail = {
            **{"to": to, "subject": subject, "text": text, "html": html},
            **{"template": template, "props": props, "locale": locale},
            **{"cc": cc, "bcc": bcc, "reply_to": reply_to, "headers": headers},
            **{"attachments": sent_files(attachments)},
            **{"key": key, "delivery": delivery},
        }
        return self._part.ask(sent(self._path, mail), id_of)


class AsyncMail:
    """The same for an ``async def``."""

    def __init__(self, part: AsyncPart, path: str) -> None:
        self._part = part
        self._path = path

    async def send(
        self,
        to: Addresses,
        subject: str | None = None,
        *,
        text: str | None = None,
        html: str | None = None,
        template: str | None = None,
        props: Mapping[str, Any] | None = None,
        locale: str | None = None,
        cc: Addresses | None = None,
        bcc: Addresses | None = None,
        reply_to: str | None = None,
        headers: Mapping[str, str] | None = None,
        attachments: Sequence[Attachment] | None = None,
        key: str | None = None,
        delivery: Delivery | None = None,
    ) -> str:
        """See `Mail.send`."""
        mail = {
            **{"to": to, "subject": subject, "text": text, "html": html},
            **{"template": template, "props": props, "locale": locale},
            **{"cc": cc, "bcc": bcc, "reply_to": reply_to, "headers": headers},
            **{"attachments": sent_files(attachments)},
            **{"key": key, "delivery": delivery},
        }
        return await self._part.ask(sent(self._path, mail), id_of)


def sent_files(files: Sequence[Attachment] | None) -> list[dict[str, Any]] | None:
    """`dumps` makes base64 of bytes."""
    return None if files is None else [file._asdict() for file in files]


def sent(path: str, mail: Mapping[str, Any]) -> Asked:
    given = {name: value for name, value in mail.items() if value is not None}
    return Asked("POST", path, body=dumps(given))


def id_of(answered: Answered) -> str:
    return str(answered.json()["id"])
