"""A small file in an address: what a page shows before it is confirmed can be gone back to without sending it again."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from service.errors import Invalid


def packed(content: bytes) -> str:
    """Letters that an address may hold; a year's notice is a few hundred."""
    return urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")


def unpacked(text: str, most: int) -> bytes:
    """The file again, at most `most` bytes; Invalid("request.invalid") for what `packed` has not made."""
    try:
        opened = zlib.decompressobj()
        content = opened.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), most)
    except (ValueError, zlib.error):
        raise Invalid("request.invalid") from None
    if not opened.eof:
        raise Invalid("request.invalid")
    return content
