"""Unified social credit codes with valid check characters that no authority has issued."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
UNISSUED = "YY"


def credit_code(prefix: str, division: str, serial: int) -> str:
    """The 18 characters of GB 32100 for a body registered in a division; serial below 1,000,000."""
    if not 0 <= serial < 10**6:
        raise ValueError(f"serial {serial} does not fit six digits")
    body = f"{UNISSUED}{serial:06d}"
    front = prefix + division + body + body_check(body)
    return front + code_check(front)


def body_check(body: str) -> str:
    """The check character of GB 11714 over the eight characters of an organisation code."""
    total = sum(weight * _value(char) for weight, char in zip(BODY_WEIGHTS, body, strict=True))
    rest = (11 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def code_check(front: str) -> str:
    """The check character of GB 32100 over the first 17 characters."""
    total = sum(weight * ALPHABET.index(char) for weight, char in zip(CODE_WEIGHTS, front, strict=True))
    return ALPHABET[-total % 31]


def _value(char: str) -> int:
    return int(char) if char.isdigit() else ord(char) - ord("A") + 10
