"""How the name of an uploaded file is stored."""

import unicodedata
from pathlib import PurePosixPath

NAME_LIMIT = 200


def clean_name(name: str) -> str:
    """The last part of the path, composed (NFC), without control and direction characters; its ending survives.

    Browsers send a bare name, old ones and clients of the API anything: `C:\\scans\\a.pdf`, `../../a.pdf`.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last)
    shown = "".join(c for c in composed if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")).strip()
    path = PurePosixPath(shown or "file")
    return path.stem[: NAME_LIMIT - len(path.suffix)] + path.suffix if len(shown) > NAME_LIMIT else path.name
