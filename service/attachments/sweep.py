"""Removes contents that no row names: left by a crash between rename and commit, or by deleted rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.attachments.folder import Folder
from service.attachments.models import Attachment

AGE = timedelta(days=1)
BATCH = 500


def sweep(session: Session, folder: Folder, now: datetime) -> int:
    """Delete unnamed contents older than a day, in batches under the folder's lock; returns how many.

    The age leaves an admin a day to notice that the database and the folder of a restored backup do not match.
    """
    old = list(folder.older_than((now - AGE).timestamp()))
    return sum(_sweep(session, folder, old[start : start + BATCH]) for start in range(0, len(old), BATCH))


def _sweep(session: Session, folder: Folder, paths: Sequence[Path]) -> int:
    with folder.held(exclusive=True):
        session.rollback()  # a new snapshot: rows committed before the lock was ours must be seen
        named = set(session.scalars(select(Attachment.checksum).where(Attachment.checksum.in_(p.name for p in paths))))
        unnamed = [path for path in paths if path.name not in named]
        for path in unnamed:
            path.unlink(missing_ok=True)
    return len(unnamed)
