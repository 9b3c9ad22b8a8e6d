"""The results of surveys as a table for spreadsheets: a line for each outcome and each answer of each group."""

from collections.abc import Iterator

from flask_babel import gettext as _

from ringback.spreadsheets import BOM, csv_line
from web.documents.facts import Document
from web.documents.surveys import BY
from web.labels import label
from web.survey.page import by_words, in_words, value_words


def lines(found: Document) -> Iterator[str]:
    """Line after line, the head first; shares in hundredths, empty where too few have answered."""
    head = [_("By"), _("Group"), _("Question"), _("Answer"), _("Answers"), _("Of")]
    yield BOM + csv_line([*head, _("Percent"), _("Percent at least"), _("Percent at most")])
    yield from _outcomes(_("All"), "", found["outcomes"])
    yield from _answers(_("All"), "", found["questions"])
    for name in BY:
        for group in found["groups"][name]:
            by, value = by_words(name), value_words(name, group["value"])
            yield from _outcomes(by, value, group["outcomes"])
            if group["answers"] is not None:
                yield from _answers(by, value, [group["answers"]])


def _outcomes(by: str, group: str, outcomes: Document) -> Iterator[str]:
    """Of those who were asked."""
    for name in ("answered", "silent", "hung_up", "opted_out"):
        yield csv_line([by, group, _("Outcome"), str(label("survey", name)), outcomes[name], outcomes["offered"]])


def _answers(by: str, group: str, questions: list[Document]) -> Iterator[str]:
    for question in questions:
        title = in_words(question["question"], question["questions"])
        for option in question["options"]:
            figures = [option[name] for name in ("share", "low", "high")]
            shares = [None if each is None else round(100 * each, 1) for each in figures]
            answer = in_words(option["label"], option["labels"])
            yield csv_line([by, group, title, answer, option["count"], option["n"], *shares])
