"""Copies of an installation that outlive its machine: made while calls go on, proven, and put back."""
