"""The admin's pages: the people who sign in, legal holds and erasures."""

from web.admin import keeping as keeping
from web.admin import views as views
