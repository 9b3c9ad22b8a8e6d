"""Every page for everybody: both languages, light and dark, a wide screen and a phone (WCAG 2.2 AA by axe-core).

The store has something on each page. A page that is new has no address here, and fails the first test.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.erasing_rooms import erasing_rooms
from library import assignments, marks, playlists
from library.drill import service
from library.drill.service import NewDrill
from library.marks import NewMark
from library.playlists import NewItem
from prompts.files import SOUNDS
from prompts.recorded import code_for, put_draft
from retention import erasure, receipts
from ringback.messages import text
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Request
from ringback.store.dead_letters import TRIES, note
from scoring import calibrations, candidates
from tests.browser.conftest import Faults, Site, Visit
from tests.browser.test_pages import AXE, violations
from tests.support.calls import EVIL, EVIL_NAME, MISSING, OPEN, TICKET, TRUNCATED, WHOLE, Store, open_copy
from tests.support.channels import furnish
from tests.support.contacts import seed_contacts
from tests.support.pages import app_of
from tests.support.promises import add, seed_promises
from tests.support.publishing import DRAFT, seed_settings
from tests.support.retention import place_hold
from tests.support.scoring import add_card, add_dispute, add_evaluation
from tests.support.search import index_all
from tests.support.surveys import POOR, seed_surveys
from tests.support.systems import seed_systems
from tests.support.topics import seed_rising
from tests.support.voicemail import seed_messages
from tickets.transcript_line import rebuild
from transcripts import stages
from transcripts.live.models import LivePhrase
from transcripts.models import Transcript
from transcripts.search import saved
from transcripts.text import measures
from web import keys
from web.models import User
from web.policy import SCOPES

pytestmark = pytest.mark.browser
REPORTS = "/reports/<any(line, agents, callbacks, first_contact, survey, sound):which>"
NO_PAGES = {
    "/",
    "/static/<edition>/<path:path>",
    "/calls.csv",
    "/survey.csv",
    "/calls/<call_id>/transcript.<kind>",
    "/calls/<call_id>/sound",
    "/calls/<call_id>/peaks",
    "/sound/<token>",
    "/stream",
    "/promises/<uuid:key>/reason.flac",
    "/messages/<uuid:key>/sound.flac",
    "/prompts/<language>/<name>/<any(now, draft):which>.wav",
    "/erasures/<uuid:key>/certificate.json",
    "/settings/taken",
    "/pop",
    "/pop/<call_id>/words.flac",
    "/contacts.<any(csv, vcf):which>",
    "/m/<token>",
    "/contacts/<uuid:key>.<any(csv, vcf):which>",
    "/library/drills/<uuid:drill_id>/<any(scene,answer):which>.flac",
    "/library/drills/voices/<uuid:attempt_id>.flac",
    "/library/sound/<token>",
    "/library/sound/<token>/quiet",
    "/marks/<uuid:key>",
    "/metrics",
    *(f"{REPORTS}.{kind}" for kind in ("csv", "xlsx", "pdf")),
    "/reports/mine",  # the agent's own
    "/reports/mine.<any(csv, xlsx, pdf):which>",
    "/staffing.csv",
}
"""Addresses that a browser shows nothing of, or leads on from."""
PAGES = {
    "/sign-in": ["/sign-in"],
    "/password": ["/password"],
    "/mail": ["/mail"],
    "/now": ["/now"],
    "/agents/<agent>": ["/agents/anna"],
    "/waits": ["/waits"],
    "/flow": ["/flow", "/flow?line=1001&days=30"],
    "/calls": ["/calls", "/calls?text=nothing", "/calls?from=x&queue=support&order=wait"],
    "/calls/<call_id>": [
        f"/calls/{WHOLE}",
        f"/calls/{WHOLE}?correct=1",
        f"/calls/{OPEN}",
        f"/calls/{MISSING}",
        f"/calls/{EVIL}",
        f"/calls/{POOR}",
        "/calls/none",
    ],
    "/search": ["/search", "/search?q=router", "/search?q=giraffe+from:x"],
    "/searches/<uuid:key>": ["/searches/{search}"],
    "/survey": ["/survey", "/survey?by=week&agent=anna", "/survey?from=2001-01-01&to=2001-02-01", "/survey?from=x"],
    "/menu-mirror": ["/menu-mirror?counted=1", "/menu-mirror?counted=1&days=1&line=1000", "/menu-mirror?days=x"],
    "/promises": ["/promises"],
    "/promises/<uuid:key>": ["/promises/{due}", "/promises/{later}", "/promises/{broken}"],
    "/messages": ["/messages", "/messages?show=answered", "/messages?show=mine"],
    "/messages/<uuid:key>": ["/messages/{new}", "/messages/{answered}"],
    "/nuisance": ["/nuisance"],
    "/problems": ["/problems"],
    "/tickets": ["/tickets?view=open", "/tickets?view=overdue"],
    "/topics": ["/topics"],
    "/tickets/<int:number>": [f"/tickets/{TICKET}"],
    "/contacts": ["/contacts", "/contacts?text=zebra"],
    "/contacts/<uuid:key>": ["/contacts/{dana}", "/contacts/{evil}?with=dana"],
    "/contacts/import": ["/contacts/import"],
    "/contacts/import/<uuid:file>": ["/contacts/import/{file}"],
    "/channels": ["/channels"],
    "/l/<token>": ["/l/{link}", "/l/none"],
    "/alarms": ["/alarms"],
    "/alarms/past": ["/alarms/past"],
    "/alarms/recipients": ["/alarms/recipients"],
    "/heard": ["/heard"],
    "/keeping": ["/keeping"],
    "/erasures/<uuid:key>": ["/erasures/{asked}", "/erasures/{erased}"],
    "/erasures/<uuid:key>/certificate": ["/erasures/{erased}/certificate"],
    "/people": ["/people"],
    "/people/<uuid:key>": ["/people/{person}"],
    "/prompts": ["/prompts", "/prompts?language=ru"],
    "/prompts/<language>/<name>": ["/prompts/en/welcome", "/prompts/ru/menu-main"],
    "/keys": ["/keys"],
    "/api-reference": ["/api-reference"],
    "/settings": ["/settings"],
    "/settings/<int:number>": ["/settings/1", "/settings/2"],
    "/vocabulary": ["/vocabulary"],
    "/set-aside": ["/set-aside"],
    "/systems": ["/systems"],
    "/callback": ["/callback", "/callback?embed=1"],
    "/library": ["/library"],
    "/library/drills": ["/library/drills"],
    "/library/drills/of/<call_id>": [f"/library/drills/of/{WHOLE}"],
    "/library/drills/<uuid:drill_id>": [
        "/library/drills/{drill}",
        "/library/drills/{drill}?attempt={attempt}",
    ],
    "/library/drills/<uuid:drill_id>/edit": ["/library/drills/{drill}/edit"],
    "/library/exemplars": ["/library/exemplars"],
    "/marks": ["/marks"],
    "/library/playlists/<uuid:playlist_id>": ["/library/playlists/{playlist}"],
    "/library/playlists/<uuid:playlist_id>/play": ["/library/playlists/{playlist}/play"],
    "/library/clips/<uuid:clip_id>": ["/library/clips/{clip}"],
    "/library/assignments/<uuid:assignment_id>": ["/library/assignments/{assignment}"],
    "/scoring": ["/scoring"],
    "/scoring/team": ["/scoring/team"],
    "/scoring/goals": ["/scoring/goals"],
    "/scoring/calibrations": ["/scoring/calibrations"],
    "/scoring/calibrations/<uuid:calibration_id>": ["/scoring/calibrations/{blind}", "/scoring/calibrations/{over}"],
    "/scoring/evaluations/<uuid:evaluation_id>": ["/scoring/evaluations/{scored}", "/scoring/evaluations/{draft}"],
    "/scoring/cards": ["/scoring/cards"],
    "/scoring/cards/<uuid:card_id>": ["/scoring/cards/{card}", "/scoring/cards/{card}?version=1"],
    "/reports": ["/reports"],
    REPORTS: ["/reports/line", "/reports/agents?by=agent", "/reports/survey?since=x"],
    "/reports/calls": ["/reports/calls", "/reports/calls?figure=offered"],
    "/reports/goals": ["/reports/goals"],
    "/reports/sending": ["/reports/sending"],
    "/staffing": ["/staffing"],
    "/staffing/what-if": ["/staffing/what-if"],
}
"""By the rule of an address, what is looked at; names in braces are keys of `furnished`."""
WIDER = """() => [...document.querySelectorAll('main *')].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    const most = document.documentElement.clientWidth + 1;
    return width > 1 && right > most && !element.closest('.hidden') && element.checkVisibility();
}).slice(0, 4).map((element) => element.outerHTML.slice(0, 160))"""
CUT = """() => [...document.querySelectorAll('main *')].filter((element) => {
    const isBox = element.matches('.table-box') || getComputedStyle(element).overflowX === 'hidden';
    return isBox && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
}).slice(0, 4).map((element) => element.outerHTML.slice(0, 160))"""


@pytest.fixture(scope="module")
def furnished(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder with something on each page, and the keys in its addresses."""
    store = open_copy(evening, tmp_path_factory.mktemp("furnished") / "data")
    found = {name: str(key) for name, key in seed_promises(store).items()}
    add(store, "+14155550144", notes="Later, please", reason_call_id=WHOLE, reason_from=25.0, reason_to=32.0)
    found |= {name: str(key) for name, key in seed_messages(store).items()}
    put_draft(store.settings, "en", "welcome", SOUNDS / "en" / "goodbye.wav", "eva", "browser")
    code_for(store.settings, "en", "welcome", "eva")
    seed_surveys(store)
    seed_systems(store)
    seed_rising(store)
    now = utcnow()
    with store.sessions() as session, session.begin():
        whole = session.scalars(select(Transcript.id).where(Transcript.call_id == WHOLE)).one()
        rebuild(session, whole, store.settings)
        for _ in range(TRIES):
            note(session, "tickets", WHOLE, text(EVIL_NAME), now)
        for what, person in (("listen", "eva"), ("download", "tom")):
            receipts.give(
                session,
                store.settings,
                WHOLE,
                person=person,
                role="supervisor",
                what=what,
                reason="quality",
                address="192.0.2.7",
                seconds=71.0,
                now=now,
            )
        place_hold(session, store.settings, "call", MISSING, "a letter of the court", "admin", now)
        keys.make(session, "payment page", ["record"], "admin")
        over, _ = keys.make(session, "report", [], "admin", scopes=SCOPES)
        over.expires_at = utcnow() - timedelta(days=1)
        session.add_all(
            LivePhrase(call_id=OPEN, seq=seq, speaker=speaker, start=seq, end=seq + 1, text=said, settled=seq == 0)
            for seq, (speaker, said) in enumerate((("caller", "Hello, is anybody there?"), ("agent", EVIL_NAME)))
        )
        session.add(Request(kind="agent.pause", subject="anna", asked_by="eva", args={}, error=text("No.")))
        raise_alarm(session, "test.over", "x", text(EVIL_NAME), "red", now - timedelta(hours=1))
        assert clear_alarm(session, "test.over", "x", now)
        found["person"] = str(session.scalars(select(User.id).where(User.name == "tom")).one())
        found["asked"] = str(erasure.ask_call(session, WHOLE, "admin", "a letter of May").id)
        found["erased"] = str(erasure.ask_call(session, TRUNCATED, "admin", "a letter of March").id)
        search = saved.keep(
            session, "admin", "Routers", {"q": "router"}, only_agent=None, alert=True, alarms=True, now=now
        )
        found["search"] = str(search.id)
        found |= seed_contacts(session)
        found["link"] = furnish(session, TICKET, WHOLE, EVIL_NAME)
        found |= _in_the_library(session)
    assert stages.run(stages.Step("measure", measures.make), store.sessions, store.settings, WHOLE) == "done"
    index_all(store)
    _erase(store, found["erased"])
    seed_settings(store, DRAFT + f"# {EVIL_NAME}\nlinse: []\n")
    store.sessions.kw["bind"].dispose()
    return store.settings.data, found


