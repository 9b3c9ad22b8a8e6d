"""Reports: the owner's front page, every report at an address of its own, and the calls behind each number."""

from flask import Blueprint

blueprint = Blueprint("reports", __name__, template_folder="templates")
