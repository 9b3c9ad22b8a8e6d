"""The sentences that Ringback itself writes on tickets, in the language of the call.

Pure: facts in, text out. English stands in for a language that has no sentences yet.
"""

_PHRASES: dict[str, dict[str, str]] = {
    "en": {
        "no_choice": "Call without a choice",
        "opened": "Opened by a call from {who} to line {line}.",
        "opened_callback": "Opened by a promise to call {who} back; asked for on line {line}.",
        "kept": "The promised call: {who} was called back.",
        "took_back": "{who} called in before the promised call was made.",
        "redialled": "{who} was cut off while waiting and called again.",
        "nobody": "an unknown number",
        "served": "The call was answered by {agent}.",
        "abandoned": "The caller hung up while waiting.",
        "left": "The caller hung up before joining the line.",
        "promised": "The caller was promised a call back.",
        "message": "The caller left a message.",
        "closed": "The caller found us closed.",
        "pbx_lost": "The telephone system went down during the call.",
        "failed": "The call failed.",
        "other": "The call ended ({result}).",
        "length": "It lasted {length}.",
        "waited": "The caller waited {length}.",
        "talked": "They talked for {length}.",
        "path": "Choices: {path}.",
        "answer": "{question} - {label}",
        "transcript": "Transcript ready ({model}). Turns: {turns}, words: {words}.",
        "transcript_empty": "Transcript ready ({model}): nobody spoke.",
        "began": "The caller began: \"{text}\"",
        "masked_card": "card",
        "masked_code": "security code",
        "masked_expiry": "card's date",
        "masked_phone": "phone",
        "masked_email": "email",
        "masked_name": "name",
        "erased": "Erased.",
    },
    "ru": {
        "no_choice": "Звонок без выбора",
        "opened": "Открыто звонком с номера {who} на линию {line}.",
        "opened_callback": "Открыто обещанием перезвонить на номер {who}; просьба оставлена на линии {line}.",
        "kept": "Обещанный звонок: на номер {who} перезвонили.",
        "took_back": "С номера {who} позвонили сами, не дождавшись обещанного звонка.",
        "redialled": "Ожидание с номера {who} прервалось, и клиент позвонил снова.",
        "nobody": "неизвестный номер",
        "served": "На звонок ответил оператор {agent}.",
        "abandoned": "Звонивший повесил трубку, не дождавшись ответа.",
        "left": "Звонивший повесил трубку до постановки в очередь.",
        "promised": "Звонившему обещали перезвонить.",
        "message": "Звонивший оставил сообщение.",
        "closed": "Звонивший попал в нерабочее время.",
        "pbx_lost": "Во время звонка отказала телефонная станция.",
        "failed": "Звонок не удался.",
        "other": "Звонок завершён ({result}).",
        "length": "Длительность: {length}.",
        "waited": "Ожидание: {length}.",
        "talked": "Разговор: {length}.",
        "path": "Выбор в меню: {path}.",
        "answer": "{question} - {label}",
        "transcript": "Расшифровка готова ({model}). Реплик: {turns}, слов: {words}.",
        "transcript_empty": "Расшифровка готова ({model}): никто не говорил.",
        "began": "Звонивший начал так: «{text}»",
        "masked_card": "карта",
        "masked_code": "код карты",
        "masked_expiry": "срок карты",
        "masked_phone": "телефон",
        "masked_email": "почта",
        "masked_name": "имя",
        "erased": "Удалено.",
    },
}  # fmt: skip


def say(language: str, phrase: str, **facts: object) -> str:
    """The phrase in `language`. Facts are put in as they are: what shows them escapes them."""
    words = _PHRASES.get(language, _PHRASES["en"])
    return words[phrase].format(**facts)


def outcome(language: str, result: str | None, agent: str | None) -> str:
    """How a call ended, in one sentence."""
    known = result in ("served", "promised", "message", "abandoned", "left", "closed", "pbx_lost", "failed")
    return say(language, str(result) if known else "other", agent=agent or "-", result=result or "-")


def clock(seconds: float) -> str:
    """1:05 for 65 seconds."""
    whole = max(0, round(seconds))
    minutes = f"{whole // 60 % 60:02}" if whole >= 3600 else str(whole // 60)
    hours = f"{whole // 3600}:" if whole >= 3600 else ""
    return f"{hours}{minutes}:{whole % 60:02}"
