"""Files such as teachers and learners bring them, each made here from a seed, and the clicks from file to walk."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class OwnFile:
    """A file's content; what is chosen besides, a click each; what of the walk's setup must be so."""

    content: bytes
    chosen: tuple[tuple[str, str], ...]
    sizes: list[int]
    output: str
    columns: list[str]


def _german(number: float) -> str:
    """1.234,50"""
    return f"{number:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _excel() -> bytes:
    """As a German spreadsheet writes it: semicolons, decimal commas, CRLF, a byte order mark, an empty line."""
    chance, rows = Random(1), ["Länge;Breite;Masse;Sorte"]
    for i in range(60):
        kind = i % 3
        length, width, mass = (chance.gauss(mean, 0.4) for mean in (5 + kind, 3 - kind / 2, 10 + 20 * kind))
        rows.append(f"{length:.2f};{width:.2f};{mass:.1f};{('Kiefer', 'Fichte', 'Tanne')[kind]}".replace(".", ","))
    return ("\ufeff" + "\r\n".join(rows) + "\r\n\r\n").encode()


def _passengers() -> bytes:
    """As the list of a ship's passengers: quoted names, tickets with and without letters, many values missing."""
    chance = Random(2)
    rows = ["PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked"]
    for i in range(300):
        sex, cabin = chance.choice(("male", "female")), chance.randrange(1, 4)
        survived = int(chance.random() < (0.75 if sex == "female" else 0.2))
        age = "" if chance.random() < 0.2 else str(chance.randrange(1, 80))
        ticket = f"{chance.choice(('A/5 ', 'PC ', '', '', ''))}{chance.randrange(1000, 400000)}"
        deck = f"C{chance.randrange(100)}" if chance.random() < 0.2 else ""
        port = "" if i in (61, 229) else chance.choice("SSSCQ")
        name = f'"Doe, Mr. Passenger {i} (called by a long name of many letters)"'
        fare = f"{90 / cabin + chance.random():.4f}"
        rows.append(f"{i + 1},{survived},{cabin},{name},{sex},{age},{i % 2},{i % 3},{ticket},{fare},{deck},{port}")
    return ("\n".join(rows) + "\n").encode()


def _prices() -> bytes:
    """Years, dates, percentages, and prices with thousands and a currency; one price is missing."""
    chance, rows = Random(3), ["Jahr;Stichtag;Zins;Preis"]
    for i in range(24):
        price = "" if i == 7 else f"{_german(1250 + 35.5 * i + chance.gauss(0, 10))} €"
        interest = f"{3.5 - i / 10:.1f} %".replace(".", ",")
        rows.append(f"{2000 + i};{i % 28 + 1}.3.{2000 + i};{interest};{price}")
    return "\n".join(rows).encode()


def _units() -> bytes:
    """Units in the header, tabs between values."""
    chance, rows = Random(4), ["Fläche (m²)\tAlter [Jahre]\tMiete (€/Monat)"]
    for _ in range(50):
        area, age = chance.uniform(30, 140), chance.randrange(90)
        rows.append(f"{area:.1f}\t{age}\t{200 + 9 * area - 2 * age:.2f}")
    return ("\n".join(rows) + "\n").encode()


OWN_FILES = {
    "a spreadsheet with semicolons and commas": OwnFile(
        _excel(), (), [3, 6, 3], "softmax", ["Länge", "Breite", "Masse"]
    ),
    "a list of passengers": OwnFile(
        _passengers(),
        (("target", "1"),),
        [6, 6, 1],
        "sigmoid",
        ["Pclass", "Sex: male", "Age", "SibSp", "Parch", "Fare"],
    ),
    "prices and years": OwnFile(
        _prices(), (), [3, 4, 1], "identity", ["Jahr", "Stichtag (days since 2000-03-01)", "Zins (in %)"]
    ),
    "units in the header": OwnFile(_units(), (), [2, 4, 1], "identity", ["Fläche (m²)", "Alter [Jahre]"]),
}
