"""Figures and times of reports as people read them, in their language: for pages, files and mails alike."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_decimal, format_percent

from reports.asking import Asked, By, Interval, Time
from reports.figures import FigureValue, Unit
from ringback.messages import Message, message
from survey.figures import FEWEST
from web.documents.report_views import Period

NOTHING = "–"


def value_words(figure: FigureValue, unit: Unit, language: str) -> str:
    """What a cell says; a share of too few is told as how few there are."""
    if figure.value is None:
        few = unit in ("share", "score") and 0 < figure.n < FEWEST
        return message("web.reports_few", fewest=FEWEST).worded(language) if few else NOTHING
    return amount(figure.value, unit, language)


def amount(value: float, unit: Unit, language: str) -> str:
    """A value with its unit: 1,204; 82 %; 1:05; 4.2."""
    match unit:
        case "count":
            return str(format_decimal(round(value), locale=language))
        case "share":
            return str(format_percent(round(value, 3), format="#,##0.#\u00a0%", locale=language))
        case "seconds":
            return clock_words(value)
        case "hours":
            return str(format_decimal(round(value, 1), locale=language))
        case "score":
            return str(format_decimal(round(value), locale=language))
        case _:
            return str(format_decimal(round(value, 1), format="0.0", locale=language))


def clock_words(seconds: float) -> str:
    """0:07, 12:40, 31:02:03."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def interval_words(figure: FigureValue, unit: Unit, language: str) -> str:
    """Between what the true value lies; empty: there is none."""
    if figure.low is None or figure.high is None:
        return ""
    if unit == "share":
        low, high = (format_decimal(round(100 * each), locale=language) for each in (figure.low, figure.high))
    else:
        low, high = (amount(each, unit, language) for each in (figure.low, figure.high))
    return message("web.reports_between", low=low, high=high).worded(language)


def by_title(by: By) -> Message:
    return {
        "total": message("web.reports_by_total"),
        "queue": message("web.reports_by_queue"),
        "line": message("web.reports_by_line"),
        "agent": message("web.reports_by_agent"),
        "menu": message("web.reports_by_menu"),
        "topic": message("web.reports_by_topic"),
        "language": message("web.reports_by_language"),
        "disposition": message("web.reports_by_disposition"),
    }[by]


def interval_title(interval: Interval) -> Message:
    return {
        "quarter": message("web.reports_each_quarter"),
        "half": message("web.reports_each_half"),
        "hour": message("web.reports_each_hour"),
        "day": message("web.reports_each_day"),
        "week": message("web.reports_each_week"),
        "month": message("web.reports_each_month"),
        "year": message("web.reports_each_year"),
        "all": message("web.reports_each_all"),
        "weekday": message("web.reports_each_weekday"),
        "hour_of_day": message("web.reports_each_hour_of_day"),
        "week_hours": message("web.reports_each_week_hours"),
    }[interval]


def period_title(period: Period) -> Message:
    return {
        "today": message("web.reports_in_today"),
        "yesterday": message("web.reports_in_yesterday"),
        "this_week": message("web.reports_in_this_week"),
        "last_week": message("web.reports_in_last_week"),
        "this_month": message("web.reports_in_this_month"),
        "last_month": message("web.reports_in_last_month"),
        "this_quarter": message("web.reports_in_this_quarter"),
        "last_quarter": message("web.reports_in_last_quarter"),
        "this_year": message("web.reports_in_this_year"),
        "last_year": message("web.reports_in_last_year"),
    }[period]


# -- times -----------------------------------------------------------------------------------------------


def days_words(since: date, until: date, language: str) -> str:
    """From the first day to the last one."""
    last = format_date(until, "d MMM y", locale=language)
    if since == until:
        return str(last)
    first = format_date(since, "d MMM" if since.year == until.year else "d MMM y", locale=language)
    return f"{first} – {last}"


def moment_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    return str(format_datetime(at.astimezone(zone), "d MMM y, HH:mm", tzinfo=zone, locale=language))


def time_words(time: Time, asked: Asked, zone: ZoneInfo, language: str) -> str:
    """A row's time."""
    begins, ends = time.begins.astimezone(zone), time.ends.astimezone(zone)
    match asked.interval:
        case "quarter" | "half" | "hour":
            pattern = "HH:mm" if asked.since == asked.until else "d MMM HH:mm"
            return str(format_datetime(begins, pattern, tzinfo=zone, locale=language))
        case "day":
            pattern = "EEE d MMM" if asked.since.year == asked.until.year else "EEE d MMM y"
            return str(format_date(begins.date(), pattern, locale=language))
        case "month":
            words = str(format_date(begins.date(), "LLLL y", locale=language))
            return words[:1].upper() + words[1:]
        case "year":
            return str(begins.year)
        case "weekday":
            return weekday_words(int(time.name), language)
        case "hour_of_day":
            return hour_words(int(time.name))
        case "week_hours":
            day, _, hour = time.name.partition(" ")
            return f"{weekday_words(int(day), language, short=True)} {hour_words(int(hour))}"
    return days_words(begins.date(), (ends - timedelta(seconds=1)).date(), language)


def hour_words(hour: int) -> str:
    return f"{hour:02}:00"


def weekday_words(day: int, language: str, short: bool = False) -> str:
    """Monday is 0."""
    words = str(get_day_names("abbreviated" if short else "wide", "stand-alone", locale=language)[day])
    return words[:1].upper() + words[1:]
