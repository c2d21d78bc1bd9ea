"""Who somebody is, as typed and compared; texts that must not say it. No database."""

from datetime import date

import pytest

from trial_portal.audit.refusals import Refused
from trial_portal.participants.identities import Person, coded, days

LI_HUA = Person("Li Hua", "1979-03-02", "0791 8888 1234", "li.hua@example.cn", "A-7731", "360102197903021234")
TODAY = date(2026, 10, 20)
WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}
"""Digits as a Chinese keyboard may type them."""


class TestBirthDates:
    @pytest.mark.parametrize(
        ("text", "earliest", "latest"),
        [
            ("1979", date(1979, 1, 1), date(1979, 12, 31)),
            ("1979-02", date(1979, 2, 1), date(1979, 2, 28)),
            ("1980-02", date(1980, 2, 1), date(1980, 2, 29)),
            ("1979-03-02", date(1979, 3, 2), date(1979, 3, 2)),
        ],
    )
    def test_mean_every_day_they_may_be(self, text: str, earliest: date, latest: date) -> None:
        assert days(text) == (earliest, latest)

    @pytest.mark.parametrize(
        "text", ["", "79", "1979-3", "1979-13", "1979-02-30", "1979-03-02-01", "1979".translate(WIDE), "x"]
    )
    def test_are_nothing_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            days(text)

    @pytest.mark.parametrize("text", ["1900", "2026", "2026-10", "2026-10-20"])
    def test_reach_from_1900_to_today(self, text: str) -> None:
        Person("Li Hua", text).check(TODAY)

    @pytest.mark.parametrize("text", ["1899-12-31", "2026-10-21", "2026-11", "2027", "1979-02-30", ""])
    def test_outside_are_refused_at_their_field(self, text: str) -> None:
        with pytest.raises(Refused) as refused:
            Person("Li Hua", text).check(TODAY)
        assert refused.value.field == "birth_date"

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ("1979", "1979-03-02", True),
            ("1979-03", "1979-03-02", True),
            ("1979-04", "1979-03-02", False),
            ("1979-03-02", "1979-03-02", True),
            ("1979-03-02", "1979-03-03", False),
            ("1980", "1979-12-31", False),
        ],
    )
    def test_may_be_the_same_as_far_as_they_are_known(self, one: str, other: str, same: bool) -> None:
        assert Person("Li Hua", one).may_be_born_with(other) is same
        assert Person("Li Hua", other).may_be_born_with(one) is same


class TestDigests:
    def test_do_not_depend_on_how_a_name_is_written(self) -> None:
        one = Person("Li Hua", "1979-03-02", national_id="36010219790302123x").indexes("01")
        other = Person(" LI  hua", "1979-03-02", national_id="36010219790302123X").indexes("01")
        assert one == other

    def test_of_a_record_number_belong_to_its_site(self) -> None:
        assert LI_HUA.indexes("01")["record_number_index"] != LI_HUA.indexes("02")["record_number_index"]

    def test_of_what_is_not_known_are_empty(self) -> None:
        indexes = Person("Li Hua", "1979").indexes("01")
        assert indexes["national_id_index"] == indexes["record_number_index"] == ""

    def test_do_not_show_what_they_stand_for(self) -> None:
        assert all(len(digest) == 64 and "1979" not in digest[:4] for digest in LI_HUA.indexes("01").values())

    def test_a_name_of_punctuation_is_none(self) -> None:
        with pytest.raises(Refused) as refused:
            Person("…", "1979").check(TODAY)
        assert refused.value.field == "name"


class TestCodedText:
    @pytest.mark.parametrize(
        "text",
        [
            "call 0791 8888 1234",
            "call (0791) 88881234",
            "079188881234".translate(WIDE),
            "id 36010219790302123X",
            "write to li.hua@example.cn",
            "LI HUA came back",
            "lihua came back",
            "born 1979-03-02",
            "file A-7731",
        ],
    )
    def test_refuses_what_says_who_it_is(self, text: str) -> None:
        with pytest.raises(Refused) as refused:
            coded(text, "note", LI_HUA)
        assert refused.value.field == "note"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Lives too far away",
            "Approached on 2026-10-14, called back 2026-10-16",
            "haemoglobin 85 g/L, platelets 164",
            "S-01-0012 is the same person",
            "born 1979",
        ],
    )
    def test_takes_what_does_not(self, text: str) -> None:
        assert coded(text, "note", LI_HUA) == text

    def test_a_short_name_inside_a_word_is_no_name(self) -> None:
        li_an = Person("Li An", "1990")
        assert coded("low compliance", "note", li_an)
        with pytest.raises(Refused):
            coded("asked li an again", "note", li_an)

    def test_a_chinese_name_is_found_anywhere(self) -> None:
        with pytest.raises(Refused):
            coded("与李华的记录重复", "reason", Person("李华", "1979"))
