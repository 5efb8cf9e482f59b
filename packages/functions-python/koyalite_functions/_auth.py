"""Who calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Auth:
    """A user, an operator, a service key, or the system: what does not apply is None."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        #: ``user``, ``operator``, ``service`` or ``system``.
        self.kind: str = said["kind"]
        #: Of a user.
        self.id: str | None = said.get("id")
        self.email: str | None = said.get("email")
        self.role: str | None = said.get("role")
        self.verified: bool | None = said.get("verified")
        self.claims: Mapping[str, Any] = said.get("claims") or {}
        self.metadata: Mapping[str, Any] = said.get("metadata") or {}
        self.operator_id: str | None = said.get("operator_id")
        #: Of a service key.
        self.key_id: str | None = said.get("key_id")
        self.scopes: list[str] | None = said.get("scopes")
        self._said = said

    def to_dict(self) -> Mapping[str, Any]:
        """As the server says it."""
        return dict(self._said)

    def __repr__(self) -> str:
        return f"Auth({', '.join(f'{name}={value!r}' for name, value in self._said.items())})"
