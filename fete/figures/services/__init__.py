"""What is done with figures."""

from fete.figures.services.ahead import count_ahead
from fete.figures.services.headlines import load_headlines, record_headline
from fete.figures.services.snapshots import freeze, next_number, publish, unpublish

__all__ = [
    "count_ahead",
    "freeze",
    "load_headlines",
    "next_number",
    "publish",
    "record_headline",
    "unpublish",
]
