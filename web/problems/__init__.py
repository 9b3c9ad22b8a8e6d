"""Known problems: what callers hear first, and that it is fixed."""

from flask import Blueprint

blueprint = Blueprint("problems", __name__, template_folder="templates")
