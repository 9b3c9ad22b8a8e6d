"""Words of calls that go on: heard from the growing recording, shown on the floor, gone when the transcript is there."""
