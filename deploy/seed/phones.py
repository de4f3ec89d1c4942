"""Phone numbers of valid form in ranges that look like tests: 0000 in mobiles, a leading 9 in fixed ones."""

from random import Random

PREFIXES = (
    "130",
    "131",
    "132",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "155",
    "156",
    "158",
    "159",
    "166",
    "173",
    "176",
    "177",
    "180",
    "181",
    "185",
    "186",
    "187",
    "188",
    "189",
    "191",
    "198",
    "199",
)
SHORT_SERIALS = len(PREFIXES) * 10_000
CUSTOMER, FAX, OFFICE = "0", "6", "5"
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


def mobile(serial: int) -> str:
    """Eleven digits, one number for each serial below 2,800,000; the first 280,000 go on with 0000."""
    last, prefix = divmod(serial, len(PREFIXES))
    if serial < SHORT_SERIALS:
        return f"{PREFIXES[prefix]}0000{last:04d}"
    return f"{PREFIXES[prefix]}000{last:05d}"


def fixed_capacity(area_code: str) -> int:
    """How many serials have a local number of their own in an area."""
    return int(10 ** _width(area_code))


def fixed(area_code: str, serial: int, purpose: str = CUSTOMER) -> str:
    """Area code and local number with a hyphen; eight local digits in the three-digit areas, else seven."""
    return f"{area_code}-9{purpose}{serial:0{_width(area_code)}d}"


def written_mobile(number: str, rng: Random) -> str:
    spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
    return rng.choice((number, number, spaced, f"+86 {spaced}", f"+86{number}"))


def written_fixed(number: str, rng: Random) -> str:
    area, local = number.split("-")
    return rng.choice((number, number, f"({area}){local}", area + local, number.translate(FULL_WIDTH)))


def written_extension(number: str, extension: str, rng: Random) -> str:
    return f"{number}{rng.choice(('转', '-', ' ext. '))}{extension}"


def _width(area_code: str) -> int:
    return 6 if len(area_code) == 3 else 5
