"""/metrics: how Ringback is, as numbers, for Prometheus and what reads its format (docs/monitoring.md).

Facts are read from the store when somebody asks (`floor`, `machine`), what is counted from the beginning is kept there
(`totals`), and one reading is given to all who ask within two seconds (`kept`). No name and no number of a person is in
it: agents are counted, alarms are told by their kind.
"""

from flask import Blueprint

blueprint = Blueprint("metrics", __name__)
