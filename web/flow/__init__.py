"""The way of callers through a line, drawn with real numbers on it."""

from flask import Blueprint

blueprint = Blueprint("flow", __name__, template_folder="templates")
