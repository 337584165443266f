"""A PIN: what somebody says who they are with, on a device that a ward shares."""

from datetime import timedelta

from domain.errors import Invalid

DIGITS = 6
MAX_WRONG = 5  # then a while passes: 480 tries a day at a million PINs
WAIT = timedelta(minutes=15)

_STEPS = ("0123456789", "9876543210")


def pin(text: str) -> str:
    """As it is kept. Raises Invalid (`bad_pin`) for one that anybody would try first."""
    digits = "".join(text.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        raise Invalid(f"A PIN is {DIGITS} digits.", code="bad_pin")
    if len(set(digits)) <= 2 or any(digits in each for each in _STEPS) or digits[:3] == digits[3:]:
        raise Invalid("Choose another PIN: this one is among the first that somebody would try.", code="bad_pin")
    return digits
