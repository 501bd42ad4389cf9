"""The commands: their arguments, their help, and the function that does the work of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ediport.cli.failures import guarded


class GuardedGroup(TyperGroup):
    """Runs every command so that it ends with an exit code, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        with guarded() as outcome:
            outcome.exit_code = super().invoke(ctx) or 0
        raise typer.Exit(outcome.exit_code)


class SplitBy(StrEnum):
    """How `translate` cuts transaction sets into documents."""

    none = "none"
    unit = "unit"


def _help(*paragraphs: str) -> str:
    """The help of a command; a docstring would keep its line breaks on the screen."""
    return "\n\n".join(paragraphs)


def _examples(*commands: str) -> str:
    """Commands to try, below the help of a command; typer keeps lines apart only with an empty one between."""
    return "\n\n".join(("[bold]Examples[/bold]", *(f"[cyan]{c}[/cyan]" for c in commands)))


app = typer.Typer(
    cls=GuardedGroup,
    name="ediport",
    help="Healthcare EDI (X12) to JSON and back, checked against its implementation guides.",
    epilog="FILE may be - for standard input. Exit codes: 0 good, 1 findings, 2 unreadable input or wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=True,
)

InputFile = Annotated[
    str, typer.Argument(metavar="FILE", help="The file to read, or - for standard input.")
]
OutputFile = Annotated[
    str,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        help="Where to write; the file appears whole or not at all.",
        show_default="standard output",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]
FirstNumber = Annotated[
    int,
    typer.Option(
        "--control-number",
        metavar="N",
        min=1,
        max=999_999_999,
        help="First control number of an envelope that we write.",
    ),
]
Guide = Annotated[
    str,
    typer.Argument(
        metavar="GUIDE", help="A guide: 837P, 835, 005010X222A1 ... (see: ediport guides)"
    ),
]


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from ediport.cli.version import version_line

        print(version_line())
        raise typer.Exit


@app.callback()
def ediport(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and whether the engine is compiled.",
        ),
    ] = False,
) -> None:
    """Healthcare EDI (X12) to JSON and back, checked against its implementation guides."""


@app.command(
    help=_help(
        "X12 to canonical JSON, one document a line.",
        "Keys are the names that the guide gives (see: ediport explain), values stay as they are, "
        "and nothing is lost: ediport build makes the same bytes again. What is wrong is counted "
        "on standard error; ediport validate shows it one by one.",
    ),
    rich_help_panel="Files",
    epilog=_examples(
        "ediport translate claims.x12 | jq .transaction",
        "ediport translate claims.x12 --split unit -o claims.ndjson",
        "zcat claims.x12.gz | ediport translate - > claims.ndjson",
    ),
)
def translate(
    file: InputFile,
    split: Annotated[
        SplitBy,
        typer.Option(
            help="none: a document a transaction set; unit: one a claim, payment or member."
        ),
    ] = SplitBy.none,
    output: OutputFile = "-",
) -> int:
    """X12 to canonical JSON, one document a line."""
    from ediport.cli.translate import translate_file

    return translate_file(file, split.value, output)


@app.command(
    help=_help(
        "Canonical JSON to X12: one document, or one a line.",
        "Counts, control numbers, hierarchy and what the guide leaves no choice about may be "
        "missing and are filled in. Documents that follow one another with the same envelope "
        "share it. The result is checked as ediport validate does; faults of the JSON are named "
        "with line and JSON pointer.",
    ),
    rich_help_panel="Files",
    epilog=_examples(
        "ediport build claims.ndjson -o claims.x12",
        "ediport build claim.json --partner summit-mutual",
        "ediport translate claims.x12 | ediport build - | cmp - claims.x12",
    ),
)
def build(
    file: InputFile,
    output: OutputFile = "-",
    partner: Annotated[
        str | None,
        typer.Option(
            metavar="P", help="Take ids, separators and versions from the agreement with P."
        ),
    ] = None,
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Home of the platform, where its agreements are."),
    ] = None,
    first_number: FirstNumber = 1,
) -> int:
    """Canonical JSON to X12: one document, or one a line."""
    from ediport.cli.build import build_file

    return build_file(file, output, partner=partner, home=home, first_number=first_number)


