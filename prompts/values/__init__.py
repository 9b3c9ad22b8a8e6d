"""How each language puts numbers, times and money together of recorded pieces: one small file a language."""
