"""What the system before Ringback knew of its calls: read from its files, kept beside our own, undone whole.

`files.py` reads lines of any file safely; `queue_log.py`, `cdr.py` and `table.py` make visits of them
(`records.py`), pure; `names.py` says who is meant; `service.py` brings them into the store, takes them back, and
answers what reports, forecasts and the expected wait ask of them.
"""
