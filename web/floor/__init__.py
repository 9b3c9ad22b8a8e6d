"""The supervisor's pages: what happens now, the agents, the calls, one call, the promises to call back, the alarms."""

from web.floor import agents as agents
from web.floor import calls as calls
from web.floor import pausing as pausing
from web.floor import promises as promises
from web.floor import reasons as reasons
from web.floor import search as search
from web.floor import texts as texts
from web.floor import views as views
from web.floor import vocabulary as vocabulary
from web.floor import waits as waits
from web.floor import wishes_to_keep as wishes_to_keep
