"""Alert rules and dashboard in docs/monitoring name what /metrics has, and docs/monitoring.md explains all of it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from ringback.config import Settings
from ringback.store.base import utcnow
from tests.support.calls import open_empty
from tests.support.metrics import evening
from web.metrics.kept import KeptMetrics

DOCS = Path(__file__).parents[3] / "docs"
FOLDER = DOCS / "monitoring"
OF_PROMETHEUS = {"up": {"job": {"ringback"}}}
OF_POSTGRESQL = {"ringback_store_log_written_bytes_total"}
Labels = dict[str, set[str]]


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Labels]:
    """By sample its labels with the values that an evening had."""
    store = open_empty(tmp_path_factory.mktemp("evening"))
    with store.sessions() as session, session.begin():
        evening(session, utcnow())
    found: dict[str, Labels] = defaultdict(dict)
    for family in KeptMetrics(store.sessions).metrics(store.settings):
        for sample in family.samples:
            for label, value in sample.labels.items():
                found[sample.name].setdefault(label, set()).add(value)
            found[sample.name]
    store.sessions.kw["bind"].dispose()
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "ringback.json").read_text(encoding="utf-8")))


def panels() -> list[dict[str, Any]]:
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def questions() -> dict[str, str]:
    """Everything that is asked of Prometheus, by where it stands."""
    found = {f"alert {rule['alert']}": rule["expr"] for rule in rules()}
    for panel in panels():
        for target in panel["targets"]:
            found[f"panel {panel['title']}, {target['refId']}"] = target["expr"]
    for note in dashboard()["annotations"]["list"]:
        found[f"annotation {note['name']}"] = note["expr"]
    return {where: question.replace("$queue", "support") for where, question in found.items()}


def selectors(part: Any) -> Iterator[Any]:
    """Every name with its labels in a question that was read."""
    if isinstance(part, promql_parser.VectorSelector):
        yield part
        return
    below = [getattr(part, name, None) for name in ("lhs", "rhs", "expr", "param", "vector_selector")]
    for each in (*below, *getattr(part, "args", ())):
        if each is not None:
            yield from selectors(each)


def wrong_with(selector: Any, exposed: dict[str, Labels]) -> str | None:
    known = {**exposed, **OF_PROMETHEUS}
    if selector.name not in known:
        return f"no metric {selector.name}"
    for matcher in selector.matchers.matchers:
        values = known[selector.name].get(matcher.name)
        if values is None:
            return f"{selector.name} has no label {matcher.name}"
        if str(matcher.op) == "MatchOp.Equal" and matcher.value not in values:
            return f"{selector.name} has no {matcher.name} {matcher.value}"
    return None


@pytest.mark.parametrize("where", list(questions()))
def test_each_question_is_promql_over_what_there_is(where: str, exposed: dict[str, Labels]) -> None:
    read = promql_parser.parse(questions()[where])
    found = list(selectors(read))
    assert found
    assert [wrong for each in found if (wrong := wrong_with(each, exposed))] == []


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ("ringback_calls_lost_total > 0", "no metric ringback_calls_lost_total"),
        ('sum(rate(ringback_calls_ended_total{queue="x"}[5m]))', "ringback_calls_ended_total has no label queue"),
        ('ringback_alarms{level="blue"}', "ringback_alarms has no level blue"),
        ('ringback_queue_wait_seconds_bucket{le="20"}', "ringback_queue_wait_seconds_bucket has no le 20"),
    ],
)
def test_a_question_that_nothing_answers_would_be_found(question: str, wrong: str, exposed: dict[str, Labels]) -> None:
    assert [wrong_with(each, exposed) for each in selectors(promql_parser.parse(question))] == [wrong]


def test_labels_by_which_alerts_speak_are_left_in_them(exposed: dict[str, Labels]) -> None:
    for rule in rules():
        asked = {label for each in selectors(promql_parser.parse(rule["expr"])) for label in exposed.get(each.name, {})}
        said = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        assert said <= asked, rule["alert"]
        for label in said:
            assert "sum" not in rule["expr"] or f"by ({label})" in rule["expr"], rule["alert"]
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("critical", "warning")
    assert len({rule["alert"] for rule in rules()}) == len(rules()) == 20


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    found = dashboard()
    assert {"uid", "title", "schemaVersion", "time", "templating", "panels"} <= set(found)
    numbers = [panel["id"] for panel in found["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in found["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    names = {each["name"] for each in found["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)\}?", json.dumps(found["panels"]))) <= names | {"__all"}
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in panels())


def test_each_metric_is_explained(exposed: dict[str, Labels]) -> None:
    page = (DOCS / "monitoring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*)\|", page, flags=re.MULTILINE)
    told = {name: {label.strip() for label in labels.split(",") if label.strip()} for name, _, labels in rows}
    wanted: dict[str, set[str]] = {}
    for name, labels in exposed.items():
        whole = re.sub(r"_(bucket|sum|count)$", "", name) if name.startswith("ringback_queue_wait_seconds") else name
        wanted[whole] = set(labels) - {"le"}
    assert {name: labels for name, labels in told.items() if name not in OF_POSTGRESQL} == wanted
    assert len(told) == len(rows)


def test_prometheus_is_told_where_ringback_is(settings: Settings) -> None:
    given = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    job = given["scrape_configs"][0]
    assert job["job_name"] == "ringback"
    assert job["static_configs"][0]["targets"] == [f"{settings.web.address}:{settings.web.port}"]
    assert given["rule_files"] == ["alerts.yml"]
