"""What differs between two sets of files of a flow: elements, decisions and rules, form fields, settings by id."""

from workflows.comparing.changes import Change, Detail
from workflows.comparing.files import compare

__all__ = ["Change", "Detail", "compare"]
