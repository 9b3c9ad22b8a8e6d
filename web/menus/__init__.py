"""What callers do in the menus."""

from flask import Blueprint

blueprint = Blueprint("menus", __name__, template_folder="templates")
