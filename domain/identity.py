"""Who a provider of single sign-on says somebody is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """`issuer` and `subject` together are one person for ever; all the rest may change, and may be missing.

    https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
    """

    issuer: str
    subject: str
    name: str = ""
    login: str = ""  # what they are called there: neither unique nor lasting
    email: str = ""  # only where the provider says that it has verified it
