"""The facts of calls, promises, tickets and what happens now, as the API and the pages show them: dicts made of rows.

Reads rows of the rooms below and knows neither Flask nor pages, so that the command line, the demo, the API and the
pages show the same. Times are ISO 8601 in UTC, durations seconds as floats, what is not known (yet) is None.
"""
