"""How results of scripted callers are printed: as a test runner does."""

import typer

from app.flow_tests.service import FlowTestResult, FlowTestResults


def show(found: FlowTestResults, *, verbose: bool) -> None:
    """A line for each test; of one that failed, what was expected where, and what happened step by step."""
    file = None
    for each in found.results:
        if each.script.file != file:
            file = each.script.file
            typer.echo(str(file))
        _show(each, verbose=verbose)
    passed, failed = len(found.results) - len(found.failed), len(found.failed)
    colour = typer.colors.RED if failed else typer.colors.GREEN
    told = f"{passed} passed" + (f", {failed} failed" if failed else "")
    typer.secho(f"{told} in {found.seconds:.2f} s", fg=colour)


def _show(each: FlowTestResult, *, verbose: bool) -> None:
    mark, colour = ("ok  ", typer.colors.GREEN) if each.passed else ("FAIL", typer.colors.RED)
    typer.secho(f"  {mark}", fg=colour, nl=False)
    typer.echo(f"  {each.script.test.name}")
    if each.passed and not verbose:
        return
    for wrong in each.outcome.wrong:
        place = f"{each.script.file}:{each.script.line_of(*wrong.way)}"
        typer.secho(f"        {place}: {wrong.what}", fg=typer.colors.RED)
    for step in each.outcome.happened:
        typer.echo(f"        {step.seconds:7.1f} s  {step.what}")
