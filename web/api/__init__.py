"""What programs read: JSON documents made from rows, and the routes that serve them."""
