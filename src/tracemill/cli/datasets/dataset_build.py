"""`tracemill dataset build` and `dataset recipes`: datasets by recipe."""

from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.funnel import show_funnel
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.flows.deriving.recipes import build_by_recipe, list_recipes
from tracemill.flows.wheel.turn import Options
from tracemill.records.datasets.recipes import DEFAULT_NAME


def build_dataset(
    recipe: str = DEFAULT_NAME,
    /,
    *,
    workers: int = 1,
    executor: str = "local",
    address: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Build a dataset version by a recipe, out of everything that was read.

    The same store and recipe give the same version; one that is there already is left as it is.

    Parameters
    ----------
    recipe
        A recipe that comes with the program, or a TOML file; `dataset recipes` lists them.
    workers
        Processes to use.
    executor
        Where to run: local or ray.
    address
        Address of a running Ray cluster.
    """
    workspace = common.open()
    options = Options(workers=workers, executor=executor, address=address)
    built = build_by_recipe(workspace, recipe, lambda: options.make(workspace, 0))
    version = built.version
    next_steps = [
        f"tracemill dataset show {version.name}",
        f"tracemill dataset check {version.name}",
    ]
    if not answer("built", built, common, next_steps=next_steps):
        show_funnel(version.funnel)
        counts("Examples", version.n_examples)
        counts("Left out", version.drops)
        failed = sorted(check.name for check in version.checks if check.verdict == "fail")
        if failed:
            write(f"{'Failed':<12} {', '.join(failed)}")
        write(f"{'Dataset':<12} {built.folder}{'' if built.is_new else '  (as before)'}")
        hint(f"next: {'; '.join(next_steps)}", common)
    return EXIT_DONE


def recipes_dataset(
    name: str | None = None,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the recipes that come with the program, or print one, to begin one of your own.

    Parameters
    ----------
    name
        The recipe to print.
    """
    listed = list_recipes(name)
    if answer("recipes", listed, common, next_steps=["tracemill dataset build RECIPE"]):
        return EXIT_DONE
    width = max(len(recipe.name) for recipe in listed.recipes)
    for recipe in listed.recipes:
        write(f"{recipe.name:<{width}}  {recipe.about}" if name is None else recipe.text.rstrip())
    hint("next: tracemill dataset recipes NAME > mine.toml, and: dataset build mine.toml", common)
    return EXIT_DONE
