"""The agent's pages: a ticket."""

from web.desk import views as views
