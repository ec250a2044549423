"""What a person is told of what Dagu would not do, and of what it does besides."""

PART = "it is part of the run that started it, and Dagu stops and retries only that as a whole"
NOTHING_FAILED = "nothing of it has failed"
TAKEN = "it was taken from the queue, and Dagu keeps nothing of it"
FORGOTTEN = "Dagu keeps nothing of a run that is taken from its queue"
KEPT_STEPS = "a full retry is a new run; any other goes on within this one, and its logs begin anew"
