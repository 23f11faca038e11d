"""Every text of the templates and views has its Chinese."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[3] / "service" / "web"
CATALOGUE = WEB / "translations" / "zh" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.html", "jinja2"), ("**.py", "python")]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def texts_of_pages() -> set[str]:
    found = extract_from_dir(WEB, METHODS)
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


def translated() -> Iterator[Message]:
    catalogue = read_po(BytesIO(CATALOGUE.read_bytes()), locale="zh")
    return (message for message in catalogue if message.id)


def test_every_text_of_a_page_has_a_chinese_translation() -> None:
    singular = {m.id if isinstance(m.id, str) else m.id[0]: m for m in translated()}
    texts = texts_of_pages()
    assert len(texts) > 300
    missing = {text for text in texts if text not in singular or not any(singular[text].string)}
    assert not missing


def test_no_translation_is_left_over_or_unsure() -> None:
    texts = texts_of_pages()
    left_over = {m.id for m in translated() if (m.id if isinstance(m.id, str) else m.id[0]) not in texts}
    assert not left_over
    assert not [m.id for m in translated() if m.fuzzy]


@pytest.mark.parametrize("message", list(translated()), ids=lambda m: str(m.id)[:40])
def test_a_translation_keeps_the_placeholders_of_its_text(message: Message) -> None:
    source = message.id if isinstance(message.id, str) else message.id[0]
    chinese = message.string if isinstance(message.string, str) else message.string[0]
    assert set(PLACEHOLDER.findall(source)) == set(PLACEHOLDER.findall(chinese))
