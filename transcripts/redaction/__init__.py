"""Secrets in calls: found in words (`detect.py`), masked in text (`masks.py`) and in sound (`step.py`), proven gone."""