def _in_the_library(session: Session) -> dict[str, str]:
    """A mark, a clip, and a playlist that the admin was given."""
    now = utcnow()
    marks.add(session, NewMark(WHOLE, 1.0, 2.0, words=EVIL_NAME, tag="tone", shared=True), "tom", now, None)
    clip = playlists.add_clip(session, WHOLE, 1.0, 2.0, EVIL_NAME, "tom", now, None)
    playlist = playlists.create(session, "First week", "tom", now, note=EVIL_NAME)
    playlists.append(session, playlist.id, [NewItem(WHOLE, 1.0, 2.0, note="Listen", question="Why?")], now)
    (given,) = assignments.give(session, playlist.id, ["admin"], "tom", None, now)
    asked = NewDrill(WHOLE, EVIL_NAME, 19.0, 32.0, 38.0, f"I am sorry / {EVIL_NAME}", EVIL_NAME, ("admin",))
    drill = service.make(session, asked, "tom", now, None)
    said = service.typed(f"I am sorry {EVIL_NAME}")
    tried = service.attempt(session, drill, "admin", said, "en", now, spoken=True)
    service.change(session, drill.id, replace(asked, points=f"I apologise / {EVIL_NAME}"), 1, "eva", now, None)
    card = add_card(session, EVIL_NAME)
    scored = add_evaluation(session, card, WHOLE, "anna")
    add_dispute(session, scored)
    draft = add_evaluation(session, card, WHOLE, "anna", by="admin", done=False)
    calls = [WHOLE]
    blind = calibrations.begin(session, EVIL_NAME, card.id, calls, ["admin", "eva"], "admin", now)
    over = calibrations.begin(session, "Last week", card.id, calls, ["admin", "eva"], "admin", now)
    for name, got in (("admin", (1, 1, 4)), ("eva", (2, 1, 3))):
        add_evaluation(session, card, WHOLE, "anna", by=name, points=got, kind="calibration", about=over.id)
    calibrations.close(over, now)
    candidates.set_goal(session, "admin", 5, "admin", now)
    return {
        "blind": str(blind.id),
        "over": str(over.id),
        "drill": str(drill.id),
        "attempt": str(tried.id),
        "card": str(card.id),
        "scored": str(scored.id),
        "draft": str(draft.id),
        "playlist": str(playlist.id),
        "clip": str(clip.id),
        "assignment": str(given.id),
    }


