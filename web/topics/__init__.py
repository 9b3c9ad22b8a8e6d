"""Topics: what calls are about, and what rises."""

from flask import Blueprint

blueprint = Blueprint("topics", __name__, template_folder="templates")
