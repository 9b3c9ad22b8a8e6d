"""The agent's pages: a ticket, who listened."""

from web.desk import heard as heard
from web.desk import views as views
