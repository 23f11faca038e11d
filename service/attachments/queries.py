"""Opens and lists files for those who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.attachments.folder import Folder
from service.attachments.models import Attachment
from service.db import db
from service.errors import NotFound

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


def open_file(actor: Actor, attachment_id: str) -> StoredFile:
    """A file to be read by the actor; NotFound `attachment.absent` when absent, hidden, or its contents are lost."""
    found = select(*_COLUMNS).where(Attachment.id == attachment_id, policy.visible(actor, "attachment"))
    row = db.session.execute(found).one_or_none()
    if row is None or not folder().path_of(row.checksum).is_file():
        raise NotFound("attachment.absent")
    return StoredFile(*row)


def of_instance(actor: Actor, instance_id: str) -> Sequence[StoredFile]:
    """The files of a case, oldest first; none for who may not see it."""
    mine = (Attachment.instance_id == instance_id, policy.visible(actor, "attachment"))
    return [StoredFile(*row) for row in db.session.execute(select(*_COLUMNS).where(*mine).order_by(Attachment.id))]
