"""The supervisor's pages: what happens now, the calls, one call."""

from web.floor import calls as calls
from web.floor import views as views
