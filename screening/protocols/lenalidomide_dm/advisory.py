"""Safety advisories of lenalidomide's labelling [A]: outside the protocol, never changing an outcome.

Section 6 of the criteria specification. Shown apart, as "not part of the protocol's eligibility criteria".
"""

from __future__ import annotations

from screening.eligibility.conditions import Condition
from screening.eligibility.items import Item, Use
from screening.eligibility.kinds import PARTIAL_DATE, YES_NO, Kind
from screening.protocols.lenalidomide_dm.person import EVENT_LIMITS, FEMALE


def _advice(
    name: str, label: str, question: str = "", kind: Kind = YES_NO, applies: Condition | None = None, help: str = ""
) -> Item:
    limits = EVENT_LIMITS if kind is PARTIAL_DATE else ()
    return Item(f"adv_{name}", kind, label, question, limits=limits, applies=applies, help=help, use=Use.ADVISORY)


ITEMS = (
    _advice(
        "fcbp_fda",
        "reproductive potential (US label)",
        "Menses at some time in the last 24 months, and no hysterectomy or bilateral oophorectomy?",
        applies=FEMALE,
        help="Of childbearing potential if this or the European answer says so; check the Chinese label.",
    ),
    _advice(
        "fcbp_ema",
        "childbearing potential (EU label)",
        "Of childbearing potential by the European label?",
        applies=FEMALE,
        help=(
            "Unless age 50 or more and naturally amenorrhoeic for a year or more, specialist-confirmed premature "
            "ovarian failure, bilateral salpingo-oophorectomy or hysterectomy, or XY genotype, Turner syndrome or "
            "uterine agenesis. Amenorrhoea after cancer therapy does not count."
        ),
    ),
    _advice("preg_test_1", "first pregnancy test, 10 to 14 days before prescribing", applies=FEMALE),
    _advice(
        "preg_test_2",
        "second pregnancy test, within 24 hours before prescribing",
        applies=FEMALE,
        help="Then weekly for 4 weeks, then every 4 weeks (every 2 with irregular cycles).",
    ),
    _advice(
        "contraception_start",
        "start of contraception, at least 4 weeks before the first dose",
        kind=PARTIAL_DATE,
        help=(
            "Before, during, in interruptions and 4 weeks after. Combined oral contraceptives are not recommended "
            "(thrombosis). Men: condom also after vasectomy, no sperm donation. No blood donation until 4 weeks after."
        ),
    ),
    _advice(
        "vte_risk",
        "thrombosis prophylaxis discussed",
        "Is prophylaxis of thrombosis discussed and documented?",
        help=(
            "Oestrogens or hormone replacement, erythropoiesis-stimulating agents, immobilisation, obesity, active "
            "cancer, central line, recent surgery."
        ),
    ),
    _advice("crcl", "creatinine clearance known, for the dose"),
    _advice("tsh", "thyroid function known"),
    _advice("lfts", "liver function known"),
    _advice("lactose", "lactose intolerance asked"),
    _advice("hbv_prior", "earlier hepatitis B asked (reactivation)"),
    _advice("cbc_monitoring", "blood count monitoring planned"),
    _advice("rems_enrolled", "enrolled in the risk management programme"),
    _advice("second_cancer_counselling", "counselled on second cancers"),
)
