"""E14: a live or attenuated vaccine within 4 weeks before screening. Section E14 of the criteria specification.

Baseline: a live vaccine was received; its date is set in each test.
"""

from tests.spec.chapter import MET, NOT_MET, UNDETERMINED, outcome, reasons


def vaccinated(date, **changes):
    return outcome("E14", live_vaccine_received="yes", live_vaccine_date=date, **changes)


class TestWindow:
    """28 days, both ends inside; screening on 2026-10-15."""

    def test_one_day_too_old(self):
        assert vaccinated("2026-09-16") == NOT_MET

    def test_first_day(self):
        assert vaccinated("2026-09-17") == MET

    def test_day_of_screening(self):
        assert vaccinated("2026-10-15") == MET

    def test_after_screening_is_a_query(self):
        assert vaccinated("2026-10-16") == UNDETERMINED

    def test_is_28_days_and_not_a_month(self):
        assert vaccinated("2026-09-15") == NOT_MET


class TestPartialDate:
    def test_month_on_both_sides_of_the_first_day(self):
        assert vaccinated("2026-09") == UNDETERMINED

    def test_month_of_screening_is_clipped(self):
        assert vaccinated("2026-10") == MET

    def test_month_before(self):
        assert vaccinated("2026-08") == NOT_MET


class TestMissing:
    def test_no_date(self):
        assert vaccinated(None) == UNDETERMINED

    def test_no_screening_date(self):
        assert vaccinated("2026-10-01", screening_date=None) == UNDETERMINED

    def test_no_answer(self):
        assert outcome("E14", live_vaccine_received=None, live_vaccine_date="2026-10-01") == UNDETERMINED

    def test_never_vaccinated_needs_no_date(self):
        assert outcome("E14", live_vaccine_received="no", live_vaccine_date=None) == NOT_MET


class TestReasons:
    def test_says_what_to_enter(self):
        said = reasons("E14", live_vaccine_received="yes", live_vaccine_date=None)

        assert said == ("Cannot be decided yet: enter the date of the last live vaccine.",)
