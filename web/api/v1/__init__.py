"""REST for programs, /api/v1: what is asked, what is answered, and the document that says so (docs/api.md).

Every address is one `operation`, which holds what the document, the tests and the request itself need to know. Owns no
facts and no rights: facts are `web.documents`' and the rooms', who sees what is `web.access`'s. The older addresses
under /api stay as they are.
"""

from flask import Blueprint

blueprint = Blueprint("api_v1", __name__, url_prefix="/api/v1")
