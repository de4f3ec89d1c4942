"""Pure values that several services write and read alike."""

MODULUS = 10


def check_digit_mod_11_10(digits: str) -> str:
    """Give the ISO 7064 MOD 11,10 check digit of ASCII digits; raises ValueError for anything else."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("only ASCII digits have a check digit")
    product = MODULUS
    for digit in digits:
        total = (product + int(digit)) % MODULUS or MODULUS
        product = (total * 2) % (MODULUS + 1)
    return str((MODULUS + 1 - product) % MODULUS)
