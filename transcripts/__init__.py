"""From the sound of a call to words that can be read, found and trusted. Each part knows only those above it:

    errors, models, stages    rows that every part knows, and how a stage of the work is claimed, made and set aside
    engines/                  models and recognisers: sound in, words with their times out
    text/                     words to turns, readable text, figures of a talk, vocabulary
    redaction/                secrets found in words, masked in text and sound, and the proof of it
    pipeline/                 what puts it together: recognise, build, correct, make again, remove originals
    search/ live/ exports/    what reads it: the index, calls that go on, files for others

The contract in `pyproject.toml` holds this order.
"""
