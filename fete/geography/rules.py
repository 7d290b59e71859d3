"""What the official codes of communes say."""

_OVERSEAS = ("97", "98")


def departement_of(commune: str) -> str:
    """Return the code of the département in which the commune of a code lies: its first signs, one more overseas."""
    return commune[:3] if commune.startswith(_OVERSEAS) else commune[:2]
