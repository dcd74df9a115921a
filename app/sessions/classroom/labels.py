"""What a class calls its learners, and the codes by which they come: made by chance, never asked for."""

import secrets
from collections.abc import Collection

FIRST = (
    "amber", "azure", "brave", "bright", "brisk", "calm", "candid", "clever", "coral", "cosy", "crimson", "curious",
    "eager", "early", "fair", "fleet", "fresh", "gentle", "glad", "golden", "green", "happy", "hazel", "honest",
    "indigo", "jolly", "keen", "kind", "lively", "lucky", "mellow", "merry", "mild", "modest", "nimble", "noble",
    "olive", "patient", "plucky", "polite", "proud", "purple", "quick", "quiet", "rosy", "ruby", "scarlet", "serene",
    "silver", "smart", "steady", "sunny", "swift", "tidy", "turquoise", "violet", "warm", "wise", "witty", "zesty",
)  # fmt: skip
SECOND = (
    "antelope", "badger", "beaver", "bison", "camel", "cheetah", "cobra", "condor", "crane", "dolphin", "eagle",
    "falcon", "ferret", "finch", "fox", "gazelle", "gecko", "giraffe", "hamster", "hawk", "hedgehog", "heron", "ibex",
    "iguana", "jackal", "jaguar", "kestrel", "koala", "lemur", "leopard", "llama", "lynx", "magpie", "marmot", "moose",
    "narwhal", "newt", "ocelot", "octopus", "orca", "otter", "owl", "panda", "panther", "parrot", "pelican", "penguin",
    "puffin", "quail", "rabbit", "raven", "robin", "salmon", "seal", "sparrow", "squirrel", "swan", "tiger", "toucan",
    "turtle", "walrus", "weasel", "wombat", "zebra",
)  # fmt: skip
SIGNS = "CDFGHJKMNPQRTVWXY34679"  # of codes: none can be taken for another, and they spell no words
CODE, SEAT_CODE = 6, 10  # signs of a class's code, and of a seat's


def new_code(signs: int = CODE) -> str:
    """A code by chance."""
    return "".join(secrets.choice(SIGNS) for _ in range(signs))


def typed_code(text: str) -> str:
    """A code as somebody typed it: small letters, spaces and hyphens are as good."""
    return "".join(text.split()).replace("-", "").upper()


def new_label(taken: Collection[str]) -> str:
    """Two words that nobody has yet; with a number where all pairs are taken."""
    for number in range(len(FIRST) * len(SECOND)):
        words = f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}"
        label = words if number < 50 else f"{words} {number - 48}"
        if label not in taken:
            return label
    raise AssertionError("more learners than labels")  # a class has many fewer
