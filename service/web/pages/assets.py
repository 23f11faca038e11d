"""Addresses of the built files."""

from collections.abc import Mapping, Sequence
from typing import Any


def asset_urls(manifest: Mapping[str, Mapping[str, Any]], base: str) -> dict[str, str]:
    """Map the names that templates use to built files: app, diagram, editor (scripts), style, diagram_style, icons."""
    urls = {}
    for source, built in manifest.items():
        name = built.get("name") or source.rsplit("/", 1)[-1].split(".", 1)[0]
        if source.endswith(".svg") or built.get("isEntry"):
            urls[name] = base + built["file"]
        for style in _styles(manifest, source) if built.get("isEntry") else ():
            urls[f"{name}_style"] = base + style
    return urls


def _styles(manifest: Mapping[str, Mapping[str, Any]], source: str) -> Sequence[str]:
    """The style sheets of a built file, its own last: what several entries share is built into a file of its own."""
    built = manifest[source]
    shared = [style for other in built.get("imports", ()) for style in _styles(manifest, other)]
    return [*shared, *built.get("css", ())]
