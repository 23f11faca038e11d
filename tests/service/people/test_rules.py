"""ID numbers, masking, service locks and the words of appointments: pure rules, by example and by property."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.people import rules

first17 = st.builds(
    lambda area, born, order: f"{area:06d}{born:%Y%m%d}{order:03d}",
    st.integers(110000, 659999),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_published_examples_of_the_standard_are_valid(number):
    assert rules.id_number_faults(number) == []


@given(first17)
def test_number_with_its_check_character_is_valid(first):
    assert rules.id_number_faults(first + rules.check_character(first)) == []


@given(first17, st.integers(0, 16), st.integers(1, 9))
def test_every_changed_digit_is_noticed(first, place, shift):
    number = first + rules.check_character(first)
    digit = (int(number[place]) + shift) % 10
    changed = number[:place] + str(digit) + number[place + 1 :]
    assert rules.id_number_faults(changed) != []


@given(first17, st.integers(0, 15))
def test_every_swap_of_neighbours_is_noticed(first, place):
    number = first + rules.check_character(first)
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert rules.id_number_faults(swapped) != []


@given(st.text(max_size=20))
def test_any_text_is_judged_without_an_error(text):
    faults = rules.id_number_faults(rules.id_number_of(text))
    assert {fault.path for fault in faults} <= {"id_number"}


def test_digits_of_other_scripts_are_refused():
    assert [f.code for f in rules.id_number_faults("１１０１０５１９４９１２３１００２X")] == ["person.id_number_form"]


def test_number_without_a_real_birthday_is_refused():
    first = "11010519490230002"
    assert [f.code for f in rules.id_number_faults(first + rules.check_character(first))] == ["person.id_number_birth"]


def test_small_x_and_blanks_are_the_same_number():
    assert rules.id_number_of(" 110105 19491231 002x ") == "11010519491231002X"


def test_sex_and_birthday_are_read_from_the_number():
    assert rules.birth_of("11010519491231002X") == date(1949, 12, 31)
    assert rules.sex_of("11010519491231002X") == "female"
    assert rules.sex_of("110105194912310011") == "male"


def test_facts_that_contradict_the_number_are_refused():
    facts = {"name": "王", "id_number": "11010519491231002X", "sex": "male", "born_on": date(1949, 12, 30)}
    assert {f.code for f in rules.person_faults(facts)} == {"person.born_on_differs", "person.sex_differs"}


def test_unknown_facts_are_not_wrong():
    assert rules.person_faults({"name": "王", "id_number": None, "phone": None, "sex": None, "born_on": None}) == []


def test_masks_are_those_of_the_handbook():
    assert rules.masked_id_number("110105194912311234") == "110***********1234"
    assert rules.masked_phone("13812341234") == "138****1234"


@given(st.text(max_size=30))
def test_a_mask_keeps_length_and_shows_at_most_seven_characters(text):
    masked = rules.masked(text, 3, 4)
    assert len(masked) == len(text)
    hidden = text[3:-4] if len(text) > 7 else text
    start = 3 if len(text) > 7 else 0
    assert masked[start : start + len(hidden)] == "*" * len(hidden)


@pytest.mark.parametrize("text", ["13812341234", "+86 138-1234-1234", " 138 1234 1234 "])
def test_phone_is_stored_in_one_form(text):
    assert rules.phone_of(text) == "13812341234"
    assert rules.phone_faults(rules.phone_of(text)) == []


@pytest.mark.parametrize("text", ["12812341234", "1381234123", "138123412345", "１３８１２３４１２３４", ""])
def test_other_phones_are_refused(text):
    assert rules.phone_faults(text) != []


def test_lock_ends_on_the_same_day_five_years_later():
    assert rules.lock_end(date(2026, 9, 1)) == date(2031, 9, 1)


def test_lock_from_leap_day_ends_on_the_last_day_of_february():
    assert rules.lock_end(date(2028, 2, 29)) == date(2033, 2, 28)
    assert rules.lock_end(date(2028, 2, 29), years=4) == date(2032, 2, 29)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 10))
def test_month_end_lock_ends_on_the_last_day_of_the_same_month(day, years):
    end = rules.lock_end(day, years, month_end=True)
    assert (end.year, end.month) == (day.year + years, day.month)
    assert date.fromordinal(end.toordinal() + 1).day == 1


def appointment(**changes):
    base = {"employment_kind": "staffed", "post_category": "professional", "band": None, "grade": None, "title": None}
    return {f.code for f in rules.appointment_faults({**base, **changes})}


@pytest.mark.parametrize(
    ("band", "grade"), [("senior", 1), ("senior", 7), ("middle", 8), ("middle", 10), ("junior", 13)]
)
def test_grades_lie_in_their_bands(band, grade):
    assert appointment(band=band, grade=grade) == set()


@pytest.mark.parametrize(("band", "grade"), [("senior", 8), ("middle", 7), ("junior", 10), ("junior", 14), (None, 9)])
def test_a_grade_outside_its_band_is_refused(band, grade):
    assert appointment(band=band, grade=grade) == {"appointment.grade"}


def test_only_professional_posts_use_a_band():
    assert appointment(post_category="support", band="middle") == {"appointment.band"}
    assert appointment(post_category="dual", band="middle") == set()


def test_distant_relatives_do_not_recuse():
    assert [kind for kind in rules.RELATIONS if not rules.recuses(kind)] == ["distant"]
