"""Invented people. Any likeness is chance; the numbers are of no person and no line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One invented participant: ``site`` by code, ``registered`` days before today, ``consent`` as it went.

    ``consent``: "given", "none" (still thinking), "wrong version", "withdrawn". ``screening`` names a tale of
    ``tales`` that is told of them, "" for none.
    """

    site: str
    name: str
    sex: str
    born: str
    registered: int
    consent: str = "given"
    screening: str = ""


@dataclass(frozen=True)
class Approached:
    """Somebody who was approached and did not consent; no identity."""

    site: str
    days_ago: int
    outcome: str
    criteria: tuple[int, ...] = ()


PEOPLE = (
    Person("01", "Liu Meihua", "female", "1971-04-18", 64, screening="enrolled"),
    Person("01", "Chen Guoqiang", "male", "1963-11-02", 61, screening="screen failure"),
    Person("01", "Wang Xiulan", "female", "1958-07-25", 58, screening="enrolled"),
    Person("01", "Zhao Lei", "male", "1984-01-30", 55, consent="withdrawn"),
    Person("01", "Huang Yan", "female", "1990-09-12", 51, screening="discontinued"),
    Person("01", "Zhou Jianjun", "male", "1955-03-08", 48, screening="screen failure"),
    Person("01", "Wu Fang", "female", "1979-12-21", 46, screening="enrolled"),
    Person("01", "Xu Haiyan", "female", "1968-06-05", 40, consent="wrong version"),
    Person("01", "Sun Wei", "male", "1976-02-14", 36, screening="screen failure"),
    Person("01", "Ma Li", "female", "1987-08-19", 33, screening="second attempt"),
    Person("01", "Zhu Minghua", "female", "1962-10-27", 29),
    Person("01", "Hu Zhiyuan", "male", "1981", 26, screening="in progress"),
    Person("01", "Guo Ping", "female", "1973-05-16", 22, screening="eligible"),
    Person("01", "He Xiaoyan", "female", "1995-01-09", 18, consent="none"),
    Person("01", "Gao Yong", "male", "1967-09-03", 15, screening="submitted"),
    Person("01", "Lin Shuzhen", "female", "1959-11-28", 12, screening="returned"),
    Person("01", "Luo Jing", "female", "1983-07-07", 9, screening="lapsing"),
    Person("01", "Zheng Qiang", "male", "1978-04-11", 7, screening="in progress"),
    Person("01", "Liang Xia", "female", "1986-03", 5, screening="in progress"),
    Person("01", "Xie Hong", "female", "1992-12-01", 3, consent="none"),
    Person("01", "Song Jie", "male", "1970-08-15", 2),
    Person("02", "Tang Lihua", "female", "1966-02-20", 57, screening="enrolled"),
    Person("02", "Feng Bin", "male", "1980-10-10", 50, screening="screen failure"),
    Person("02", "Yu Xiaomei", "female", "1974-06-30", 43),
    Person("02", "Dong Wenjun", "male", "1961-01-17", 34, consent="withdrawn"),
    Person("02", "Xiao Ling", "female", "1989-05-24", 27, consent="wrong version"),
    Person("02", "Cheng Hua", "female", "1977-09-09", 20, screening="submitted"),
    Person("02", "Cao Yu", "male", "1985-11-13", 14, consent="none"),
    Person("02", "Yuan Min", "female", "1964-04-04", 8, screening="in progress"),
    Person("02", "Deng Chao", "male", "1972-07-22", 4),
    Person("02", "Liu Meihua", "female", "1971-04-18", 1, consent="none"),
)
"""The last one is the first one again, at the other site: a possible duplicate to resolve."""

APPROACHED = (
    Approached("01", 66, "declined"),
    Approached("01", 60, "not_suitable", (9,)),
    Approached("01", 53, "declined"),
    Approached("01", 45, "not_suitable", (19,)),
    Approached("01", 38, "not_suitable", (9,)),
    Approached("01", 31, "declined"),
    Approached("01", 24, "not_suitable", (2,)),
    Approached("01", 16, "declined"),
    Approached("01", 6, "declined"),
    Approached("02", 52, "declined"),
    Approached("02", 30, "not_suitable", (9,)),
    Approached("02", 11, "declined"),
)
"""``criteria`` count within the protocol's criteria, so that no criterion of a trial is named here."""
