"""What people do with recordings: hold them, hear them, erase them; and the clock that ends them all."""
