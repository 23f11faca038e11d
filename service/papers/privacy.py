"""What may never stand on a paper for the public: ID number, phone, health, sanctions (policy §7).

It is held three times: a public kind is given no such field, a template that names one is refused, and what a filled
template says is read once more before it is issued.
"""

import re
import unicodedata
from collections.abc import Iterable

from service.people.rules import birth_of, check_character

NAMES = frozenset(
    [
        "id_number",
        "idnumber",
        "idcard",
        "id_card",
        "phone",
        "mobile",
        "telephone",
        "tel",
        "born_on",
        "birthday",
        "birth",
        "health",
        "illness",
        "pregnancy",
        "pregnant",
        "nursing",
        "disability",
        "medical",
        "sanction",
        "sanctions",
        "ethics",
        "inquiry",
        "discipline",
        "punishment",
        "fraud",
        "身份证",
        "身份证号",
        "身份证号码",
        "证件号",
        "证件号码",
        "电话",
        "手机",
        "手机号",
        "联系电话",
        "出生日期",
        "出生年月",
        "健康",
        "疾病",
        "病史",
        "怀孕",
        "哺乳",
        "残疾",
        "处分",
        "师德",
        "立案",
        "纪律",
    ]
)
"""Names that no expression of a public template may speak of."""
_GAP = r"[\s\-‐-―.·]*"
_ID = re.compile(rf"(?<!\d)(?:(?:\d{_GAP}){{17}}[\dXx]|(?:\d{_GAP}){{14}}\d)(?!\d)", re.ASCII)
_PHONE = re.compile(rf"(?<!\d)(?:\+?{_GAP}8{_GAP}6{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)", re.ASCII)
_WORDS = re.compile(
    "记过|记大过|降低岗位等级|撤职|开除|政务处分|党纪处分|受处分|受到处分|立案|师德失范|患病|病假|疾病|怀孕|孕期|哺乳期|残疾"
)


def spoken_of(sources: Iterable[str]) -> list[str]:
    """The personal names that a template's expressions mention, in any way."""
    words = {word for source in sources for word in re.findall(r"\w+", source)}
    return sorted(word for word in words if word.lower() in NAMES or word in NAMES)


def found_in(text: str, allowed: str = "") -> str | None:
    """What a text gives away: `id_number`, `phone` or `word`; None when nothing. A phone that is `allowed` passes."""
    plain = _plain(text)
    if any(_is_id_number(found[0]) for found in _ID.finditer(plain)):
        return "id_number"
    offices = _digits(_plain(allowed))
    if any(_digits(found[0])[-11:] not in offices for found in _PHONE.finditer(plain)):
        return "phone"
    return "word" if _WORDS.search(re.sub(r"\s", "", plain)) else None


def id_number_in(text: str) -> bool:
    """Whether an ID number stands in a text."""
    return any(_is_id_number(found[0]) for found in _ID.finditer(_plain(text)))


def _plain(text: str) -> str:
    """Full-width digits and letters as plain ones, and nothing that is not seen between them."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Cc") or sign in "\n\t")


def _is_id_number(found: str) -> bool:
    """A day of birth where it belongs, or the right check character: a number with a slip in it tells as much."""
    digits = re.sub(r"[^0-9Xx]", "", found).upper()
    if len(digits) == 15:
        return birth_of(f"{digits[:6]}19{digits[6:]}") is not None
    return len(digits) == 18 and (birth_of(digits) is not None or check_character(digits[:17]) == digits[17])


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