def _erase(store: Store, confirmed: str) -> None:
    """The worker previews both erasures, somebody confirms one, and the worker does it."""
    eraser = erasure.Eraser(store.sessions, store.settings, erasing_rooms())
    for _ in range(2):
        while due := _due(store):
            for key in due:
                erasure.work(eraser, key)
        with store.sessions() as session, session.begin():
            row = next(each for each in erasure.erasures(session, by_age=False) if str(each.id) == confirmed)
            if row.state == "previewed":
                erasure.confirm(session, row.id, "admin", utcnow())


def _due(store: Store) -> list[str]:
    with store.sessions() as session:
        return erasure.due(session)


@pytest.fixture
def site(furnished: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Site]:
    made = Site(open_copy(furnished[0], tmp_path / "data"))
    made.start()
    yield made
    made.stop()
    made.store.sessions.kw["bind"].dispose()


def test_every_page_has_an_address_here(evening: Path, tmp_path: Path) -> None:
    store = open_copy(evening, tmp_path / "data")
    rules = {
        rule.rule
        for rule in app_of(store).url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.rule.startswith("/api/")
    }
    store.sessions.kw["bind"].dispose()
    assert sorted(rules ^ NO_PAGES ^ set(PAGES)) == []


@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
@pytest.mark.parametrize("group", range(4))
def test_every_page_is_for_everybody(
    visit: Visit,
    seen: Faults,
    furnished: tuple[Path, dict[str, str]],
    missing: Callable[[str], None],
    locale: str,
    group: int,
) -> None:
    if not AXE.is_file():
        missing("node_modules/axe-core (run `python -m web.build_assets`)")
    seen.expected = (
        "Applying inline style",
        "404",
        "400 (Bad Request)",
        "yyyy-MM-dd",
    )  # the first is axe's own, for what it measures
    page = visit("/now", locale=locale)
    strangers = visit("/sign-in", name=None, locale=locale)
    addresses = [address.format(**furnished[1]) for each in PAGES.values() for address in each]
    found = []
    for address in addresses[group::4]:
        shown = strangers if address == "/sign-in" else page
        shown.set_viewport_size({"width": 1280, "height": 900})
        shown.emulate_media(color_scheme="light")
        shown.goto(address)
        found += [f"{address} {fault}" for fault in faults_of(shown)]
    assert found == [], "\n".join(found)


def faults_of(page: Page) -> Iterator[str]:
    """What is wrong with a page: by all rules wide and on a phone, by contrast in the dark; what is cut or too wide."""
    page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
    yield from (f"wide: {each}" for each in violations(page))
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).getPropertyValue('--ground')") == "#101413"
    yield from (f"dark: {each}" for each in violations(page, ["color-contrast", "link-in-text-block"]))
    for width in (1130, 900, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"{width}: the page is wider"
        yield from (f"{width}: wider than the window: {each}" for each in page.evaluate(WIDER))
        yield from (f"{width}: cut off: {each}" for each in page.evaluate(CUT))
        if width == 390:
            yield from (f"phone: {each}" for each in violations(page))
