"""The suite that every adapter inherits: each sentence of the contract is a test."""

from tests.contract_parts.faulty import Faulty
from tests.contract_parts.kindred import Kindred
from tests.contract_parts.lists import Lists
from tests.contract_parts.rewinds import Rewind
from tests.contract_parts.single import Single
from tests.contract_parts.stage import Kit, Stage, Watch, until
from tests.contract_parts.starts import Starts
from tests.contract_parts.tails import Tail
from tests.contract_parts.writes import Writes

__all__ = ["AdapterContract", "Kit", "Stage", "Watch", "until"]


class AdapterContract(Lists, Single, Writes, Starts, Tail, Rewind, Kindred, Faulty):
    """Runs against the demo's server, over real sockets; a subclass names its API.

    Where an API cannot do a thing, its tests are skipped; `Kit` has what else a subclass may say.
    """
