"""An agent at work: queues, breaks, login and logout, set by the agent or by a supervisor."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__, template_folder="templates")
