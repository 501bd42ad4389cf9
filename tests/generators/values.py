"""Invented names, addresses, identifiers, dates and amounts, drawn from a `random.Random`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


_STARTS: Final = words(
    "Alder Amber Ash Aspen Barrow Bay Beck Bell Birch Black Bram Briar Brock Bryn Calder Cedar "
    "Clay Cob Cop Corn Crane Dale Dart Dew Dove Elder Elm Fair Fal Fen Fern Finch Flint Fox Gale "
    "Garn Glen Gold Gorse Gray Hal Hart Hawk Hazel Heath Heron High Holl Hop Ives Jay Juniper "
    "Kestrel Kings Lark Lin Lock Lyn Mal Maple March Marl Mead Mill Moor Moss Nettle North Oak "
    "Orchard Otter Owl Park Pen Pine Plum Quill Raven Red Reed Rock Rook Rose Rowan Rush Rye "
    "Sedge Shell Silver Spar Stone Swift Tarn Teal Thistle Thorn Till Vale Wake Wander West Wheat "
    "White Wild Willow Winter Wood Wren Yarrow Yew"
)
_ENDS: Final = words(
    "acre bank beck bourne bridge brook burn bury by castle cliff combe cote croft dale den don "
    "down dyke ell field fleet fold ford garth gate grave grove ham hill hithe holm hurst ing "
    "keep land lea leigh ley lock low marsh mere mont moor more ness over port ridge rigg royd "
    "sett shaw side sley stead stow thorpe ton tree vale wade wall water way well wick wold wood "
    "worth yard"
)
_FIRST_NAMES: Final = words(
    "Ada Adam Agnes Alan Alba Alec Alice Alma Amos Anna Anton April Arlo Asa Ava Basil Bea Ben "
    "Beth Bjorn Bram Brian Bruno Cara Carl Celia Chloe Clara Clark Cleo Cora Cyrus Dana Dean "
    "Delia Diego Dora Drew Edda Edgar Edith Eli Elise Ella Elsa Emil Emma Enid Eric Erin Esme "
    "Ethan Eva Ezra Faye Felix Fern Finn Flora Floyd Frank Freya Gale Gary Gemma Glen Grace Greta "
    "Gus Hal Hana Hank Hazel Heidi Helen Henry Hugo Ida Igor Ilse Ines Ira Iris Isaac Ivan Ivy "
    "Jack Jana Jane Jared Jean Jesse Joan Joel Jonas Josie Joy Juan Judd June Kara Karl Kate "
    "Keith Kira Kurt Lana Lars Laura Leah Lena Leo Lila Lois Lotte Louis Lucy Luis Luke Lydia "
    "Lyle Mabel Mara Marco Maria Mark Mateo Maud Max May Mia Mika Miles Mina Mona Morgan Myra "
    "Nadia Nancy Neal Nell Nico Nils Nina Noah Nora Odin Olga Olive Omar Oren Oscar Otto Owen "
    "Pablo Pam Paul Pearl Penny Perry Petra Phil Piper Quinn Ralph Ramon Rene Rhea Rita Robin "
    "Roger Rosa Ross Ruby Rufus Ruth Sadie Sally Sam Sara Saul Scott Seth Silas Simon Sofia Stan "
    "Stella Sven Tara Ted Tess Theo Tilda Tim Tina Tom Toni Troy Uma Uri Vera Vic Vince Viola "
    "Wade Wanda Ward Wes Will Willa Xenia Yara Yuri Zack Zara Zeke Zelda Zoe"
)
_STREETS: Final = words("Street Avenue Road Lane Drive Court Place Boulevard Way Terrace")
_PLACES: Final = (
    ("Birmingham", "AL", "352"),
    ("Phoenix", "AZ", "850"),
    ("Fresno", "CA", "937"),
    ("Oakland", "CA", "946"),
    ("San Diego", "CA", "921"),
    ("Denver", "CO", "802"),
    ("Hartford", "CT", "061"),
    ("Miami", "FL", "331"),
    ("Tampa", "FL", "336"),
    ("Atlanta", "GA", "303"),
    ("Des Moines", "IA", "503"),
    ("Boise", "ID", "837"),
    ("Chicago", "IL", "606"),
    ("Indianapolis", "IN", "462"),
    ("Wichita", "KS", "672"),
    ("Louisville", "KY", "402"),
    ("Baton Rouge", "LA", "708"),
    ("Boston", "MA", "021"),
    ("Baltimore", "MD", "212"),
    ("Detroit", "MI", "482"),
    ("Minneapolis", "MN", "554"),
    ("Saint Louis", "MO", "631"),
    ("Charlotte", "NC", "282"),
    ("Omaha", "NE", "681"),
    ("Newark", "NJ", "071"),
    ("Albuquerque", "NM", "871"),
    ("Buffalo", "NY", "142"),
    ("Columbus", "OH", "432"),
    ("Tulsa", "OK", "741"),
    ("Portland", "OR", "972"),
    ("Pittsburgh", "PA", "152"),
    ("Providence", "RI", "029"),
    ("Memphis", "TN", "381"),
    ("Nashville", "TN", "372"),
    ("Dallas", "TX", "752"),
    ("Houston", "TX", "770"),
    ("San Antonio", "TX", "782"),
    ("Salt Lake City", "UT", "841"),
    ("Richmond", "VA", "232"),
    ("Seattle", "WA", "981"),
    ("Milwaukee", "WI", "532"),
)
_NPI_BASE: Final = "1999"
_NPI_PREFIX_SUM: Final = 24
FIRST_DAY: Final = date(2026, 1, 2)
"""The generators' calendar: services lie in the year before this day, submissions on it or later."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    last: str
    first: str
    middle: str
    born: str
    sex: str


