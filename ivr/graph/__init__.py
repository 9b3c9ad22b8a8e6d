"""The way of callers through a line as a picture: what there is, where it stands, and how it is written down."""
