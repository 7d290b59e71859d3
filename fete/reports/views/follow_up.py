"""To be written."""

from flask import Blueprint

blueprint = Blueprint("follow_up", __name__)
