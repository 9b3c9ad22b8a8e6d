"""The picture of a line: what is on it, where it stands, and that whatever an owner wrote is text in it."""

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from ivr.graph import written
from ivr.graph.layout import Placed, Sized, Wire, place
from ivr.graph.model import FlowGraph, graph_of
from ivr.graph.svg import GraphFigure, GraphFigures, svg
from ringback.config import Settings
from ringback.messages import Message

SETTINGS = Settings.model_validate(
    {
        "trunk": {"host": "sip.example"},
        "hours": {"office": {"week": {"mon-fri": ["09:00-18:00"]}, "timezone": "Europe/Berlin"}},
        "lines": [
            {
                "number": "1000",
                "name": "Support",
                "hours": "office",
                "languages": ["ru"],
                "greets_known": True,
                "start": [{"when": {"vip": True, "hours": "office"}, "queue": "gold", "priority": 10}],
            }
        ],
        "queues": {
            "support": {
                "name": "Support",
                "names": {"ru": "Поддержка"},
                "agents": ["anna"],
                "longest_wait": {"seconds": 600, "to": "spare"},
                "no_agents": {"to": "callback"},
            },
            "gold": {"name": "Gold", "agents": ["anna", "boris"], "most_callers": {"callers": 5, "to": "support"}},
            "spare": {"name": "Spare", "agents": []},
        },
        "menus": {
            "main": {
                "prompt": "menu-main",
                "operator_queue": "support",
                "options": {
                    "1": {"label": "Broken", "labels": {"ru": "Сломалось"}, "menu": "broken"},
                    "2": {"label": "Address", "say": {"en": "Main Street", "ru": "Главная улица"}},
                    "3": {"label": "Russian", "language": "ru"},
                    "4": {"label": "Done", "end": "goodbye"},
                },
            },
            "broken": {
                "prompt": "menu-main",
                "operator_queue": "support",
                "options": {
                    "1": {
                        "label": "Network",
                        "cases": [
                            {"when": {"known": False}, "message": "support"},
                            {
                                "when": {"nobody": "support"},
                                "cases": [{"when": {"vip": True}, "transfer": "+12025550142"}],
                            },
                        ],
                    },
                    "2": {"label": "Call me", "callback": "support"},
                    "3": {"label": "Back", "menu": "main"},
                    "4": {"label": "My request", "lookup": "ticket"},
                },
            },
        },
    }
)


def say(what: Message) -> str:
    return str(what)


def picture(language: str = "en") -> FlowGraph:
    return graph_of(SETTINGS, SETTINGS.lines[0], language)


def test_all_that_a_caller_can_come_to_is_in_it() -> None:
    figures = GraphFigures({"menu-main": (GraphFigure("7 heard it", ""),)}, {("main", "1"): GraphFigure("4", "")})
    assert written.text(picture(), say, figures) == (
        "Line 1000: Support\n"
        "     Closed by hours office → why and until when, a callback or a message\n"
        "     Has an open ticket → 1: about it, to the queue that has it\n"
        "     Open by hours office; A VIP → Queue Gold, priority 10\n"
        "     Everybody else → Menu main\n"
        "\n"
        "Menu main\n"
        "    prompt menu-main\n"
        "    7 heard it\n"
        "  1  Broken → Menu broken   [4]\n"
        "  2  Address → says “Main Street”\n"
        "  3  Russian → the menu in language ru\n"
        "  4  Done → ends with “goodbye”\n"
        "  0  A person → Queue Support\n"
        "\n"
        "Menu broken\n"
        "    prompt menu-main\n"
        "  1  Network\n"
        "         Has never called before → Message for Support\n"
        "         No agent of Support is there\n"
        "             A VIP → Outside: +12025550142\n"
        "             Everybody else → Queue Support\n"
        "         Everybody else → Queue Support\n"
        "  2  Call me → Callback by Support\n"
        "  3  Back → Menu main\n"
        "  4  My request → looks up: ticket\n"
        "  0  A person → Queue Support\n"
        "\n"
        "Queue Gold\n"
        "    2 agents: Anna, Boris\n"
        "     More than 5 wait → Queue Support\n"
        "\n"
        "Queue Support\n"
        "    1 agent: Anna\n"
        "     After 600 s of waiting → Queue Spare\n"
        "     5 s without an agent → a callback is offered\n"
        "\n"
        "Message for Support\n"
        "\n"
        "Outside: +12025550142\n"
        "\n"
        "Callback by Support\n"
        "\n"
        "Queue Spare\n"
        "    no agents\n"
    )


