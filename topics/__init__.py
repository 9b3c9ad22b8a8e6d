"""What calls are about, taken together: topics over all calls, what each new call belongs to, and what is rising."""
