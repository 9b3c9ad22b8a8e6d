"""Systems beside: how each is, what waits for it, what it did not take, and what a person can do about it."""

from flask import Blueprint

blueprint = Blueprint("systems", __name__, template_folder="templates")
