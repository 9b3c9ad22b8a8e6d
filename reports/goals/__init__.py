"""Goals: what a figure is to be by a day, how far it is, and whether it was."""
