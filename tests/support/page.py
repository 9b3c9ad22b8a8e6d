"""The pages of a running Ringback as a browser without scripts gets them: what the server sends, nothing more."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

from app.trial.ports import LOOPBACK
from app.trial.trial import Trial


class Page:
    """Somebody's browser; `sign_in` first for all that is not public."""

    def __init__(self, trial: Trial) -> None:
        self.base = f"http://{LOOPBACK}:{trial.settings.web.port}"
        self._password = trial.secrets().admin_password
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def sign_in(self, name: str = "admin", password: str = "") -> None:
        """As the admin that Ringback makes at its first start, or as somebody else."""
        form = {"csrf_token": self.token("/sign-in", "csrf_token"), "name": name}
        form["password"] = password or self._password
        with self._opener.open(f"{self.base}/sign-in", urllib.parse.urlencode(form).encode()) as answer:
            assert "/sign-in" not in answer.geturl()

    @property
    def cookie(self) -> str:
        """What the browser sends."""
        return "; ".join(f"{each.name}={each.value}" for each in self._jar)

    def get(self, path: str) -> str:
        with self._opener.open(f"{self.base}{path}") as answer:
            return answer.read().decode()

    def token(self, path: str, name: str) -> str:
        """The hidden field of that name of the form at `path`."""
        found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', self.get(path))
        assert found is not None, f"{path} has no field {name}"
        return found[1]

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Sends a form; the status and the page that answers."""
        data = urllib.parse.urlencode(fields).encode()
        try:
            with self._opener.open(f"{self.base}{path}", data) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()
