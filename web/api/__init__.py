"""What programs read and ask for over HTTP: the routes that serve `web.documents`, and the names the API had before.

The package imports none of them: the command line reads `old_names` without Flask.
"""
