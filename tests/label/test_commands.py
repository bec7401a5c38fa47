import pytest

from tracemill.label.calls.commands import checks, may_check, unfold
from tracemill.label.calls.shell import parse


def kinds(command: str) -> list[str]:
    return [check.kind for check in checks(unfold(parse(command)))]


CHECKS = {
    "test": [
        "pytest -x tests", "python -m pytest", "python -m unittest discover", "tox -e py311", "nox",
        "go test ./...", "cargo test", "cargo nextest run", "npm test", "npm run test:unit",
        "pnpm --filter api test", "yarn test", "bun test src/", "bun run test", "npx jest", "vitest run",
        "mix test", "mix precommit", "gradle test", "./gradlew :app:test --info", "mvn -q verify",
        "make test", "make check", "just test", "mise run test:ci", "poetry run pytest",
        "uv run pytest -q", "rspec", "phpunit", "dotnet test", "node --test", "deno test",
        "npx playwright test", "python manage.py test", "python tests/test_api.py", "./scripts/test.sh",
        'bash -lc "go test ./..."', "time go test", "rtk bun run test", "hatch run test",
        "node node_modules/.pnpm/mocha@11/bin/mocha.js out", "bash tests/1.2.1.sh", "cd app && sh scripts/test.sh",
    ],
    "lint": [
        "ruff check .", "ruff format --check", "eslint src", "golangci-lint run ./...", "cargo clippy",
        "npm run lint", "bunx biome check x.ts", "pre-commit run -a", "go vet ./...", "mix credo",
        "python3 -m py_compile a.py", "php -l a.php", "node --check a.js", "bash -n a.sh", "ruby -c a.rb",
        "mise run lint", "shellcheck x.sh", "tox -e lint", "npx actionlint@latest a.yml",
    ],
    "types": ["mypy src", "pyright", "npx tsc --noEmit", "npm run typecheck", "tox -e mypy", "ty check"],
    "build": [
        "go build ./...", "cargo build", "cargo check", "npm run build", "make", "make build", "vite build",
        "tsup", "mix compile", "dotnet build", "bun --filter agent build", "cmake --build out",
        ".\\gradlew build", "gradlew.bat assemble",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "kind"), [(command, kind) for kind, all_ in CHECKS.items() for command in all_]
)
def test_commands_that_check_are_known(command: str, kind: str) -> None:
    assert may_check(command)
    assert kinds(command) == [kind]


@pytest.mark.parametrize(
    "command",
    [
        "grep -rn test src", "rg 'go test' docs", "cat test.log", "git log --grep test", "test -f x",
        "echo pytest", "ls tests", "sed -n 1,80p x.test.ts", "pytest --help", "golangci-lint run --help",
        "pytest --collect-only", "vitest --watch", "npm install", "npm ci", "npm view jest version",
        "command -v pytest", "pip install pytest", "go mod tidy", "cargo fmt", "ruff format",
        "git commit -m 'make test pass'", "mkdir build", "sh scripts/check-prerequisites.sh", "npm run check:deps", "node build.js", "php index.php -l", "bash run.sh -n", "bun run dev", "make clean",
        "cat <<EOF\npytest\nEOF", "/usr/bin/test -d x", "git stash",
    ],
)  # fmt: skip
def test_commands_that_do_not_check_are_none(command: str) -> None:
    assert kinds(command) == []


def test_every_check_of_a_line_is_found() -> None:
    assert kinds("mise run fmt && mise run lint && mise run test:ci | tail") == ["lint", "test"]
