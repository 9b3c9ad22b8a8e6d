"""Planning: how many will call, how many agents that takes, and what a change of the plan would make of it."""
