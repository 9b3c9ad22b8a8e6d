"""What programs read: JSON documents made from rows, and the routes that serve them.

`documents` needs no Flask, so that the command line can read it: import `views` by its name.
"""
