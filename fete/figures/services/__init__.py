"""What is done with figures."""

from fete.figures.services.headlines import load_headlines, record_headline
from fete.figures.services.snapshots import freeze, next_number, publish, unpublish

__all__ = ["freeze", "load_headlines", "next_number", "publish", "record_headline", "unpublish"]
