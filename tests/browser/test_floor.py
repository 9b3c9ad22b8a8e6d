"""What people set and hear on the floor, in a real browser: queues of an agent, announced waits, a spoken reason."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from retention.models import AccessReceipt
from ringback.store.bus import AgentState, Request
from tests.browser.conftest import Site, Visit
from tests.browser.test_pages import AXE, violations
from tests.conftest import until
from tests.support.calls import WHOLE
from tests.support.promises import add
from tests.support.waits import tell
from transcripts.models import Transcript
from transcripts.redaction.models import Redaction

pytestmark = pytest.mark.browser


def test_an_agent_chooses_queues_and_sees_the_answer(visit: Visit, site: Site) -> None:
    page = visit("/now", name="anna")
    page.get_by_role("link", name="Change queues and breaks: Anna").click()
    page.get_by_label("Support").uncheck()
    page.get_by_role("button", name="Work in these queues").click()
    expect(page.get_by_text("Queues requested…")).to_be_visible()
    page.get_by_label("Reason for the break").fill("dentist")
    with site.store.sessions() as session, session.begin():
        asked = session.scalars(select(Request)).one()
        assert (asked.kind, asked.args) == ("agent.login", {"queues": ["billing"]})
        asked.done_at = asked.asked_at
        session.get_one(AgentState, "anna").queues = ["billing"]
    expect(page.get_by_text("Billing (chosen)")).to_be_visible()
    expect(page.get_by_text("Queues chosen by anna")).to_be_visible()
    expect(page.get_by_label("Reason for the break")).to_have_value("dentist")


def test_a_wait_that_is_over_appears_by_itself(visit: Visit, site: Site) -> None:
    page = visit("/waits")
    page.evaluate("window.same = true")
    expect(page.get_by_role("cell", name="Position only").first).to_be_visible()
    tell(site.store, 777)
    expect(page.get_by_text("12:57")).to_be_visible(timeout=15000)
    assert page.evaluate("window.same")


def test_the_agent_who_is_to_call_hears_why(visit: Visit, site: Site, missing: Callable[[str], None]) -> None:
    spoken: dict[str, Any] = {"reason_call_id": WHOLE, "reason_from": 25.0, "reason_to": 32.0}
    key = add(site.store, "+14155550123", agent="anna", **spoken)
    with site.store.sessions() as session, session.begin():
        transcript = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        if session.scalar(select(Redaction.id).where(Redaction.transcript_id == transcript)) is None:
            session.add(Redaction(transcript_id=transcript, state="clean"))
    page = visit(f"/promises/{key}", name="anna")
    expect(page.locator("blockquote")).to_contain_text("the router shows a red light")
    page.get_by_role("button", name="Listen to it").click()
    sound = page.locator("#reason-sound")
    expect(sound).to_be_visible()
    sound.evaluate("(sound) => sound.play()")
    until(lambda: sound.evaluate("(sound) => sound.currentTime > 0.3"))
    assert sound.evaluate("(sound) => Math.abs(sound.duration - 7) < 0.1")
    with site.store.sessions() as session:
        assert [row.reason for row in session.scalars(select(AccessReceipt))] == ["promise"]
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    assert violations(page) == []
