"""The admin's pages: the people who sign in."""

from web.admin import views as views
