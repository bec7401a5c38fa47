"""Options of commands that ask a model many times: what that may cost."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.synth.generation import SpendingLimit

_AtLeastOne = Annotated[int | None, Parameter(validator=Number(gt=0))]
_AboveNothing = Annotated[float | None, Parameter(validator=Number(gt=0))]


@Parameter(name="*")
@dataclass(frozen=True)
class Bounds:
    """What may be spent, in this run and in those that it goes on from."""

    max_requests: _AtLeastOne = None
    """Questions to the model."""
    max_total_tokens: _AtLeastOne = None
    """Tokens of questions and answers together."""
    max_usd: _AboveNothing = None
    """Money, by the two prices."""
    price_in: Annotated[float | None, Parameter(validator=Number(gte=0))] = None
    """US dollars for a million tokens that are asked."""
    price_out: Annotated[float | None, Parameter(validator=Number(gte=0))] = None
    """US dollars for a million tokens that are answered."""
    per_minute: _AboveNothing = None
    """Questions in a minute, at most."""

    def spending(self) -> SpendingLimit:
        """Return them as what a meter takes."""
        return SpendingLimit(
            self.max_requests,
            self.max_total_tokens,
            self.max_usd,
            self.per_minute,
            self.price_in,
            self.price_out,
        )
