"""Words around an answer, by language: they say nothing about which option is meant. Data alone."""

COURTESY = {
    "en": frozenset(
        """please i i'd id would like want need to the a an my for about it's its is um uh er hmm oh well ok okay so
        number option press key yeah hi hello with get give me can could have you some question""".split()
    ),
    "ru": frozenset(
        """пожалуйста мне нужно нужна нужен нужны надо хочу хотел хотела бы я у меня мой моя мое по про о об на насчет
        ну вот это э эм так да здравствуйте добрый день номер цифра кнопка нажать нажмите вопрос можно с""".split()
    ),
}
"""Taken off an answer before it is compared, unless nothing is left then."""
SMALL_TALK = {
    language: tuple(map(str.strip, said.split("|")))
    for language, said in {
        "en": """please | I would like to | I want | I need | number | press | hello | good morning | what did you say |
        I do not understand | wait a moment | can you hear me | thank you | my name is | today""",
        "ru": """пожалуйста | мне нужно | мне нужен | мне нужна | я хочу | цифра | номер | алло | здравствуйте |
        доброе утро | что вы сказали | я не понимаю | подождите | одну минуту | вы меня слышите | спасибо |
        меня зовут | сегодня""",
    }.items()
}
"""What people say on the phone who answer nothing: a recogniser that may hear this besides the menu takes it for what
it is, and not for the option that sounds nearest."""
