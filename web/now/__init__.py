"""What happens now: calls that go on, agents, the program's own processes, announced waits, alarms."""

from flask import Blueprint

blueprint = Blueprint("now", __name__, template_folder="templates")