@dataclass(frozen=True, slots=True)
class Address:
    """Street, unit (often empty), city, state, nine-digit ZIP code."""

    street: str
    unit: str
    city: str
    state: str
    zip_code: str


def last_name(rng: Random) -> str:
    """One of some seven thousand."""
    return rng.choice(_STARTS) + rng.choice(_ENDS)


def first_name(rng: Random) -> str:
    return rng.choice(_FIRST_NAMES)


def person(rng: Random, years: tuple[int, int] = (1940, 2005)) -> Person:
    """A person born in one of the years."""
    middle = rng.choice("ABCDEFGHJKLMNPRSTW") if rng.random() < 0.4 else ""
    born = date(rng.randint(*years), 1, 1) + timedelta(days=rng.randrange(365))
    return Person(last_name(rng), first_name(rng), middle, f"{born:%Y%m%d}", rng.choice("FM"))


def address(rng: Random) -> Address:
    city, state, prefix = rng.choice(_PLACES)
    street = f"{rng.randint(1, 9899)} {last_name(rng)} {rng.choice(_STREETS)}"
    unit = (
        f"{rng.choice(('Apt', 'Suite', 'Unit'))} {rng.randint(1, 499)}"
        if rng.random() < 0.3
        else ""
    )
    return Address(street, unit, city, state, f"{prefix}{rng.randrange(1_000_000):06d}")


def npi(number: int) -> str:
    """The NPI of a number below 100,000, with its check digit over 80840 and the first nine digits."""
    body = f"{_NPI_BASE}{number:05d}"
    doubled = sum(d * 2 - 9 if d > 4 else d * 2 for d in map(int, body[-1::-2]))
    total = _NPI_PREFIX_SUM + doubled + sum(map(int, body[-2::-2]))
    return body + str(-total % 10)


def digits(rng: Random, count: int) -> str:
    """A number of so many digits that does not begin with 0."""
    return str(rng.randrange(10 ** (count - 1), 10**count))


def tax_id(rng: Random) -> str:
    """Nine digits with a prefix that the tax office does not give."""
    return f"00{digits(rng, 7)}"


def phone(rng: Random) -> str:
    """A number of the range that is kept for fiction (555-0100 to 555-0199)."""
    return f"{rng.randint(201, 989)}55501{rng.randrange(100):02d}"


def day(rng: Random, *, back: int = 365) -> date:
    """A day of the year before `FIRST_DAY`."""
    return FIRST_DAY - timedelta(days=rng.randint(2, back))


def money(cents: int) -> str:
    """An amount as X12 writes it: no zeros at the end."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def charge(rng: Random, centre: int = 14_000) -> int:
    """Cents, spread as charges are: many small ones, few large ones; half of them whole dollars."""
    cents = int(rng.lognormvariate(0.0, 0.9) * centre)
    return max(cents // 100 * 100 if rng.random() < 0.5 else cents, 500)
