"""The admin's pages: the people who sign in, keys of programs, legal holds and erasures."""

from web.admin import keeping as keeping
from web.admin import keys as keys
from web.admin import views as views
