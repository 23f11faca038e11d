"""Opens and lists files for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments.folder import Folder
from service.attachments.models import Attachment
from service.db import db
from service.errors import NotFound
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY

_COLUMNS = (
    Attachment.id,
    Attachment.checksum,
    Attachment.name,
    Attachment.size,
    Attachment.media_type,
    Attachment.instance_id,
    Attachment.uploaded_by,
    Attachment.at,
)


@dataclass(frozen=True)
class StoredFile:
    """An upload as it is shown; `size` in bytes."""

    id: str
    checksum: str
    name: str
    size: int
    media_type: str
    instance_id: str | None
    uploaded_by: str
    at: datetime

    @property
    def path(self) -> Path:
        """Where its contents lie on this machine."""
        return folder().path_of(self.checksum)


def folder() -> Folder:
    """The attachment folder of this installation."""
    return Folder(current_app.extensions["lectern.settings"].data_dir / "attachments")


def megabytes(now: datetime) -> int:
    """How large an upload may be today."""
    return int(parameters.current(db.session(), "attachment_megabytes", day_of(now), COUNTY).value)


def open_file(actor: Actor, attachment_id: str) -> StoredFile:
    """A file to be read by the actor; NotFound `attachment.absent` when absent, hidden, or its contents are lost."""
    return _stored(Attachment.id == attachment_id, policy.visible(actor, "attachment"))


def of_instance(actor: Actor, instance_id: str) -> Sequence[StoredFile]:
    """The files of a case, oldest first; none for who may not see it."""
    mine = (Attachment.instance_id == instance_id, policy.visible(actor, "attachment"))
    return [StoredFile(*row) for row in db.session.execute(select(*_COLUMNS).where(*mine).order_by(Attachment.id))]


def read(attachment_id: str) -> StoredFile:
    """A file whose reader has been asked for already: the frozen sheet of a case that they may read."""
    return _stored(Attachment.id == attachment_id)


def _stored(*wanted: ColumnElement[bool]) -> StoredFile:
    row = db.session.execute(select(*_COLUMNS).where(*wanted)).one_or_none()
    if row is None or not folder().path_of(row.checksum).is_file():
        raise NotFound("attachment.absent")
    return StoredFile(*row)