@app.command(
    help=_help(
        "Check X12 against its guide: every finding with its place, rule and reason.",
        "A place is the number of the segment in the file, the loops it is in, and the element: "
        "segment 23 2000A/2000B/2300 CLM05-03. Values are not shown, for they may be PHI. The "
        "verdict on each interchange and transaction set stands at the end.",
    ),
    rich_help_panel="Files",
    epilog=_examples(
        "ediport validate claims.x12",
        "ediport validate claims.x12 --second-opinion",
        "ediport validate claims.x12 --json | jq -c 'select(.severity == \"error\")'",
    ),
)
def validate(
    file: InputFile,
    as_json: AsJson = False,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show the values that are wrong; they may be PHI.")
    ] = False,
    second_opinion: Annotated[
        bool,
        typer.Option(
            "--second-opinion", help="Ask pyx12 too, and report where it judges otherwise."
        ),
    ] = False,
) -> int:
    """Check X12 against its guide: every finding with its place, rule and reason."""
    from ediport.cli.validate import validate_file

    return validate_file(
        file, as_json=as_json, show_values=show_values, with_second_opinion=second_opinion
    )


@app.command(
    help=_help(
        "Answer X12 with its acknowledgments: TA1 and 999.",
        "There is an answer to everything that has an interchange header, also to guides that are "
        "not there.",
    ),
    rich_help_panel="Files",
    epilog=_examples("ediport ack claims.x12", "ediport ack claims.x12 -o claims.999"),
)
def ack(
    file: InputFile,
    output: OutputFile = "-",
    first_number: FirstNumber = 1,
) -> int:
    """Answer X12 with its acknowledgments: TA1 and 999."""
    from ediport.cli.ack import acknowledge_file

    return acknowledge_file(file, output, first_number)


@app.command(
    rich_help_panel="Guides",
    epilog=_examples("ediport guides", "ediport guides --json | jq -r .guide"),
)
def guides(as_json: AsJson = False) -> int:
    """List the implementation guides that are there."""
    from ediport.cli.guides import list_guides

    return list_guides(as_json=as_json)


@app.command(
    rich_help_panel="Guides",
    epilog=_examples("ediport schema 837P -o 837P.schema.json"),
)
def schema(guide: Guide, output: OutputFile = "-") -> int:
    """Print the JSON Schema (2020-12) of a guide's documents."""
    from ediport.cli.guides import print_schema

    return print_schema(guide, output)


@app.command(
    help=_help(
        "Show a guide as a tree, or one place in it with its elements and codes.",
        "A place is named by the end of its path. Where several have the same name, they are "
        "listed.",
    ),
    rich_help_panel="Guides",
    epilog=_examples(
        "ediport explain 837P --loops",
        "ediport explain 837P 2300/CLM",
        "ediport explain 837P CLM05-03",
        "ediport explain 837P '2300/REF[G1]' --json",
    ),
)
def explain(
    guide: Guide,
    path: Annotated[
        str,
        typer.Argument(
            metavar="PATH",
            show_default=False,
            help="A loop, segment or element; the end of its path is enough: 2010AA, 2300/CLM, CLM05, REF[G1].",
        ),
    ] = "",
    loops: Annotated[bool, typer.Option("--loops", help="Show the loops only.")] = False,
    as_json: AsJson = False,
) -> int:
    """Show a guide as a tree, or one place in it with its elements and codes."""
    from ediport.cli.explain import explain_guide

    return explain_guide(guide, path, loops_only=loops, as_json=as_json)


@app.command(
    help=_help(
        "Run the whole platform on this machine with sample claims and a simulated payer.",
        "Claims go out as X12 and their answers come back as JSON, while you watch; a table at "
        "the end says what became of each. Without a terminal it ends by itself, as with --once.",
    ),
    rich_help_panel="Platform",
    epilog=_examples("ediport demo", "ediport demo --once --home ./demo"),
)
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End when every claim has its final state.")
    ] = False,
    home: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where it keeps its files.", show_default="a folder of its own"
        ),
    ] = None,
) -> int:
    """Run the whole platform on this machine with sample claims and a simulated payer."""
    from ediport.cli.platform import run_demo

    return run_demo(once=once, home=home)


@app.command(rich_help_panel="Platform", epilog=_examples("ediport up --home ./ediport-home"))
def up(
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where it keeps its files.", show_default="EDIPORT_HOME"),
    ] = None,
) -> int:
    """Run the platform on this machine: bridge, translator, API and queues."""
    from ediport.cli.platform import run_up

    return run_up(home=home)
