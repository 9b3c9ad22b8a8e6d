"""What everybody may see: the form to be called back."""

from web.public import views as views
