"""DMN files: their ids, and what decisions.py says about each table."""

from lxml import etree

from workflows.xml import local


def ids(root: etree._Element) -> list[str]:
    """The ids of the decisions of a DMN file."""
    return [element.get("id", "") for element in root.iterchildren() if local(element) == "decision"]
