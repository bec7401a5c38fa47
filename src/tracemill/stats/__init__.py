"""Stats: what a difference between counts is worth, for every room that compares.

Pure functions of numbers, standard library only. Nothing here knows a record, reads a clock or
draws without a generator that it is given. Each function names the paper or book that it follows,
and is compared with scipy on random cases in `tests/stats/`.
"""

from typing import TYPE_CHECKING

from tracemill.base.loading import front

if TYPE_CHECKING:
    from tracemill.stats.arms import (
        Unit,
        arm_scores,
        arms_evidence,
        arms_power,
        arms_sequence,
        units_needed,
    )
    from tracemill.stats.bootstrap import bootstrap_interval
    from tracemill.stats.corrections import benjamini_hochberg, holm
    from tracemill.stats.intervals import Interval, clopper_pearson, shares_interval, wilson
    from tracemill.stats.paired import clustered_interval, mcnemar, paired_interval
    from tracemill.stats.permutation import arms_permuted, sign_flip, signs_drawn
    from tracemill.stats.power import (
        cases_needed,
        chance_of_false_alarm,
        fisher_power,
        paired_power,
        shares_needed,
        smallest_effect,
    )
    from tracemill.stats.sequential import (
        Side,
        bounded_sequence,
        confidence_sequence,
        e_value,
    )
    from tracemill.stats.tables import fisher_exact
    from tracemill.stats.verdicts import Verdict, is_not_worse, judge

__all__ = [
    "Interval",
    "Side",
    "Unit",
    "Verdict",
    "arm_scores",
    "arms_evidence",
    "arms_permuted",
    "arms_power",
    "arms_sequence",
    "benjamini_hochberg",
    "bootstrap_interval",
    "bounded_sequence",
    "cases_needed",
    "chance_of_false_alarm",
    "clopper_pearson",
    "clustered_interval",
    "confidence_sequence",
    "e_value",
    "fisher_exact",
    "fisher_power",
    "holm",
    "is_not_worse",
    "judge",
    "mcnemar",
    "paired_interval",
    "paired_power",
    "shares_interval",
    "shares_needed",
    "sign_flip",
    "signs_drawn",
    "smallest_effect",
    "units_needed",
    "wilson",
]

__getattr__ = front(
    __name__,
    {
        "Interval": "intervals",
        "Side": "sequential",
        "Unit": "arms",
        "Verdict": "verdicts",
        "arm_scores": "arms",
        "arms_evidence": "arms",
        "arms_permuted": "permutation",
        "arms_power": "arms",
        "arms_sequence": "arms",
        "benjamini_hochberg": "corrections",
        "bootstrap_interval": "bootstrap",
        "bounded_sequence": "sequential",
        "cases_needed": "power",
        "chance_of_false_alarm": "power",
        "clopper_pearson": "intervals",
        "clustered_interval": "paired",
        "confidence_sequence": "sequential",
        "e_value": "sequential",
        "fisher_exact": "tables",
        "fisher_power": "power",
        "holm": "corrections",
        "is_not_worse": "verdicts",
        "judge": "verdicts",
        "mcnemar": "paired",
        "paired_interval": "paired",
        "paired_power": "power",
        "shares_interval": "intervals",
        "shares_needed": "power",
        "sign_flip": "permutation",
        "signs_drawn": "permutation",
        "smallest_effect": "power",
        "units_needed": "arms",
        "wilson": "intervals",
    },
)
