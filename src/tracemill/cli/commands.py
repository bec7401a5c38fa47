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
        "loop": "Turn the whole wheel once, from sessions to a judged model.",
        "status": "Say what is kept, and what to do next.",
        "doctor": "Look at this machine: sessions, git, disk, key, scanner.",
        "ui": "Look at everything in a browser, on this machine only.",
    },
    _COLLECT: {
        "sync": "Read and keep what is new, without building from it.",
        "serve": "Take in OpenTelemetry over HTTP, until interrupted.",
        "watch": "Read sessions shortly after they change, until interrupted.",
        "emit": "Keep one event of your own process; for scripts and hooks.",
    },
    _LOOK: {"explain": "Say what something was made from, down to the bytes."},
    _LEARN: {"train": "Learn from the last projects: patterns, proposals, a report."},
}
NOUNS: Final[Mapping[Group, Mapping[str, tuple[str, Mapping[str, str]]]]] = {
    _COLLECT: {
        "capture": (
            "Being told by agents when a session changes.",
            {
                "install": "Show the change of an agent's settings, and write it.",
                "uninstall": "Take our hooks out of an agent's settings again.",
                "status": "Say which agents tell us of their sessions.",
            },
        )
    },
    _LOOK: {
        "session": (
            "Agent sessions.",
            {
                "list": "List sessions, newest first.",
                "show": "Show a session, step by step.",
                "flow": "Say which earlier result the values of a session's calls came from.",
                "fields": "Say which fields of results the code of a session's calls reads.",
                "decisions": "Say which result decided what was called next.",
                "export": "Write a session as a document that other tools read.",
            },
        ),
        "handoff": (
            "What was left for whoever goes on, and who did.",
            {
                "list": "List hand-offs, newest first, with the session that went on.",
                "show": "Show a hand-off: its words, what is left, and who went on.",
                "check": "Say how much of what was handed on the next session asked for again.",
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
            "Requests of people, with what was called for them.",
            {"list": "List turns, newest first: the request, the calls, how they were taken."},
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
            "What branches brought, and what of it still stands.",
            {
                "export": "Write every branch from its spec to its merge.",
                "list": "List branches, those that were merged last first.",
                "show": "Show what a branch brought, and whether it still stands.",
            },
        ),
        "release": (
            "What each release brought, out of the tags of repositories.",
            {
                "list": "List releases, the newest first.",
                "show": "Show what a release brought: its commits and documents.",
            },
        ),
        "failure": (
            "What failed, and what became of it.",
            {
                "list": "List failures, newest first, with what made them work.",
                "stats": "Say what fails most, and where the minutes go.",
            },
        ),
        "gate": (
            "Test runs, linters, coverage, scanners and CI.",
            {
                "list": "List gate runs, newest first.",
                "show": "Show a gate run: its verdict, and what failed where.",
                "fixes": "List runs between which failing tests were fixed.",
                "flaky": "List tests that failed and passed on the same code.",
                "trend": "Say commit by commit what gates counted, and where it got worse.",
            },
        ),
        "document": (
            "Specs, plans, decisions, prompts and their like.",
            {
                "list": "List documents, those that changed last first.",
                "show": "Show a document: its versions, and what one of them says.",
            },
        ),
        "issue": (
            "Issues of forges and trackers.",
            {
                "list": "List issues, those that changed last first.",
                "show": "Show an issue, with what was said on it.",
            },
        ),
        "pr": (
            "Pull requests and their reviews.",
            {
                "list": "List pull requests, those that changed last first.",
                "show": "Show a pull request, with its reviews and what was said on it.",
            },
        ),
        "decision": (
            "What was decided and why, where a tool keeps it.",
            {
                "list": "List decisions, those that changed last first.",
                "show": "Show a decision, its reason and its consequences.",
            },
        ),
        "link": ("Which records belong together.", {"list": "List links, the surest first."}),
    },
    _LEARN: {
        "metrics": (
            "Numbers of any slice of the work.",
            {
                "list": "List every metric, and how much there is to count.",
                "show": "Show a metric of all work and its slices, or how habits are kept.",
                "cases": "List what a metric counts, one by one, with the records.",
                "correlate": "Say whether two metrics rise and fall together.",
                "rank": "Rank the slices of a metric, with the places that chance leaves open.",
                "calibration": "Say how sure each role is, beside how often it is right.",
                "completeness": "Say how much of what should be told is told, field by field.",
                "targets": "List what was hoped for, beside what was measured.",
            },
        ),
        "flywheel": (
            "Whether recorded work makes models and work better.",
            {"check": "Say what the loop lacks, what is wrong with it, and whether it works."},
        ),
        "tool": (
            "Tools: how they fare, what follows what, and which words lead to which.",
            {
                "list": "List what was called: how often it failed, and how people took it.",
                "show": "Show one tool, with all that is known of it.",
                "sequences": "List what is called one after another.",
                "phrases": "List words of requests and what they lead to.",
                "confusions": "List what was called wrongly, by what came in its place.",
                "fields": "List fields of results: who reads them, and how often they are empty.",
            },
        ),
        "prompt": (
            "Prompts, skills and standing orders: their versions, and what to change.",
            {
                "list": "List the texts that agents are given, those that changed last first.",
                "show": "Show what each version brought, and which one does best where.",
                "history": "List the versions of one text, or print what changed in all of them.",
                "diff": "Show what differs between two versions.",
                "archive": "Put versions that are done with aside, for three months.",
                "suggest": "Print proposals as YAML, each with its evidence.",
                "test": "Begin the experiment that a suggestion asks for.",
                "refuse": "Say no to a suggestion, for a reason that is kept.",
                "promote": "Give a chosen change to a quarter of the work, then to all of it.",
                "rollback": "Take a change out of all work at once.",
            },
        ),
        "experiment": (
            "Whether a change of a prompt or process helps, and what was decided.",
            {
                "loops": "List what calls for a change now, by loop of learning.",
                "list": "List experiments, the latest first.",
                "show": "Show an experiment: its plan, its figures, and who decided what.",
                "history": "Say what metrics did when prompts changed; no experiment.",
                "start": "File a plan, and begin to draw units.",
                "arms": "Say what projects or sessions work with.",
                "decide": "Choose an arm, as a person.",
                "stop": "End an experiment without a decision.",
            },
        ),
        "recipe": (
            "A team's process recipes: their versions, and what to change next.",
            {
                "list": "List process recipes, those with most projects first.",
                "history": "Show what each version brought, and which one to use.",
                "diff": "Show what two versions brought, and what differs in their texts.",
            },
        ),
        "report": (
            "What a stretch of time has to teach, as Markdown and as one page.",
            {
                "weekly": "Write the report of a week.",
                "monthly": "Write the report of a month.",
                "learning": "Write what all that is held has to teach.",
                "maturity": "Write how far the team's loop of learning has come.",
                "practices": "Write what helps, what overcame failures, and what was learned.",
                "aggregated": "Write every metric by role, version and month, as JSON.",
            },
        ),
        "pattern": (
            "What repeats, how sure that is, and what could be done.",
            {
                "list": "List what repeats in the work.",
                "show": "Show a pattern: why, and what shows it.",
                "code": "List what code that rules let through has in common.",
                "practices": "List ways of working, and what becomes of work with each.",
            },
        ),
    },
    _REVIEW: {
        "review": (
            "What people think of recorded work.",
            {
                "next": "Show what waits for a person, and ask what you think of it.",
                "rate": "Say whether the last turn that called tools was right.",
                "submit": "File a review.",
                "undo": "Take back a review of yours.",
                "stats": "Say how far people agree, and how far the rules agree with them.",
                "list": "List reviews, newest first.",
                "show": "Show what is to be judged, and what people said of it.",
                "export": "Write what waits, and what was said, for another tool.",
                "import": "File what people said in another tool.",
                "turns": "Let a model say what people's turns mean where the rules are not sure.",
                "outcomes": "Let a model say what became of work where the rules know nothing.",
            },
        )
    },
    _DATASETS: {
        "dataset": (
            "Dataset versions.",
            {
                "build": "Build a version by a recipe, out of everything that was read.",
                "recipes": "List the recipes that come with the program, or print one.",
                "list": "List versions, newest first.",
                "show": "Show what is in a version, and what was left out and why.",
                "check": "Make every check of a version anew; exit with 1 where one says no.",
                "diff": "Say how two versions differ, and why.",
                "audit": "Check anybody's dataset files, and say what is wrong with them.",
                "export": "Copy a version to a folder of yours, or write it for a trainer.",
                "push": "Put an exported version into a private repository of a hub.",
            },
        ),
        "synth": (
            "Examples that are made up where real work has none.",
            {
                "plan": "Say what real examples show, what is asked for, and what is missing.",
                "run": "Make up what is missing, every call carried out in a sandbox.",
                "stats": "Say how much of what was made up holds, and what it shows.",
                "verify": "Say how far made-up rows of anybody can be believed, and why.",
                "import": "Keep rows that agents made up outside, as far as they hold.",
                "generate": "Let a model make examples up, and keep those that hold.",
            },
        ),
    },
    _MODELS: {
        "model": (
            "Models: what they learned, and what they do on cases that they never saw.",
            {
                "train": "Train a model by a recipe.",
                "list": "List the models that were trained, the latest first.",
                "show": "Show what a model learned from, how, and what it cost.",
                "parity": "Say whether other programs make our tokens of the same messages.",
                "eval": "Put a model to a suite, and keep what it did.",
                "attempt": "Let a model work on tasks in a sandbox, and judge what it leaves.",
                "gaps": "Say where a model fails, beside what there is to learn it from.",
                "compare": "Say what two models differ by, and whether it is more than chance.",
                "import": "Take in what models did, as another harness judged them.",
                "register": "Enter what a training run made as a candidate.",
                "registry": "List candidates, the model in use, and those that were.",
                "approve": "Say yes to a candidate, as a person.",
                "promote": "Put a candidate in use, where its receipts show that it may.",
                "rollback": "Put the model that was in use before in use again.",
                "canary": "Give a candidate a part of the sessions on trial.",
                "which": "Say which model does a session.",
                "monitor": "Say whether a model's sessions end worse than another's did.",
            },
        )
    },
    _PRIVACY: {
        "privacy": (
            "What redaction finds, before anything goes out.",
            {
                "redact": "Redact files or a stream of your own; nothing is kept.",
                "scan": "Say what redaction finds in files, datasets or the workspace, and where.",
                "preview": "Show what redaction would change in a file, finding by finding.",
                "rescan": "Say what the rules in use would hide that is kept.",
                "exports": "List what left the workspace, and where to.",
                "verify": "Say whether an export is still what went through the gate.",
                "allow": "Say that something which is found is harmless, and stays as it is.",
                "allowed": "List what was said to be harmless, by whom, why and until when.",
                "disallow": "Take back that something is harmless.",
                "rules": "List the rules, each tried on the texts that it came with.",
            },
        ),
        "data": (
            "What is kept of your data.",
            {
                "restore": "Write original bytes, as they were archived, to a folder of yours.",
                "reports": "Write the files that teams keep of their own process.",
                "find": "Say where a person, a session or a place stands in what is kept.",
                "consent": "Say how much may be kept of what, and how much is.",
                "retention": "Say for how long things are kept, and what is over.",
                "erase": "Take a person, a session or a place out of everything, for good.",
            },
        ),
    },
    _MAINTAIN: {
        "schedule": (
            "The weekly run, for whatever starts programs by the clock.",
            {
                "systemd": "Print or write a timer of systemd.",
                "cron": "Print or write a line for cron.",
                "github": "Print or write a workflow of GitHub Actions.",
            },
        ),
        "store": ("What is kept on this machine.", {"check": "Check that it is whole."}),
    },
}
VAULT: Final[Mapping[str, str]] = {
    "status": "Say what the vault holds, and who holds its key.",
    "export": "Write an encrypted backup of the vault to a folder of yours.",
    "import": "Put the vault of a backup into a workspace that has none.",
    "rotate": "Make everything anew under another key, and forget the old one.",
    "hold": "Have the key held by a file or by the system's keyring.",
}
SUITE: Final[Mapping[str, str]] = {
    "build": "Make a suite of the decisions in a dataset's held-out examples.",
    "import": "Make a suite of the files of the Berkeley Function-Calling Leaderboard.",
    "conduct": "Make a suite of requests whose answers in words a judge looks at.",
    "list": "List suites, by name.",
    "check": "Say whether cases stand in what a dataset trains on.",
    "export": "Write a suite as a task that Inspect AI runs.",
    "prove": "Try the scorers on replies of known worth.",
}
DEFINITIONS: Final[Mapping[str, str]] = {
    "list": "List what generators are told, by category.",
    "show": "Print a definition as an agent reads it.",
    "export": "Write definitions where Claude Code finds agents.",
}
