"""Settings of an installation for a process of its own."""

import os

from service.config import Settings


def environment(settings: Settings) -> dict[str, str]:
    """This process's variables and the LECTERN_ ones of an installation with these settings."""
    return {
        **os.environ,
        "LECTERN_DATABASE_URL": settings.database_url,
        "LECTERN_DATA_DIR": str(settings.data_dir),
        "LECTERN_SECRET_KEY": settings.secret_key,
        "LECTERN_FIELD_KEYS": ",".join(settings.field_keys),
        "LECTERN_SIGNING_KEY": settings.signing_key,
        "LECTERN_CHECKPOINTS": str(settings.checkpoints),
    }
