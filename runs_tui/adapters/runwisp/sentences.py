"""What a person is told of what RunWisp would not do, and of what it does besides."""

QUEUED = "RunWisp cannot stop a queued run: it can be stopped as soon as it runs"
SERVICE = "it is a run of a service, which starts its runs by itself"
NOT_BY_HAND = "its task may not be started by hand"
REFILLED = "the service starts another run in its place"
STARTED_ANEW = "a new run is started; its parameters are the same unless you change them"
NOT_RETRIED = "a run that was stopped is not retried by itself"
