"""Personal fields at rest: encrypted and bound to their row, with a blind index for exact match (policy.md §7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from service import crypto

Columns = dict[str, bytes | str | None]


@dataclass(frozen=True)
class Field:
    """An encrypted column of a table; its ciphertext cannot be moved to another row or column."""

    table: str
    name: str

    def seal(self, row_id: str, plain: str) -> bytes:
        """The ciphertext under the newest key; it carries the key's id."""
        return crypto.ring().encrypt(plain.encode(), self._place(row_id))

    def unseal(self, row_id: str, sealed: bytes) -> str:
        """The plain text; Invalid("crypto.unknown_key" | "crypto.altered")."""
        return crypto.ring().decrypt(sealed, self._place(row_id)).decode()

    def index(self, plain: str) -> str:
        """64 hex digits to store: equal values of this field have equal indexes, other fields others."""
        return crypto.ring().blind_index(self._indexed(plain))

    def indexes(self, plain: str) -> tuple[str, ...]:
        """The index under every key of the ring: what a search compares with while keys are rotated."""
        return crypto.ring().blind_indexes(self._indexed(plain))

    def resealed(self, row_id: str, sealed: bytes) -> Columns | None:
        """Columns `<name>`, `<name>_index` under the newest key; None when they already are."""
        if crypto.ring().is_current(sealed):
            return None
        plain = self.unseal(row_id, sealed)
        return self.columns(row_id, plain)

    def columns(self, row_id: str, plain: str | None) -> Columns:
        """The values of columns `<name>` and `<name>_index` for a new plain value."""
        if plain is None:
            return {self.name: None, f"{self.name}_index": None}
        return {self.name: self.seal(row_id, plain), f"{self.name}_index": self.index(plain)}

    def _place(self, row_id: str) -> bytes:
        return f"{self.table}/{row_id}/{self.name}".encode()

    def _indexed(self, plain: str) -> str:
        return f"{self.name}:{plain}"


def write_anew(session: Session, table: Table, fields: Iterable[Field], row: Any) -> bool:
    """Write a row's encrypted columns under the newest key; False when they already are."""
    columns: Columns = {}
    for field in fields:
        sealed = getattr(row, field.name)
        columns |= {} if sealed is None else field.resealed(row.id, sealed) or {}
    if columns:
        session.execute(update(table).where(table.c.id == row.id).values(columns))
    return bool(columns)


def reseal(session: Session, table: Table, fields: Mapping[str, Field], row: Any) -> bool:
    """Write a row's sealed columns that have no index under the newest key; False when they already are."""
    ring = crypto.ring()
    old = {name: getattr(row, name) for name in fields}
    anew = {
        name: fields[name].seal(row.id, fields[name].unseal(row.id, sealed))
        for name, sealed in old.items()
        if sealed is not None and not ring.is_current(sealed)
    }
    if anew:
        session.execute(update(table).where(table.c.id == row.id).values(anew))
    return bool(anew)
