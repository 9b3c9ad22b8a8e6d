"""Planning of staff: calls that are expected, the agents that they take, and what a change of the plan would make."""

from flask import Blueprint

blueprint = Blueprint("staffing", __name__, template_folder="templates")
