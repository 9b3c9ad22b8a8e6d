"""What words become when nobody looks for secrets in them: turns, readable text, figures, vocabulary."""
