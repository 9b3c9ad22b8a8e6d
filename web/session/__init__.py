"""Coming in and going out: sign-in, sign-out, one's own password, language and look."""

from web.session import views as views
