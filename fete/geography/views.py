"""To be written."""

from flask import Blueprint

blueprint = Blueprint("geography", __name__)
