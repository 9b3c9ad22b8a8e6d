"""Results of surveys: the page, its table for spreadsheets, and asking a number again that had opted out."""

from flask import Blueprint

blueprint = Blueprint("survey", __name__, template_folder="templates")
