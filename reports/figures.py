"""Each figure: what it is made of, and the rule that is printed beside it.

Definitions are the field's (ICMI, COPC; HDI for first contact). A figure is computed from a sum (`ReportRow`) and the
settings in force, so that another rule or threshold holds for the past at once. Shares carry Wilson's interval and are
told from ten on (`survey.figures`); means stand beside medians.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from reports import measures as m
from reports.messages import SENTENCES
from reports.service import ReportRow
from reports.tally import Tally
from ringback.config import Settings
from ringback.messages import Message, message
from survey.figures import net_promoters, share

Unit = Literal["count", "share", "seconds", "hours", "score", "mos"]
Better = Literal["more", "less", None]


@dataclass(frozen=True, slots=True)
class FigureValue:
    """What one figure says of one sum."""

    value: float | None
    """None: there is nothing to tell it from, or too little."""
    n: int
    """Of how many it is."""
    low: float | None = None
    high: float | None = None
    """Of shares and scores: between them the true one lies, with 95 %."""


Compute = Callable[[ReportRow, Settings], FigureValue]


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    """Its words are `reports.figure_<name>`, its rule `reports.rule_<name>`."""
    unit: Unit
    better: Better
    """Which way is good; None: neither."""
    compute: Compute

    def title(self) -> Message:
        return message(f"reports.figure_{self.name}")

    def rule(self, settings: Settings) -> Message:
        """With the thresholds in force."""
        rules = settings.reports
        name = f"{self.name}_{rules.service_level.rule.lower()}" if self.name == "service_level" else self.name
        thresholds = {
            "seconds": rules.service_level.seconds,
            "short": rules.short_abandon_seconds,
            "hours": rules.first_contact_hours,
        }
        words = str(SENTENCES[f"reports.rule_{name}"]["en"])
        return message(
            f"reports.rule_{name}", **{fact: value for fact, value in thresholds.items() if f"{{{fact}}}" in words}
        )


def _count(*names: str) -> Compute:
    return lambda row, _settings: FigureValue(
        sum(row.tally[name] for name in names), sum(row.tally[name] for name in names)
    )


def _mean(name: str) -> Compute:
    """Of a duration: seconds."""

    def compute(row: ReportRow, _settings: Settings) -> FigureValue:
        n = row.tally.histogram(name).total
        return FigureValue(row.tally[f"{name}_ms"] / 1000 / n if n else None, n)

    return compute


def _quantile(name: str, at: float) -> Compute:
    def compute(row: ReportRow, _settings: Settings) -> FigureValue:
        chart = row.tally.histogram(name)
        return FigureValue(chart.quantile(at), chart.total)

    return compute


def _share(count: int, n: int) -> FigureValue:
    found = share(count, n)
    return FigureValue(found.share, n, found.low, found.high)


def _share_of(part: str, *whole: str) -> Compute:
    return lambda row, _settings: _share(row.tally[part], sum(row.tally[name] for name in whole))


# -- the waiting line ------------------------------------------------------------------------------------


def _outcome(tally: Tally, *names: str) -> int:
    return sum(tally[m.OUTCOME + name] for name in names)


def _short(row: ReportRow, settings: Settings) -> int:
    return row.tally.histogram(m.WAIT_ABANDONED).within(settings.reports.short_abandon_seconds)


def service_level(row: ReportRow, settings: Settings) -> FigureValue:
    """By the rule of the settings: see `ringback.config.reports.ServiceLevel`."""
    level, tally = settings.reports.service_level, row.tally
    # Of imported visits some were answered after nobody knows how long: they are neither in time nor late.
    answered, abandoned = tally.histogram(m.WAIT_ANSWERED).total, _outcome(tally, "abandoned")
    lost, flow_outs = _outcome(tally, "lost"), _outcome(tally, *m.FLOW_OUTS)
    quick = tally.histogram(m.WAIT_ANSWERED).within(level.seconds)
    gave_up = tally.histogram(m.WAIT_ABANDONED).within(level.seconds)
    short, all_of = _short(row, settings), answered + abandoned + lost
    match level.rule:
        case "A":
            return _share(quick, answered)
        case "B":
            return _share(quick, all_of)
        case "C":
            return _share(quick, all_of - gave_up)
        case "D":
            return _share(quick + gave_up, answered + abandoned)
        case "E":
            gone = abandoned if level.without_abandoned else short if level.without_short else 0
            return _share(quick, all_of - gone + (flow_outs if level.with_flow_outs else 0))
        case _:
            return _share(quick, all_of - short)


def _abandoned_share(row: ReportRow, settings: Settings) -> FigureValue:
    short = _short(row, settings)
    abandoned = _outcome(row.tally, "abandoned") - short
    return _share(abandoned, _outcome(row.tally, "answered", "lost") + abandoned)


def patience(row: ReportRow, _settings: Settings) -> FigureValue:
    """The time after which half of the callers would have given up, had nobody answered: E. L. Kaplan and P. Meier,
    "Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical Association 53 (1958).
    Who was answered, or left for something else, might have waited longer. None: most never gave up."""
    left = row.tally.histogram(m.WAIT_ABANDONED)
    stayed = [row.tally.histogram(name) for name in (m.WAIT_ANSWERED, m.WAIT_ELSE)]
    total = left.total + sum(each.total for each in stayed)
    if not left.total:
        return FigureValue(None, total)
    gone = left.passed - left.counts
    for each in stayed:
        gone = gone + each.shorter(left.bins)
    survived = np.cumprod(1 - left.counts / (total - gone))
    below = np.flatnonzero(survived <= 0.5)
    return FigureValue(float(left.bins[below[0]]) if len(below) else None, total)


# -- agents ----------------------------------------------------------------------------------------------


def _states(tally: Tally, *names: str) -> int:
    return sum(tally[m.STATE + name] for name in names)


def _occupancy(row: ReportRow, _settings: Settings) -> FigureValue:
    busy, idle = _states(row.tally, "talking", "wrap-up"), _states(row.tally, "free", "ringing")
    return FigureValue(busy / (busy + idle) if busy + idle else None, (busy + idle) // 1000)


def _utilisation(row: ReportRow, _settings: Settings) -> FigureValue:
    busy = _states(row.tally, "talking", "wrap-up")
    there = busy + _states(row.tally, "free", "ringing", "paused", "busy")
    return FigureValue(busy / there if there else None, there // 1000)


def _logged_in(row: ReportRow, _settings: Settings) -> FigureValue:
    there = _states(row.tally, "talking", "wrap-up", "free", "ringing", "paused", "busy")
    return FigureValue(there / 1000 if there else None, there // 1000)


def _breaks(row: ReportRow, settings: Settings) -> FigureValue:
    """Of pauses whose code has a limit."""
    kept = n = 0
    for code, limit in settings.pause_limits.items():
        chart = row.tally.histogram(m.PAUSES + code)
        kept, n = kept + chart.within(limit), n + chart.total
    return _share(kept, n)


def _transfers(row: ReportRow, _settings: Settings) -> FigureValue:
    began = row.tally.beginning(m.BEGAN_BY)
    passed = began.get("blind", 0) + began.get("attended", 0)
    return _share(passed, sum(began.values()))


def _hung_up(who: str) -> Compute:
    def compute(row: ReportRow, _settings: Settings) -> FigureValue:
        found = row.tally.beginning(m.ENDED_BY)
        return _share(found.get(who, 0), sum(count for name, count in found.items() if name != "unknown"))

    return compute


# -- promises, what was told, who called again -----------------------------------------------------------


def _kept(row: ReportRow, _settings: Settings) -> FigureValue:
    kept, broken = row.tally[m.PROMISE + "kept"], row.tally[m.PROMISE + "broken"]
    return _share(kept, kept + broken)


def first_contact(name: str) -> Compute:
    """Of calls that are old enough; who called again in time was not helped at the first."""

    def compute(row: ReportRow, settings: Settings) -> FigureValue:
        n = row.known[m.CONTACTS]
        again = row.known.histogram(m.NEXT + name).within(settings.reports.first_contact_hours)
        return _share(n - again, n)

    return compute


def _repeats(row: ReportRow, settings: Settings) -> FigureValue:
    again = row.known.histogram(m.NEXT + "contact").within(settings.reports.first_contact_hours)
    return _share(again, row.known[m.CONTACTS])


def _too_young(row: ReportRow, _settings: Settings) -> FigureValue:
    young = row.tally[m.CONTACTS] - row.known[m.CONTACTS]
    return FigureValue(young, young)


# -- surveys ---------------------------------------------------------------------------------------------


def _answers(tally: Tally, settings: Settings, measure: str) -> Mapping[str, int]:
    """Answers by what they mean, of all questions that are measured so."""
    found: dict[str, int] = {}
    for survey_name, survey in settings.surveys.items():
        for place, question in enumerate(survey.questions, 1):
            if question.measure == measure:
                named = f"{m.ANSWER}{survey_name}/{question.name or place}/"
                for means, count in tally.beginning(named).items():
                    found[means] = found.get(means, 0) + count
    return found


def _csat(row: ReportRow, settings: Settings) -> FigureValue:
    found = _answers(row.tally, settings, "csat")
    return _share(found.get("good", 0), sum(found.values()))


def _nps(row: ReportRow, settings: Settings) -> FigureValue:
    found = _answers(row.tally, settings, "nps")
    score = net_promoters(found.get("good", 0), found.get("poor", 0), sum(found.values()))
    return FigureValue(score.score, score.n, score.low, score.high)


def _response(row: ReportRow, _settings: Settings) -> FigureValue:
    found = row.tally.beginning(m.SURVEY)
    asked = sum(count for name, count in found.items() if name != "not_asked")
    return _share(found.get("answered", 0), asked)


# -- what was made of calls ------------------------------------------------------------------------------


def _recorded(row: ReportRow, _settings: Settings) -> FigureValue:
    found = row.tally.beginning(m.RECORDING)
    wrong = sum(found.get(name, 0) for name in ("truncated", "garbled", "missing"))
    whole = found.get("stored", 0)
    return _share(max(0, whole - found.get("fault", 0)), whole + wrong)


def _transcribed(row: ReportRow, _settings: Settings) -> FigureValue:
    found = row.tally.beginning(m.TRANSCRIPT)
    return _share(found.get("done", 0), found.get("done", 0) + found.get("failed", 0))


def _masked(row: ReportRow, _settings: Settings) -> FigureValue:
    found = row.tally.beginning(m.REDACTION)
    good = found.get("clean", 0) + found.get("passed", 0)
    return _share(good, good + found.get("failed", 0))


def _mos(name: str) -> Compute:
    def compute(row: ReportRow, _settings: Settings) -> FigureValue:
        chart = row.tally.histogram(name)
        return FigureValue(float(chart.bins @ chart.counts) / 10 / chart.total if chart.total else None, chart.total)

    return compute


DEFINITIONS: tuple[Definition, ...] = (
    Definition("calls", "count", None, _count(m.CALLS)),
    Definition("offered", "count", None, _count(m.OFFERED)),
    Definition("answered", "count", "more", _count(m.OUTCOME + "answered")),
    Definition("abandoned", "count", "less", _count(m.OUTCOME + "abandoned")),
    Definition(
        "short_abandons", "count", None, lambda row, settings: FigureValue(_short(row, settings), _short(row, settings))
    ),
    Definition("flow_outs", "count", None, _count(*(m.OUTCOME + name for name in m.FLOW_OUTS))),
    Definition("lost", "count", "less", _count(m.OUTCOME + "lost")),
    Definition("service_level", "share", "more", service_level),
    Definition("abandoned_share", "share", "less", _abandoned_share),
    Definition("asa", "seconds", "less", _mean(m.WAIT_ANSWERED)),
    Definition("wait_median", "seconds", "less", _quantile(m.WAIT_ANSWERED, 0.5)),
    Definition("wait_p90", "seconds", "less", _quantile(m.WAIT_ANSWERED, 0.9)),
    Definition("abandoned_wait", "seconds", None, _mean(m.WAIT_ABANDONED)),
    Definition("patience", "seconds", None, patience),
    Definition("handled", "count", None, lambda row, _settings: FigureValue(*[row.tally.histogram(m.TALK).total] * 2)),
    Definition("aht", "seconds", None, _mean(m.HANDLED)),
    Definition("aht_median", "seconds", None, _quantile(m.HANDLED, 0.5)),
    Definition("aht_p90", "seconds", None, _quantile(m.HANDLED, 0.9)),
    Definition("talk", "seconds", None, _mean(m.TALK)),
    Definition("hold", "seconds", "less", _mean(m.HOLD)),
    Definition("wrap_up", "seconds", "less", _mean(m.WRAP)),
    Definition("transfers", "share", "less", _transfers),
    Definition("caller_hung_up", "share", None, _hung_up("caller")),
    Definition("agent_hung_up", "share", None, _hung_up("agent")),
    Definition("logged_in", "seconds", None, _logged_in),
    Definition("occupancy", "share", None, _occupancy),
    Definition("utilisation", "share", None, _utilisation),
    Definition("breaks_kept", "share", "more", _breaks),
    Definition("promises", "count", None, _count(m.PROMISES)),
    Definition("promises_kept", "share", "more", _kept),
    Definition("promises_broken", "count", "less", _count(m.PROMISE + "broken")),
    Definition("promise_wait", "seconds", "less", _quantile(m.PROMISE_WAIT, 0.5)),
    Definition("told_kept", "share", "more", _share_of(m.TOLD_KEPT, m.TOLD_KEPT, m.TOLD_BROKEN)),
    Definition("first_contact", "share", "more", first_contact("contact")),
    Definition("first_contact_number", "share", "more", first_contact("number")),
    Definition("first_contact_ticket", "share", "more", first_contact("ticket")),
    Definition("first_contact_topic", "share", "more", first_contact("topic")),
    Definition("repeats", "share", "less", _repeats),
    Definition("not_known_yet", "count", None, _too_young),
    Definition("anonymous", "count", None, _count(m.ANONYMOUS)),
    Definition("csat", "share", "more", _csat),
    Definition("nps", "score", "more", _nps),
    Definition("survey_response", "share", "more", _response),
    Definition("recorded", "share", "more", _recorded),
    Definition("transcribed", "share", "more", _transcribed),
    Definition("masked", "share", "more", _masked),
    Definition("mos_caller", "mos", "more", _mos(m.MOS_CALLER)),
    Definition("mos_agent", "mos", "more", _mos(m.MOS_AGENT)),
)
FIGURES: dict[str, Definition] = {each.name: each for each in DEFINITIONS}
