"""The tree of commands as a table: each with its place in the help, its words and its usage."""

from collections.abc import Mapping
from typing import Final

from cyclopts import Group

_START: Final = Group.create_ordered("Start here")
_COLLECT: Final = Group.create_ordered("Collect")
_LOOK: Final = Group.create_ordered("Look")
_REVIEW: Final = Group.create_ordered("Review")
_LEARN: Final = Group.create_ordered("Learn")
_DATASETS: Final = Group.create_ordered("Datasets")
_MODELS: Final = Group.create_ordered("Models")
_PRIVACY: Final = Group.create_ordered("Privacy")
_MAINTAIN: Final = Group.create_ordered("Maintain")


_RUN: Final = """\
Read what is new, link, label and build: one turn of the wheel.

Without SOURCES it finds the sessions on this machine and the repositories in which they ran; \
where there are none, and nothing was read before, it uses the bundled example history and says \
so."""
COMMANDS: Final[Mapping[Group, Mapping[str, str]]] = {
    _START: {
        "run": _RUN,
        "loop": "Turn the whole wheel once, from sessions to an evaluated model.",
        "status": "Show what is kept, and what to do next.",
        "doctor": "Check this machine: sessions, git, disk, key, scanner.",
        "ui": "Browse everything on local pages, served to this machine only.",
    },
    _COLLECT: {
        "sync": "Read and keep what is new, without building datasets from it.",
        "serve": "Receive OpenTelemetry over HTTP, until interrupted.",
        "watch": "Read sessions shortly after they change, until interrupted.",
        "emit": "Record one event of your own process; for scripts and hooks.",
    },
    _LOOK: {"explain": "Trace something back to what it was made from, down to the bytes."},
    _LEARN: {"train": "Learn from the last projects: patterns, proposals, a report."},
}
NOUNS: Final[Mapping[Group, Mapping[str, tuple[str, Mapping[str, str]]]]] = {
    _COLLECT: {
        "capture": (
            "Hooks by which agents report that a session has changed.",
            {
                "install": "Show the change to an agent's settings, and write it.",
                "uninstall": "Take our hooks out of an agent's settings again.",
                "status": "Show which agents report their sessions.",
            },
        )
    },
    _LOOK: {
        "session": (
            "Agent sessions.",
            {
                "list": "List sessions, newest first.",
                "show": "Show a session, step by step.",
                "flow": "Show which earlier results the values in a session's calls came from.",
                "fields": "Show which fields of results the code in a session's calls reads.",
                "decisions": "Show which result decided what was called next.",
                "export": "Write a session as a document that other tools can read.",
            },
        ),
        "handoff": (
            "Hand-offs: work left for a later session, and which one took it up.",
            {
                "list": "List hand-offs, newest first, with the session that took each up.",
                "show": "Show a hand-off: its words, what is left, and who took it up.",
                "check": "Show how much of each hand-off the next session had to ask for again.",
            },
        ),
        "todo": (
            "What was planned, entry by entry, and what carried it out.",
            {
                "list": "List entries of todo lists and checklists, the last changed first.",
                "show": "Show an entry: each of its changes, and the commits that carried it out.",
            },
        ),
        "turn": (
            "People's requests, with the calls that were made for them.",
            {"list": "List turns, newest first: the request, the calls, the person's reaction."},
        ),
        "episode": (
            "Pieces of work, with their outcomes.",
            {
                "list": "List episodes, newest first.",
                "show": "Show an episode and its proof, or what can be learned from it.",
                "export": "Write what can be learned from sessions, commits and documents.",
            },
        ),
        "branch": (
            "What branches changed, and how much of it still stands.",
            {
                "export": "Write every branch from its spec to its merge.",
                "list": "List branches, the last merged first.",
                "show": "Show what a branch changed, and whether it still stands.",
            },
        ),
        "release": (
            "What each release changed, from the tags of repositories.",
            {
                "list": "List releases, the newest first.",
                "show": "Show what a release changed: its commits and documents.",
            },
        ),
        "failure": (
            "What failed, and what became of it.",
            {
                "list": "List failures, newest first, with what made them work.",
                "stats": "Show what fails most, and where the time goes.",
            },
        ),
        "gate": (
            "Test runs, linters, coverage, scanners and CI.",
            {
                "list": "List gate runs, newest first.",
                "show": "Show a gate run: its verdict, and what failed where.",
                "fixes": "List runs between which failing tests were fixed.",
                "flaky": "List tests that failed and passed on the same code.",
                "trend": "Show what gates counted commit by commit, and where it got worse.",
            },
        ),
        "document": (
            "Specs, plans, decisions, prompts and similar documents.",
            {
                "list": "List documents, the last changed first.",
                "show": "Show a document: its versions, and what one of them says.",
            },
        ),
        "issue": (
            "Issues of forges and trackers.",
            {
                "list": "List issues, the last changed first.",
                "show": "Show an issue with its comments.",
            },
        ),
        "pr": (
            "Pull requests and their reviews.",
            {
                "list": "List pull requests, the last changed first.",
                "show": "Show a pull request with its reviews and comments.",
            },
        ),
        "decision": (
            "What was decided and why, where a tool records it.",
            {
                "list": "List decisions, the last changed first.",
                "show": "Show a decision, its reason and its consequences.",
            },
        ),
        "link": ("Which records belong together.", {"list": "List links, the surest first."}),
    },
    _LEARN: {
        "metrics": (
            "Metrics of the work and of any slice of it.",
            {
                "list": "List every metric, and how much there is to count.",
                "show": "Show a metric of all work and its slices, or how well habits are kept.",
                "cases": "List what a metric counts, one by one, with the records.",
                "correlate": "Check whether two metrics rise and fall together.",
                "rank": "Rank the slices of a metric, with the ranks that chance leaves open.",
                "calibration": "Compare how sure each role is with how often it is right.",
                "completeness": "Show how complete the team's reports are, field by field.",
                "targets": "List targets beside what was measured.",
            },
        ),
        "flywheel": (
            "Whether recorded work makes models and work better.",
            {"check": "Check what the loop lacks, what is wrong with it, and whether it works."},
        ),
        "tool": (
            "Tools: how often they fail, in which order they are called, and why.",
            {
                "list": "List tools: how often each failed, and how people reacted.",
                "show": "Show everything that is known of one tool.",
                "sequences": "List what is called one after another.",
                "phrases": "List words of requests and the calls they lead to.",
                "confusions": "List tools that were called by mistake, and what replaced them.",
                "fields": "List fields of results: what reads them, and how often they are empty.",
            },
        ),
        "prompt": (
            "Prompts, skills and standing orders: their versions, and what to change.",
            {
                "list": "List the texts that agents are given, the last changed first.",
                "show": "Show what each version achieved, and which does best where.",
                "history": "List the versions of one text, or print what changed in all of them.",
                "diff": "Show what differs between two versions.",
                "archive": "Archive versions that are no longer used, for three months.",
                "suggest": "Print proposals as YAML, each with its evidence.",
                "test": "Start the experiment that a suggestion asks for.",
                "refuse": "Refuse a suggestion; the reason is kept.",
                "promote": "Give a chosen change to a quarter of the work, then to all of it.",
                "rollback": "Take a change out of all work at once.",
            },
        ),
        "experiment": (
            "Whether a change to a prompt or process helps, and what was decided.",
            {
                "loops": "List what calls for an experiment now.",
                "list": "List experiments, the latest first.",
                "show": "Show an experiment: its plan, its figures, and who decided what.",
                "history": "Show how metrics moved when prompts changed, without an experiment.",
                "start": "File a plan, and start assigning units to arms.",
                "arms": "Show which arm projects or sessions work with.",
                "decide": "Choose an arm, as a person.",
                "stop": "End an experiment without a decision.",
            },
        ),
        "recipe": (
            "A team's process recipes: their versions, and what to change next.",
            {
                "list": "List process recipes, those with most projects first.",
                "history": "Show what each version achieved, and which one to use.",
                "diff": "Compare two versions: what each achieved, and how their texts differ.",
            },
        ),
        "report": (
            "Reports on a period, as Markdown and as one HTML page.",
            {
                "weekly": "Write the report of a week.",
                "monthly": "Write the report of a month.",
                "learning": "Write what everything read so far has to teach.",
                "maturity": "Write how mature the team's learning loop is.",
                "practices": "Write what helps, what overcame failures, and what was learned.",
                "aggregated": "Write every metric by role, version and month, as JSON.",
            },
        ),
        "pattern": (
            "What repeats, how sure that is, and what could be done.",
            {
                "list": "List what repeats in the work.",
                "show": "Show a pattern: why, and what shows it.",
                "code": "List what code that passed the rules has in common.",
                "practices": "List practices, and the outcomes of work with each.",
            },
        ),
    },
    _REVIEW: {
        "review": (
            "What people think of recorded work.",
            {
                "next": "Show what waits for review, and ask for your verdict.",
                "rate": "Rate the last turn that called tools: right or wrong.",
                "submit": "File a review.",
                "undo": "Take back a review of yours.",
                "stats": "Show how far people agree, and how far the rules agree with them.",
                "list": "List reviews, newest first.",
                "show": "Show what is to be judged, and what people said of it.",
                "export": "Write the queue and the reviews for another tool.",
                "import": "File reviews that people made in another tool.",
                "turns": "Let a model classify people's turns where the rules are not sure.",
                "outcomes": "Let a model judge the outcome of work where the rules know nothing.",
            },
        )
    },
    _DATASETS: {
        "dataset": (
            "Dataset versions.",
            {
                "build": "Build a version by a recipe, from everything that was read.",
                "recipes": "List the recipes that come with the program, or print one.",
                "list": "List versions, newest first.",
                "show": "Show what is in a version, and what was left out and why.",
                "check": "Run every check of a version again; exit with 1 where one fails.",
                "diff": "Show how two versions differ, and why.",
                "audit": "Check any dataset files, and show what is wrong with them.",
                "export": "Copy a version to a folder, or write it in a trainer's format.",
                "push": "Put an exported version into a private repository of a hub.",
            },
        ),
        "synth": (
            "Synthetic examples, where real work has none.",
            {
                "plan": "Show what real examples cover, what is asked for, and what is missing.",
                "run": "Generate what is missing, with every call run in a sandbox.",
                "stats": "Show how much of what was generated is valid, and what it covers.",
                "verify": "Check how far anyone's synthetic rows can be trusted, and why.",
                "import": "Import rows that agents generated elsewhere; only valid ones are kept.",
                "generate": "Let a model generate examples, and keep those that are valid.",
            },
        ),
    },
    _MODELS: {
        "model": (
            "Models: training, evaluation on unseen cases, and promotion.",
            {
                "train": "Train a model by a recipe.",
                "list": "List the models that were trained, the latest first.",
                "show": "Show what a model learned from, how, and what it cost.",
                "parity": "Check whether other programs tokenize the same messages as we do.",
                "eval": "Run a suite on a model, and keep the results.",
                "attempt": "Let a model work on tasks in a sandbox, and judge the result.",
                "gaps": "Show where a model fails, beside the examples it could learn from.",
                "compare": "Compare two models, and tell whether they differ by more than chance.",
                "import": "Import evaluations that another harness made.",
                "register": "Register the result of a training run as a candidate.",
                "registry": "List candidates, the model in use, and earlier ones.",
                "approve": "Approve a candidate, as a person.",
                "promote": "Put a candidate in use, if its receipts meet the policy.",
                "rollback": "Put the previous model in use again.",
                "canary": "Give a candidate a share of the sessions, on trial.",
                "which": "Show which model serves a session.",
                "monitor": "Check whether a model's sessions end worse than another's did.",
            },
        )
    },
    _PRIVACY: {
        "privacy": (
            "What redaction finds, before anything goes out.",
            {
                "redact": "Redact files or a stream of your own; nothing is kept.",
                "scan": "Show what redaction finds in files, datasets or the workspace, and where.",
                "preview": "Show what redaction would change in a file, finding by finding.",
                "rescan": "Check what the current rules would hide in what is already kept.",
                "exports": "List what left the workspace, and where to.",
                "verify": "Check whether an export is still what went through the gate.",
                "allow": "Declare a finding harmless, so that it stays as it is.",
                "allowed": "List what was declared harmless, by whom, why and until when.",
                "disallow": "Take back such a declaration.",
                "rules": "List the rules, each tested on the samples that come with it.",
            },
        ),
        "data": (
            "What is kept of your data.",
            {
                "restore": "Write the original bytes, as archived, to a folder.",
                "reports": "Write the files that teams keep of their own process.",
                "find": "Find where a person, a session or a place occurs in what is kept.",
                "consent": "Show how much may be kept of which source, and how much is kept.",
                "retention": "Show how long things are kept, and what has expired.",
                "erase": "Erase a person, a session or a place everywhere, for good.",
            },
        ),
    },
    _MAINTAIN: {
        "schedule": (
            "The weekly run, as a unit of a scheduler.",
            {
                "systemd": "Print or write a systemd timer.",
                "cron": "Print or write a crontab line.",
                "github": "Print or write a GitHub Actions workflow.",
            },
        ),
        "store": ("What is kept on this machine.", {"check": "Check that it is whole."}),
    },
}
VAULT: Final[Mapping[str, str]] = {
    "status": "Show what the vault holds, and who holds its key.",
    "export": "Write an encrypted backup of the vault to a folder.",
    "import": "Restore the vault of a backup into a workspace that has none.",
    "rotate": "Rebuild everything under a new key, and forget the old one.",
    "hold": "Keep the key in a file or in the system's keyring.",
}
SUITE: Final[Mapping[str, str]] = {
    "build": "Build a suite from the decisions in a dataset's held-out examples.",
    "import": "Import a suite from files of the Berkeley Function-Calling Leaderboard.",
    "conduct": "Build a suite of requests whose worded answers a judge assesses.",
    "list": "List suites, by name.",
    "check": "Check whether cases leaked into what a dataset trains on.",
    "export": "Write a suite as a task for Inspect AI.",
    "prove": "Test the scorers on replies known to be right or wrong.",
}
DEFINITIONS: Final[Mapping[str, str]] = {
    "list": "List what generators are told, by category.",
    "show": "Print a definition as agents read it.",
    "export": "Write definitions where Claude Code finds agents.",
}
