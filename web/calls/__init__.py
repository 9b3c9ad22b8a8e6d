"""The calls: the list, one call with its sound and text, and what may be done with them."""

from flask import Blueprint

blueprint = Blueprint("calls", __name__, template_folder="templates")
