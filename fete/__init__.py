"""The Fête de la science of a regional network: declare, review, publish, count."""

__version__ = "0.1.0"
