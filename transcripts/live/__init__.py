"""Words of calls that go on: heard from the growing recording, gone when the transcript is there."""
