"""Who a participant is, as it is typed and compared: one form of each fact, its digests, its limits.

Boundary: no database, no user. Keys of the digests come from the settings (``encryption``).
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from trial_portal.audit.refusals import Refused
from trial_portal.participants.encryption import blind_index, normalised

FIRST_YEAR = 1900
"""Nobody in the registry was born earlier."""


class Days(NamedTuple):
    """A birth date as far as it is known: the first and the last day it may have been."""

    earliest: date
    latest: date


def days(text: str) -> Days:
    """The days that ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` may mean. Raises ValueError for anything else."""
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text, re.ASCII):
        raise ValueError(f"{text!r} is not YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
    earliest = date(year, month or 1, day or 1)
    if day:
        return Days(earliest, earliest)
    last_month = month or 12
    return Days(earliest, date(year, last_month, monthrange(year, last_month)[1]))


@dataclass(frozen=True)
class Person:
    """The facts of an identity. ``birth_date`` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; all others are free text."""

    name: str
    birth_date: str
    phone: str = ""
    email: str = ""
    record_number: str = ""
    national_id: str = ""

    def __post_init__(self) -> None:
        for field, value in asdict(self).items():
            object.__setattr__(self, field, " ".join(unicodedata.normalize("NFC", value).split()))

    @property
    def birth_year(self) -> int:
        """What coded pages show of the birth date."""
        return int(self.birth_date[:4])

    def check(self, today: date) -> None:
        """Raise Refused, at its field, unless there is a name and a birth date from 1900 to ``today``."""
        if not normalised(self.name):
            raise Refused(_("Enter the name."), field="name")
        try:
            born = days(self.birth_date)
        except ValueError:
            raise Refused(
                _("Enter the birth date: the year, or year and month, or the full date."), field="birth_date"
            ) from None
        if born.earliest > today:
            raise Refused(_("The birth date lies in the future. Check the year, the month and the day."), "birth_date")
        if born.earliest.year < FIRST_YEAR:
            raise Refused(_("The birth date lies before 1900. Check the year (four digits)."), "birth_date")

    def indexes(self, site_code: str) -> dict[str, str]:
        """The digests by which this person is found and recognised; "" where a fact is missing."""
        return {
            "national_id_index": blind_index(self.national_id),
            "person_index": blind_index(self.name, self.birth_date),
            "name_index": blind_index(self.name),
            "birth_date_index": blind_index(self.birth_date),
            "record_number_index": blind_index(self.record_number, site_code),
        }

    def may_be_born_with(self, birth_date: str) -> bool:
        """Whether the two birth dates, as far as they are known, may be the same day."""
        mine, theirs = days(self.birth_date), days(birth_date)
        return mine.earliest <= theirs.latest and theirs.earliest <= mine.latest


NUMBERS = re.compile(r"\d(?:[\s()./-]*\d){6,}[xX]?")
DATES = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
ADDRESS = re.compile(r"\S@\S")


NUMBERS_AMONG_FIGURES = re.compile(r"\d{11,}[xX]?")


def coded(text: str, field: str, *people: Person, figures: bool = False) -> str:
    """The text, fit for a page that shows no identity. Raises Refused when it holds what looks like one.

    That is: a telephone or other long number, an e-mail address, or a fact of one of ``people``. Dates written
    YYYY-MM-DD pass, unless one is a birth date of theirs. With ``figures`` the text may list measured values or name a
    report: only a number as long as a mobile telephone's, written in one, is then too long.
    """
    plain = unicodedata.normalize("NFKC", text)
    if (NUMBERS_AMONG_FIGURES if figures else NUMBERS).search(DATES.sub(" ", plain)):
        raise Refused(
            _("This text holds a long number, which may be a telephone or an id. Coded pages show it: take it out."),
            field,
        )
    if ADDRESS.search(plain):
        raise Refused(_("This text holds an e-mail address. Coded pages show it: take it out."), field)
    for person in people:
        for fact in asdict(person).values():
            if _names(plain, fact):
                raise Refused(
                    _("This text says who the participant is. Coded pages show it: write it without the name or date."),
                    field,
                )
    return text.strip()


def _names(text: str, fact: str) -> bool:
    compared = normalised(fact)
    if len(compared) < 2 or re.fullmatch(r"\d{4}(\d{2})?", compared):
        return False  # a birth year or month alone: coded pages show the year themselves
    if compared.isascii() and len(compared) < 6:
        # A short Latin name or number may be part of another word: "Li An" is in "compliance".
        words = r"\W*".join(re.escape(word) for word in re.findall(r"\w+", fact))
        return re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE) is not None
    return compared in normalised(text)
