"""The pages of scoring: scorecards, evaluations of calls and what becomes of them."""

from flask import Blueprint

blueprint = Blueprint("scoring", __name__, template_folder="templates")
