"""Examples out of a model that follows a definition: it says what is asked and what is called.

What calls return is never the model's to say: they are carried out, or the draft ends there. A
draft is believed no further than the ladder of verification lets it.

The model is asked for one JSON object at a time, held to a schema where its door can do that:
first for a request, out of the definition and a fragment of real work; then, turn by turn, for the
agent's calls or its answer; and, where a part is about more than one request, for what the
developer says next.
"""

from __future__ import annotations

from tracemill.synth.generation.drafting import Job, Workbench, draft
from tracemill.synth.generation.metering import Meter, SpendingLimit, SpentError

__all__ = ["Job", "Meter", "SpendingLimit", "SpentError", "Workbench", "draft"]
