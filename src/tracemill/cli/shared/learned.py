"""What can be learned from an episode, as commands print it."""

from tracemill.base.text import counted
from tracemill.cli.shared.output import write
from tracemill.records.work.learning import LearningEpisode


def show_learned(found: LearningEpisode, *, is_blind: bool = False) -> None:
    """Print what the record tells of the work, each text with its place; blind, no outcome."""
    parts = {
        "Problem": found.problem,
        "Context": found.context,
        "Thinking": found.thought_process,
        "Approach": found.solution_approach,
        "Steps": found.implementation_steps,
        "Validation": found.validation,
    }
    if not is_blind:
        parts["Outcome"] = found.outcome_words
    for title, words in parts.items():
        write(f"\n{title}" if words else f"\n{title}\n  unknown")
        for each in words:
            step = each.source.id if each.source.step is None else f"step {each.source.step}"
            write(f"  {each.text}  ({each.origin}, {step})")
    seen = found.thinking
    if seen.thinking is not None and seen.words is not None:
        stored, worded = f"{seen.thinking:.0%}", f"{seen.words:.0%}"
        write(f"\nOf {counted(seen.steps, 'step')}, {stored} keep their thinking, {worded} say why")