def test_it_is_in_the_readers_language() -> None:
    told = written.text(picture("ru"), lambda what: what.worded("ru"))
    for words in ("1  Сломалось → Меню broken", "слышит «Main Street»", "Очередь «Поддержка»", "Остальные → Меню main"):
        assert words in told


def placed(graph: FlowGraph) -> tuple[Placed, list[Sized]]:
    boxes = [Sized(box.id, box.rank, 200.0, 40.0 + 20 * len(box.rows), 15.0) for box in graph.boxes]
    return place(boxes, [Wire(box.id, 50.0, row.to) for box in graph.boxes for row in box.rows if row.to]), boxes


def test_boxes_stand_apart_in_columns_and_lines_go_forward() -> None:
    found, boxes = placed(picture())
    for one, other in combinations(boxes, 2):
        a, b = found.boxes[one.id], found.boxes[other.id]
        beside = a.x + one.width <= b.x or b.x + other.width <= a.x
        assert beside or a.y + one.height <= b.y or b.y + other.height <= a.y, (one.id, other.id)
    assert all(spot.x >= 0 and spot.y >= 0 for spot in found.boxes.values())
    for wire, points in found.wires:
        assert [x for x, _ in points] == sorted(x for x, _ in points), wire
        assert points[-1] == (found.boxes[wire.target].x, found.boxes[wire.target].y + 15.0)


def test_a_line_that_passes_a_column_goes_through_no_box_of_it() -> None:
    found, boxes = placed(picture())
    ranks = {box.id: box.rank for box in boxes}
    passing = [each for each in found.wires if ranks[each[0].target] > ranks[each[0].source] + 1]
    assert passing, "there are some"
    for wire, points in passing:
        for (left, y), (right, _) in zip(points[1:-1:2], points[2:-1:2], strict=True):
            for box in boxes:
                spot = found.boxes[box.id]
                inside = left <= spot.x < right and spot.y < y < spot.y + box.height
                assert not inside, (wire, box.id)


def test_nothing_is_drawn_of_nothing() -> None:
    assert place([], []) == Placed(0.0, 0.0, {}, [])


EVIL = "</text><script>alert(1)</script>\"' & ]]>"


def test_whatever_is_written_in_the_settings_is_text_in_the_drawing() -> None:
    menu = {"prompt": {"en": EVIL}, "operator_queue": "support", "options": {"1": {"label": EVIL, "queue": "support"}}}
    settings = Settings.model_validate(
        {
            "menus": {"main": menu},
            "queues": {"support": {"name": EVIL, "agents": ["anna"]}},
            "lines": [{"number": "1000", "name": EVIL}],
        }
    )
    found = graph_of(settings, settings.lines[0], "en")
    figures = GraphFigures({}, {("main", "1"): GraphFigure(EVIL, EVIL, f"/calls?{EVIL}")})
    root = ET.fromstring(svg(found, say, figures))
    assert not [each for each in root.iter() if each.tag.endswith("script")]
    assert EVIL in "".join(root.itertext())
    assert root.attrib["aria-label"] == f"Line 1000: {EVIL}"
    assert '"' not in re.sub(r'\["[^"]*"\]|\|"[^"]*"\|', "", written.mermaid(found, say)).replace("flowchart", "")
    assert re.sub(r'"(\\.|[^"\\])*"', "", written.dot(found, say)).count("script") == 0


@pytest.mark.parametrize("alone", [True, False])
def test_each_choice_has_its_number_and_the_way_to_its_calls(alone: bool) -> None:
    figures = GraphFigures(
        {
            "menu-main": (
                GraphFigure("12 heard it", "Menu main: 12 heard it", "/calls?menu=main"),
                GraphFigure("3 silent", "three"),
            )
        },
        {("main", "1"): GraphFigure("9", "9 calls took 1", "/calls?menu=main:1")},
    )
    root = ET.fromstring(svg(picture(), say, figures, alone=alone))
    links = {each.attrib["href"]: each.attrib["aria-label"] for each in root.iter() if each.tag.endswith("}a")}
    assert links == {"/calls?menu=main": "Menu main: 12 heard it", "/calls?menu=main:1": "9 calls took 1"}
    assert ("style" in root.attrib) is alone


def test_words_too_long_for_a_row_are_whole_in_its_title() -> None:
    long = "A device that was bought from us less than two years ago and has never worked since"
    menu = {"prompt": "menu-main", "operator_queue": "support", "options": {"1": {"label": long, "queue": "support"}}}
    settings = Settings.model_validate({"menus": {"main": menu}})
    drawn = svg(graph_of(settings, settings.lines[0], "en"), say)
    assert f"<title>{long}</title>A device that was bought" in drawn
    assert f">{long}</text>" not in drawn
