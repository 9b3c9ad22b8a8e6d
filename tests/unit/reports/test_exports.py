"""Reports as files, read back by other libraries than wrote them."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfReader

from reports import measures as m
from reports.asking import By, Interval, times_of
from reports.exports import document, lines, workbook
from reports.exports.table import ReportTable
from reports.figures import FIGURES, FigureValue
from reports.service import ReportRow
from reports.tally import Tally
from ringback.config import Settings
from web.documents.report_tables import table_of
from web.documents.report_views import ReportRange, view_of
from web.documents.report_words import days_words, time_words
from web.documents.reports import ReportDocument, ReportLine, columns_of, figures_of_row
from web.i18n import LANGUAGES

SETTINGS = Settings(timezone="Europe/Moscow")
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
FORMULAS = ("=cmd|' /C calc'!A0", "+7", "-1", "@SUM(A1)", "\t=1", "＝1", "http://evil.example", "<img src=x>")


def sum_of(answered: int, late: int = 0, abandoned: int = 0) -> Tally:
    tally = Tally()
    tally.add(m.OFFERED, answered + late + abandoned)
    tally.add(m.OUTCOME + "answered", answered + late)
    tally.add(m.OUTCOME + "abandoned", abandoned)
    for seconds, count in ((10.0, answered), (65.5, late)):
        for _ in range(count):
            tally.spend(m.WAIT_ANSWERED, seconds)
    for _ in range(abandoned):
        tally.spend(m.WAIT_ABANDONED, 30.0)
    return tally


def table(
    interval: Interval = "day",
    sums: dict[tuple[int, str], Tally] | None = None,
    *,
    by: By = "total",
    figures: Sequence[str] = ("service_level", "offered", "asa"),
    language: str = "en",
    zone: str = "Europe/Moscow",
    title: str = "Line",
    days: tuple[date, date] = (date(2026, 10, 24), date(2026, 10, 26)),
    settings: Settings = SETTINGS,
) -> ReportTable:
    """Of sums by time and value, as the pages have them."""
    sums = {(0, ""): sum_of(8, 2), (1, ""): sum_of(3), (2, ""): sum_of(12, 3, 5)} if sums is None else sums
    house, total = ZoneInfo(settings.timezone), Tally()
    for each in sums.values():
        total.merge(each)
    chosen = {"since": str(days[0]), "until": str(days[1]), "interval": interval, "by": by}
    view = view_of("line", chosen | {"figures": ",".join(figures)}, settings, days[1], ReportRange())
    times = times_of(view.asked, house)

    def line(time: int, value: str, tally: Tally) -> ReportLine:
        cells = figures_of_row(ReportRow(time, value, tally, tally), figures, settings)
        label = time_words(times[time], view.asked, house, language) if interval != "all" else ""
        return ReportLine(times[time], label, value, value, False, True, cells)

    document = ReportDocument(
        view=view,
        title="Waiting line",
        period=days_words(*days, language),
        zone=settings.timezone,
        compared_with="",
        columns=columns_of(figures, settings, language),
        rows=tuple(line(time, value, each) for (time, value), each in sorted(sums.items())),
        total=line(0, "", total),
        notes=("Not all of it.",),
        is_empty=not sums,
    )
    return table_of(document, title, settings, language, ZoneInfo(zone), NOW)


def by_queue(names: Sequence[str], language: str = "en") -> ReportTable:
    return table("all", {(0, name): sum_of(11) for name in names}, by="queue", language=language)


def sheets(made: ReportTable) -> tuple[Worksheet, Worksheet]:
    first, second = load_workbook(io.BytesIO(workbook.as_xlsx(made))).worksheets
    return first, second


def texts(made: ReportTable) -> list[str]:
    pages = PdfReader(io.BytesIO(document.as_pdf(made, NOW))).pages
    return [page.extract_text() for page in pages]


def test_a_spreadsheet_gets_dates_shares_and_durations_it_can_go_on_with() -> None:
    sheet, _ = sheets(table())
    day, share, n, low, high, offered, asa = (sheet.cell(2, at) for at in range(1, 8))
    assert day.value == datetime(2026, 10, 24)
    assert day.number_format == "dd.mm.yyyy"
    assert (share.value, share.number_format, n.value) == (0.8, "0.0%", 10)
    assert low.value < 0.8 < high.value
    assert offered.value == 10
    assert asa.value == timedelta(seconds=21.1)
    assert asa.number_format == "[h]:mm:ss"


def test_a_share_of_too_few_is_an_empty_cell_that_no_mean_counts() -> None:
    sheet, _ = sheets(table())
    assert [sheet.cell(3, at).value for at in (2, 3, 4)] == [None, 3, None]


def test_headings_stay_in_sight_carry_their_rule_and_the_total_is_outside_of_the_filter() -> None:
    sheet, rules = sheets(table(language="ru"))
    assert sheet.freeze_panes == "B2"
    assert sheet["B1"].value == "Уровень обслуживания"
    rule = FIGURES["service_level"].rule(SETTINGS).worded("ru")
    assert sheet["B1"].comment is not None
    assert sheet["B1"].comment.text == rule
    assert rule in [cell.value for cell in rules["B"]]
    assert (sheet.auto_filter.ref, sheet["A5"].value) == ("A1:G4", "Всего")


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_becomes_a_formula_a_link_or_another_cell(name: str) -> None:
    made = by_queue([name])
    cell = sheets(made)[0]["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value == name.strip()
    written = list(csv.reader(io.StringIO(lines.as_csv(made).removeprefix("\ufeff"))))[1]
    assert not written[0].startswith(("=", "+", "-", "@", "\t", "＝"))


def test_a_name_over_lines_is_one_line_on_paper() -> None:
    assert "first second" in "".join(texts(by_queue(["first\nsecond"])))


def test_a_negative_number_is_no_formula_and_a_text_like_one_is_guarded() -> None:
    found = lines.csv_line([-12.5, -3, "-12.5"])
    assert found == "-12.5,-3,'-12.5\r\n"


def test_csv_has_seconds_parts_of_one_and_iso_days() -> None:
    heads, first, *_, last = csv.reader(io.StringIO(lines.as_csv(table()).removeprefix("\ufeff")))
    assert heads[:3] == ["Day", "Service level, 0 to 1", "Service level: number"]
    assert first[:3] == ["2026-10-24", "0.8", "10"]
    assert first[-1] == "21.1"
    assert last[0] == "Total"


def test_hours_are_told_in_the_readers_zone_and_days_in_that_of_the_house() -> None:
    hourly = table("hour", {(0, ""): sum_of(1)}, zone="Asia/Vladivostok")
    assert hourly.rows[0].begins == datetime(2026, 10, 24, 7, tzinfo=ZoneInfo("Asia/Vladivostok"))
    assert "Vladivostok" in hourly.notes[0]
    daily = table(zone="Asia/Vladivostok")
    assert daily.rows[0].begins == datetime(2026, 10, 24, tzinfo=MOSCOW)
    assert "Moscow" in daily.notes[0]


def test_where_the_clock_goes_back_both_hours_are_in_the_file() -> None:
    berlin = Settings(timezone="Europe/Berlin")
    sums = {(at, ""): sum_of(1) for at in range(25)}
    day = date(2026, 10, 25)
    made = table("hour", sums, figures=["offered"], zone="Europe/Berlin", days=(day, day), settings=berlin)
    begins = [row.begins for row in made.rows]
    assert len(begins) == 25
    told = [line.split(",")[0] for line in lines.as_csv(made).splitlines()]
    assert told[3:5] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_shows_title_figures_total_and_rules_in_the_readers_language(language: str) -> None:
    made = table(language=language, title={"en": "Line", "ru": "Линия — «ёж»"}[language])
    told = " ".join("".join(texts(made)).split())
    wanted = [made.title, made.period, made.total.label, made.shown(FigureValue(None, 3), "share")]
    wanted += [column.title for column in made.columns]
    wanted += [column.rule.split(",")[0] for column in made.columns]
    for words in wanted:
        assert words.replace("\u00a0", " ") in told.replace("\u00a0", " "), words


def test_a_long_table_goes_over_pages_with_its_headings_and_says_what_it_leaves_out() -> None:
    month = (date(2026, 10, 1), date(2026, 10, 31))
    made = table("hour", {(at, ""): sum_of(1) for at in range(520)}, figures=["offered"], days=month)
    pages = texts(made)
    assert len(pages) > 5
    assert all("Offered" in page for page in pages)
    assert "20 more rows" in "".join(pages)
    assert sheets(made)[0].max_row == 522


def test_paper_is_a4_and_holds_no_program_and_no_address() -> None:
    content = document.as_pdf(by_queue(["http://evil.example"]), NOW)
    page = PdfReader(io.BytesIO(content)).pages[0]
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [210, 297]
    assert not re.search(rb"/JavaScript|/URI|/Launch|/EmbeddedFile", content)


@pytest.mark.parametrize("interval", ["weekday", "hour_of_day", "week_hours", "week", "month", "year", "all", "half"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_interval_has_words_for_its_times(interval: Interval, language: str) -> None:
    made = table(interval, {(0, ""): sum_of(12)}, language=language)
    assert bool(made.time_title) == (interval != "all")
    assert bool(made.rows[0].label) == (interval != "all")
    assert workbook.as_xlsx(made)[:2] == b"PK"
    assert len(lines.as_csv(made).splitlines()) == 3


def test_a_report_of_nothing_is_a_file_with_nothing_in_it() -> None:
    made = table(sums={}, figures=list(FIGURES)[:20])
    assert "Total" in "".join(texts(made))
    assert sheets(made)[0].max_row == 2
    assert lines.as_csv(made).count("\n") == 2
