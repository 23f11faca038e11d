"""What a browser sends: form fields, files and the query of an address, each read through a schema and nowhere else."""

from collections.abc import Mapping
from typing import Any

from flask import Request, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from service.errors import Invalid, LecternError
from service.web import edge
from service.web.api.schemas.base import Strict
from service.web.pages.presentation import unflatten
from service.web.validation import faults_of
from service.web.words import words

CSRF_FIELD = "csrf_token"


class Form(Strict):
    """Fields of a page's form: an emptied field is sent as "", which stands for nothing where nothing is allowed."""

    @pre_load
    def emptied(self, data: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        """Turn "" into None for every field that may be None."""
        optional = {name for name, found in self.fields.items() if found.allow_none}
        return {name: None if value == "" and name in optional else value for name, value in data.items()}


class Query(Schema):
    """The query of an address: what a page does not know is left out, as links gather what others add to them."""

    class Meta:
        unknown = EXCLUDE


def whole(least: int = 0, most: int = 2**31 - 1, **options: Any) -> fields.Integer:
    """A whole number that comes as text, as everything in a form does."""
    return fields.Integer(validate=validate.Range(least, most), **options)


def form(schema: type[Schema]) -> dict[str, Any]:
    """The fields and files of a posted form; dotted names become nested values (`presentation.unflatten`).

    A field that the schema declares as a list takes every value of its name. Invalid("request.invalid") with a fault
    for each wrong field, Invalid("body.nul").
    """
    return _loaded(schema, _posted(request, schema))


def typed(schema: type[Schema]) -> dict[str, Any]:
    """What was posted, as it was typed: a form that is refused shows it again."""
    return _posted(request, schema)


def beside(refused: LecternError) -> dict[str, str]:
    """Field → what is wrong with it, in words; "" → why it was refused where no field is to blame."""
    faults = {fault.path: words(fault.code, fault.params, edge.locale()) for fault in refused.faults}
    return faults or {"": words(refused.code, refused.params, edge.locale())}


def query(schema: type[Schema]) -> dict[str, Any]:
    """The query of the address; Invalid("request.invalid") as for a form."""
    return _loaded(schema, _asked(request))


def _posted(sent: Request, schema: type[Schema]) -> dict[str, Any]:
    pairs = [(name, value) for name, value in sent.form.items(multi=True) if name != CSRF_FIELD]
    found = unflatten(pairs)
    for name, declared in schema().fields.items():
        if isinstance(declared, fields.List) and name in sent.form:
            found[name] = sent.form.getlist(name)
    files: dict[str, Any] = {name: file for name, file in sent.files.items() if file.filename}
    for name in files:
        if isinstance(schema().fields.get(name), fields.List):
            files[name] = [file for file in sent.files.getlist(name) if file.filename]
    return found | files


def _asked(sent: Request) -> dict[str, Any]:
    return dict(sent.args.items())


def _loaded(schema: type[Schema], found: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_nul(found)
    try:
        loaded: dict[str, Any] = schema().load(found)
    except ValidationError as error:
        raise Invalid("request.invalid", faults=faults_of({"form": error.messages})) from error
    return loaded


def _refuse_nul(value: Any) -> None:
    """PostgreSQL keeps no NUL in texts."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_nul(name)
            _refuse_nul(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_nul(inner)
    elif isinstance(value, str) and "\0" in value:
        raise Invalid("body.nul")
