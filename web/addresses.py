"""Every address that a browser shows can be opened: one that only takes forms leads to the page the form is on.

After a form that was refused the browser shows the form's own address. Whoever reloads it, keeps it or passes it on
asks for it with GET, and gets the page.
"""

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

PAGES = {
    "/holds": "privacy.retention",
    "/erasures": "privacy.retention",
    "/searches": "search.search",
    "/look": "home",
    "/sign-out": "home",
}
"""Addresses of forms that lie below no page, and the page they are on."""


def page_of(path: str) -> str | None:
    """The page to which the address of a form belongs: the nearest one above it; None: there is none."""
    adapter = current_app.create_url_adapter(request)
    while path.strip("/") and adapter is not None:
        if path in PAGES:
            return url_for(PAGES[path])
        try:
            adapter.match(path, method="GET")
        except RequestRedirect:
            return None
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            return path
    return None
