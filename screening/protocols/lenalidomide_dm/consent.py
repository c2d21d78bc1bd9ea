"""Informed consent before anything of the study: I5. Section I5 of the criteria specification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from screening.eligibility.branches import YES, Cases, Decided
from screening.eligibility.comparisons import Before
from screening.eligibility.conditions import AllOf, Condition, Finding, Outline, Stated, missing
from screening.eligibility.dates import Span
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Examination, Item
from screening.eligibility.kinds import DECISION, FULL_DATE, TEXT, YES_NO, Choice, Time
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Mark, Note
from screening.protocols.lenalidomide_dm.blood_count import BLOOD_COUNT
from screening.protocols.lenalidomide_dm.cdasi import CDASI
from screening.protocols.lenalidomide_dm.infections import HBV, HCV, HIV, TB
from screening.protocols.lenalidomide_dm.person import CONSENT_DATE, EVENT_LIMITS, SEX
from screening.protocols.lenalidomide_dm.pregnancy import PREGNANCY_TEST
from screening.protocols.lenalidomide_dm.record import TEXTS

DERIVED = AnsweredBy.DERIVED

SIGNED = Item("consent_signed", DECISION, "consent signed", answered_by=DERIVED)
CONSENT_TIME = Item("consent_time", Time(), "time of consent", answered_by=DERIVED)
PROCEDURE_DATE = Item(
    "first_study_procedure_date",
    FULL_DATE,
    "date of the first study procedure",
    limits=EVENT_LIMITS,
    help="The earliest procedure done for this study only. There is no default.",
)
PROCEDURE_TIME = Item("first_study_procedure_time", Time(), "time of the first study procedure")
ICF_VALID = Item(
    "icf_version_valid",
    YES_NO,
    "approved ICF version",
    "Was the signed ICF version approved and in force at this site on that day?",
    DERIVED,
)
ICF_VERSION = Item("icf_version", TEXT, "ICF version", answered_by=DERIVED)
SIGNED_BY = Item(
    "consent_signed_by",
    Choice({"patient": "patient", "legally_authorised_representative": "legally authorised representative"}),
    "person who signed consent",
    answered_by=DERIVED,
)

EARLIER = Text("consent.earlier", "consent of {consent} was signed before the first study procedure, {procedure}")
LATER = Text("consent.later", "consent of {consent} was not signed before the first study procedure, {procedure}")
SAME_DAY = Text(
    "consent.same_day",
    "consent and the first study procedure are on the same day, {consent}: enter both times",
)
SAME_TIME = Text(
    "consent.same_time",
    "consent and the first study procedure are both on {day} at {time}: check the two times",
)


@dataclass(frozen=True, eq=False)
class ConsentFirst(Condition):
    """Consent was signed before the first study procedure; on the same day, by the time of both."""

    def evaluate(self, facts: Facts) -> Finding:
        consent, procedure = facts.values.get(CONSENT_DATE.name), facts.values.get(PROCEDURE_DATE.name)
        names: tuple[str, ...] = (CONSENT_DATE.name, PROCEDURE_DATE.name)
        if not isinstance(consent, Span) or not isinstance(procedure, Span):
            lacking = [item for item in (CONSENT_DATE, PROCEDURE_DATE) if item.name not in facts.values]
            return missing(*lacking)._replace(items=names)
        if consent.day < procedure.day:
            return Finding(TRUE, (EARLIER(consent=consent.text, procedure=procedure.text),), names)
        if consent.day > procedure.day:
            return Finding(FALSE, (LATER(consent=consent.text, procedure=procedure.text),), names)
        names += (CONSENT_TIME.name, PROCEDURE_TIME.name)
        signed, done = facts.values.get(CONSENT_TIME.name), facts.values.get(PROCEDURE_TIME.name)
        if not isinstance(signed, time) or not isinstance(done, time):
            needs = tuple(item.name for item in (CONSENT_TIME, PROCEDURE_TIME) if item.name not in facts.values)
            return Finding(UNKNOWN, (SAME_DAY(consent=consent.text),), names, needs)
        both = {"consent": f"{consent.text} {signed:%H:%M}", "procedure": f"{procedure.text} {done:%H:%M}"}
        if signed < done:
            return Finding(TRUE, (EARLIER(**both),), names)
        if signed > done:
            return Finding(FALSE, (LATER(**both),), names)
        reason = SAME_TIME(day=consent.text, time=f"{signed:%H:%M}")
        return Finding(UNKNOWN, (reason,), names, (CONSENT_TIME.name, PROCEDURE_TIME.name))

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(
            "consent is dated before the first study procedure; on the same day, both times are given and consent is "
            "strictly earlier (equal or missing times: undetermined)"
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (CONSENT_DATE, PROCEDURE_DATE, CONSENT_TIME, PROCEDURE_TIME)


def _not_before_consent(of: Examination) -> Cases:
    """A result dated before consent must come from routine care: it was a study procedure before consent otherwise."""
    return Cases(((Before(of.date, CONSENT_DATE), Stated(of.routine_care)),), otherwise=YES)


_MAN = Decided(TRUE, Text("consent.man", "no pregnancy test is asked of a man"))
_EXAMINATIONS = (BLOOD_COUNT, CDASI, HBV, HCV, TB, HIV)

I5 = Criterion(
    id="I5",
    exclusion=False,
    text=TEXTS["I5"],
    title="Written consent before the study",
    asks=(
        SIGNED,
        CONSENT_DATE,
        CONSENT_TIME,
        ICF_VALID,
        ICF_VERSION,
        SIGNED_BY,
        PROCEDURE_DATE,
        PROCEDURE_TIME,
        *(item for of in (*_EXAMINATIONS, PREGNANCY_TEST) for item in (of.date, of.routine_care)),
        SEX,
    ),
    condition=AllOf(
        Stated(SIGNED),
        Stated(ICF_VALID),
        ConsentFirst(),
        *(_not_before_consent(of) for of in _EXAMINATIONS),
        Cases(((Stated(SEX, ("male",), ("female",)), _MAN),), otherwise=_not_before_consent(PREGNANCY_TEST)),
    ),
    sources=("Original signed and dated ICF of the approved version", "Consent process note"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "The first study procedure is the first one done for this study only; a result dated before consent must "
            "come from routine care.",
            "the screening visit counts as the start",
        ),
        Note(Mark.INTERPRETATION, "A legally authorised representative may sign: the text says only “written”."),
        Note(
            Mark.INTERPRETATION,
            "Consent withdrawn later blocks enrollment and ends the screening; it does not rewrite this criterion.",
        ),
    ),
)

ITEMS = (SIGNED, CONSENT_TIME, PROCEDURE_DATE, PROCEDURE_TIME, ICF_VALID, ICF_VERSION, SIGNED_BY)
CRITERIA = (I5,)
