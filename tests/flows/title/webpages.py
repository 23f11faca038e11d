"""What stands on a page: what is ticked, what is written in a field."""

from lxml import html


def checked(page):
    """(Name, value) of what is ticked or chosen on a page."""
    return [
        (one.get("name"), one.get("value")) for one in html.fromstring(page.text).xpath("//input[@checked][@name!='']")
    ]


def field(page, name):
    """What stands in a field of a page."""
    [found] = html.fromstring(page.text).xpath(f"//input[@name='{name}'][not(@type='hidden')]")
    return found.get("value")
