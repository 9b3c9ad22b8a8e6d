"""Pages that are told what happens, in a real browser: without asking, over a lost connection, after a sign-out."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect
from sqlalchemy import update

from calls.models import Call
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import AgentState
from tests.browser.conftest import Faults, Site, Visit
from tests.conftest import until
from tests.support.calls import OPEN
from web.front import FrontLimits
from web.models import User

pytestmark = pytest.mark.browser
SEEN_OR_NOT = """(hidden) => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event('visibilitychange'));
}"""
"""A tab that comes to the front or goes behind another one."""


class Asked:
    """What a page asks of the server, but for the files that it is made of."""

    def __init__(self, page: Page) -> None:
        self.paths: list[str] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if "/static/" not in request.url:
            self.paths.append(request.url.partition("//")[2].partition("/")[2])

    def count(self, path: str) -> int:
        return self.paths.count(path)


def set_agent(site: Site, name: str, **values: Any) -> None:
    with site.store.sessions() as session, session.begin():
        session.execute(update(AgentState).where(AgentState.agent == name).values(**values))


def row(page: Page, name: str) -> Any:
    return page.locator(f"#now-agent-{name}")


def test_what_happens_is_told_and_nobody_asks(visit: Visit, site: Site) -> None:
    page = visit("/now")
    page.evaluate("window.same = true")
    asked = Asked(page)
    for state, words in (("ringing", "Ringing"), ("talking", "Talking"), ("wrap-up", "Wrap-up")):
        set_agent(site, "anna", state=state)
        expect(row(page, "anna")).to_contain_text(words, timeout=3000)
    with site.store.sessions() as session, session.begin():
        raise_alarm(session, "trunk.trouble", "trunk", message("alarms.no_backup"), "red", utcnow())
        session.execute(update(Call).where(Call.call_id == OPEN).values(state="ended", ended_at=utcnow()))
    expect(page.get_by_role("list", name="Newest urgent alarm")).to_contain_text("There is no backup")
    expect(page.get_by_text("Nobody is on the line.")).to_be_visible()
    assert asked.paths == [] and page.evaluate("window.same")
    page.get_by_role("button", name="Done: There is no backup").click()
    expect(page.get_by_role("region", name="Alarms")).to_have_count(0)


def test_what_is_told_disturbs_nobody_at_work(visit: Visit, site: Site) -> None:
    page = visit("/now")
    link = page.get_by_role("link", name="Sam Ortiz")
    link.focus()
    set_agent(site, "anna", state="wrap-up")
    expect(row(page, "anna")).to_contain_text("Wrap-up")
    with site.store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == OPEN).values(state="offered"))
    expect(page.get_by_role("row").filter(has_text="Sam Ortiz")).to_contain_text("Ringing an agent")
    expect(link).to_be_focused()
    page.get_by_role("button", name="Pause Anna").click()
    expect(page.get_by_text("Pause requested")).to_be_visible()


def test_every_page_with_the_line_of_alarms_is_told_of_them(visit: Visit, site: Site) -> None:
    page = visit("/calls")
    asked = Asked(page)
    with site.store.sessions() as session, session.begin():
        raise_alarm(session, "trunk.trouble", "trunk", message("alarms.no_backup"), "red", utcnow())
    expect(page.get_by_role("list", name="Newest urgent alarm")).to_contain_text("There is no backup")
    assert asked.count("alarms") == 0


def test_clocks_go_by_the_servers_clock(visit: Visit, site: Site) -> None:
    page = visit("/now")
    expect(row(page, "anna")).to_contain_text(re.compile(r"\d:\d\d"))
    page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 3600e3; })()")  # somebody sets it forward
    set_agent(site, "anna", state="ringing", since=utcnow())
    expect(row(page, "anna")).to_contain_text("Ringing")
    expect(row(page, "anna").locator("[data-since]")).to_have_text(re.compile(r"^0:\d\d$"))


def test_signing_out_elsewhere_leads_every_window_to_the_sign_in(visit: Visit, site: Site, seen: Faults) -> None:
    seen.expected = ("401",)
    page = visit("/now", name="eva")
    expect(row(page, "anna")).to_be_visible()
    other = page.context.new_page()
    other.goto("/password")
    other.locator("details.me summary").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(re.compile("/sign-in"), timeout=30000)
    expect(page).to_have_url(re.compile("/sign-in"), timeout=60000)


def test_another_role_is_shown_its_own_buttons(visit: Visit, site: Site) -> None:
    page = visit("/now", name="anna")
    expect(page.get_by_role("button", name="Pause Anna")).to_be_visible()
    with site.store.sessions() as session, session.begin():
        session.execute(update(User).where(User.name == "anna").values(role="supervisor"))
    expect(page.get_by_role("button", name="Resume Boris")).to_be_visible()


def test_a_server_that_comes_back_is_listened_to_again(visit: Visit, site: Site, seen: Faults) -> None:
    seen.expected = ("net::ERR_", "htmx:sendError", "htmx:afterRequest", "htmx:timeout")
    page = visit("/now")
    site.stop()
    expect(page.locator("#lost")).to_have_text("Connection lost, trying again…")
    set_agent(site, "anna", state="ringing")
    with page.expect_response(lambda answer: "/stream" in answer.url and answer.ok, timeout=20000):
        site.start()
    expect(page.locator("#lost")).to_be_hidden()
    expect(row(page, "anna")).to_contain_text("Ringing")
    asked = Asked(page)
    set_agent(site, "anna", state="talking")
    expect(row(page, "anna")).to_contain_text("Talking")
    assert asked.paths == []


def test_where_nothing_can_be_told_the_page_asks(visit: Visit, site: Site, seen: Faults) -> None:
    seen.expected = ("503",)
    site.stop()
    site.limits = FrontLimits(streams=0)
    site.start()
    page = visit("/now")
    asked = Asked(page)
    set_agent(site, "anna", state="ringing")
    expect(row(page, "anna")).to_contain_text("Ringing")
    until(lambda: page.evaluate("1") and asked.count("now") >= 1)
    assert asked.count("now") >= 1
    expect(page.locator("#lost")).to_be_hidden()


def test_a_page_that_is_not_seen_does_not_listen(visit: Visit, site: Site) -> None:
    page = visit("/now", name="tom")
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    page.on("requestfinished", lambda request: ended.append(request.url))
    expect(row(page, "anna")).to_be_visible()
    asked = Asked(page)
    page.evaluate(SEEN_OR_NOT, True)
    set_agent(site, "anna", state="ringing")
    until(lambda: page.evaluate("1") and any("/stream" in url for url in ended))
    assert asked.paths == []
    page.evaluate(SEEN_OR_NOT, False)
    expect(row(page, "anna")).to_contain_text("Ringing")
    assert asked.paths == ["stream?show=now"]


def test_an_alarm_is_heard_in_a_window_that_is_not_seen(visit: Visit, site: Site) -> None:
    page = visit("/now", name="eva")
    expect(row(page, "anna")).to_be_visible()
    page.evaluate(SEEN_OR_NOT, True)
    with site.store.sessions() as session, session.begin():
        raise_alarm(session, "trunk.trouble", "trunk", message("alarms.no_backup"), "red", utcnow())
    expect(page.locator("html")).to_have_attribute("data-alarm-heard", "1")
