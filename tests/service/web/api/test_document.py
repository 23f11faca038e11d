"""The document that the API gives of itself."""

import warnings

from flask import Flask


def test_each_schema_stands_there_once(app: Flask) -> None:
    """One that a reply nests and that is a reply itself has one name, and nothing complains while it is drawn up."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        schemas = app.spec["components"]["schemas"]  # type: ignore[attr-defined]
    assert {"SubstituteOut", "RunOut", "Problem"} <= schemas.keys()
    assert [name for name in schemas if name[:-1] in schemas and name[-1].isdigit()] == []
