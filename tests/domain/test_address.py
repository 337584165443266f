"""For whom a link is any good, by the address that it begins with."""

import pytest

from domain.address import Leads, leads


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://tips.example.com", Leads.EVERYWHERE),
        ("https://192.168.1.20:8443", Leads.EVERYWHERE),
        ("http://tips.example.com", Leads.UNSAFELY),
        ("http://192.168.1.20:8000", Leads.UNSAFELY),
        ("http://127.0.0.1:8000", Leads.NOWHERE_ELSE),
        ("https://127.3.2.1", Leads.NOWHERE_ELSE),
        ("http://[::1]:8000", Leads.NOWHERE_ELSE),
        ("http://LOCALHOST:8000", Leads.NOWHERE_ELSE),
        ("http://tips.localhost", Leads.NOWHERE_ELSE),
        ("http://0.0.0.0:8000", Leads.NOWHERE_ELSE),  # served to all that a machine is called by: no address to go to
        ("http://localhost.example.com", Leads.UNSAFELY),
    ],
)
def test_a_link_leads_where_its_address_can_be_reached(url: str, where: Leads) -> None:
    assert leads(url) is where
