"""What customers open from a message: a link's page, a survey, no more messages; and what gateways report."""

from flask import Blueprint

blueprint = Blueprint("links", __name__, template_folder="templates")
