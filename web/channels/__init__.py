"""Ways to customers: writing to one from the ticket, and how mailboxes, messages and answers stand."""

from flask import Blueprint

blueprint = Blueprint("channels", __name__, template_folder="templates")
