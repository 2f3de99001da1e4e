import * as assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
    bootstrapSpec,
    buildSpec,
    type BuildSpecArgs,
    driftSpec,
    reaperSpec,
} from "../../../components/codeBuild/buildSpec";
import { releaseCommands } from "../../../components/contract";
import { nonEmpty } from "../../support/nonEmpty";

interface Specification {
    env?: object;
    phases: { install?: object; build: { commands: string[]; finally: string[] } };
}

function parsed(args: Partial<BuildSpecArgs>): Specification {
    return JSON.parse(buildSpec({ action: "deploy", choosesRuntimes: true, ...args })) as Specification;
}

const readsPlanExports = `if [ -f .delivery/exports.env ]; then
  refused=
  while IFS= read -r line || [ -n "$line" ]; do
    case "$line" in
      *[!=A-Za-z0-9._-]*) refused=yes ;;
      PENDING_CHANGESETS=*|PLANNED_CHANGES=*|PLAN_DIGEST=*|RELEASE_ID=*|LINT_ERRORS=*|LINT_WARNINGS=*|LINT_WAIVED=*|LINT_LOWERED=*|DRIFTED_OBJECTS=*|APPROVAL=*) export "$line" ;;
      *) refused=yes ;;
    esac
  done < .delivery/exports.env
  if [ -n "$refused" ]; then
    echo ".delivery/exports.env has a line that is not exported. Allowed: NAME=value, a NAME of PENDING_CHANGESETS, PLANNED_CHANGES, PLAN_DIGEST, RELEASE_ID, LINT_ERRORS, LINT_WARNINGS, LINT_WAIVED, LINT_LOWERED, DRIFTED_OBJECTS, APPROVAL, and in the value A-Za-z0-9._-" >&2
    false
  fi
fi`;

describe("buildSpec", () => {
    it("of a plan runs the delivery program and exports what later stages read", () => {
        assert.deepEqual(parsed({ action: "plan" }), {
            version: 0.2,
            env: {
                "exported-variables": [
                    "PENDING_CHANGESETS",
                    "PLANNED_CHANGES",
                    "PLAN_DIGEST",
                    "RELEASE_ID",
                    "LINT_ERRORS",
                    "LINT_WARNINGS",
                    "LINT_WAIVED",
                    "LINT_LOWERED",
                    "DRIFTED_OBJECTS",
                    "APPROVAL",
                ],
            },
            phases: {
                install: { "runtime-versions": { java: "corretto17", nodejs: "24" } },
                build: {
                    commands: ['node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" plan'],
                    finally: [readsPlanExports],
                },
            },
            reports: {
                liquibase: {
                    files: ["**/*.xml"],
                    "base-directory": ".delivery/reports",
                    "file-format": "JUNITXML",
                },
            },
            artifacts: { files: ["**/*"], "base-directory": ".delivery/artifacts" },
        });
    });

    it("of a rehearsal exports what its approver reads", () => {
        const { env, phases } = parsed({ action: "rehearse" });
        const exported = ["REHEARSAL", "LONGEST_LOCK_MILLISECONDS", "ROLLBACK_VERDICT"];
        assert.deepEqual(env, { "exported-variables": exported });
        assert.deepEqual(phases.build.commands, ['node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" rehearse']);
    });

    it("of the reaper runs the program from its source", () => {
        assert.deepEqual(JSON.parse(reaperSpec()), {
            version: 0.2,
            phases: {
                install: { "runtime-versions": { nodejs: "24" } },
                build: { commands: ["node delivery.cjs reap"] },
            },
        });
    });

    it("of the bootstrap selects no runtime in a custom image", () => {
        const { phases } = JSON.parse(bootstrapSpec(false)) as Specification;
        assert.deepEqual(phases, {
            build: { commands: ['node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" bootstrap'] },
        });
    });

    for (const action of ["deploy", "rollback"] as const) {
        it(`of a ${action} exports nothing`, () => {
            const { env, phases } = parsed({ action });
            assert.equal(env, undefined);
            assert.deepEqual(phases.build.commands, [`node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" ${action}`]);
        });
    }

    it("replaces only the program with custom commands", () => {
        const custom = parsed({ action: "plan", customCommands: ["./migrate --dry-run", "./report"] });
        const { commands, ...rest } = custom.phases.build;
        assert.deepEqual(commands, ["./migrate --dry-run", "./report"]);
        const usual = parsed({ action: "plan" });
        assert.deepEqual(rest, { finally: usual.phases.build.finally });
        assert.deepEqual(custom.env, usual.env);
    });

    it("selects no runtimes in an image that does not support that", () => {
        assert.equal(parsed({ choosesRuntimes: false }).phases.install, undefined);
    });

    it("of an action without exports reads no file", () => {
        assert.equal(parsed({ action: "deploy" }).phases.build.finally, undefined);
    });

    for (const shell of ["sh", "bash"]) {
        describe(`reads the exports of a build in ${shell}`, () => {
            let directory: string;
            beforeEach(() => {
                directory = fs.mkdtempSync(path.join(os.tmpdir(), "build-spec-"));
                fs.mkdirSync(path.join(directory, ".delivery"));
            });
            afterEach(() => fs.rmSync(directory, { recursive: true }));

            function run(exports?: string): SpawnSyncReturns<string> {
                if (exports !== undefined) {
                    fs.writeFileSync(path.join(directory, ".delivery/exports.env"), exports);
                }
                const [finish] = parsed({ action: "plan" }).phases.build.finally;
                // CodeBuild reads the environment of the shell.
                return spawnSync(shell, ["-c", `${finish}\nstatus=$?\nenv\nexit $status`], {
                    cwd: directory,
                    encoding: "utf8",
                    env: { PATH: process.env.PATH, HOME: directory },
                });
            }

            it("into variables, and succeeds without any", () => {
                const without = run();
                assert.equal(without.status, 0, without.stderr);
                assert.doesNotMatch(without.stdout, /PLANNED_CHANGES/);
                const { status, stdout } = run(
                    "PLANNED_CHANGES=3\nRELEASE_ID=release-abc-1.2_3\nDRIFTED_OBJECTS=unknown",
                );
                assert.equal(status, 0);
                // The last line needs no newline.
                for (const line of ["PLANNED_CHANGES=3", "RELEASE_ID=release-abc-1.2_3", "DRIFTED_OBJECTS=unknown"]) {
                    assert.ok(stdout.split("\n").includes(line), stdout);
                }
            });

            const hostile = {
                "a command": "touch ran\n",
                "a command after a value": "PLANNED_CHANGES=1; touch ran\n",
                "a substitution": "PLANNED_CHANGES=$(touch ran)\n",
                backticks: "PLANNED_CHANGES=`touch ran`\n",
                "a quote": "PLANNED_CHANGES='\ntouch ran\n'\n",
                "an export as it was": "export PLANNED_CHANGES='1'; touch ran\n",
                "a variable of another name": "NODE_OPTIONS=--require=ran\n",
                "the search path": "PATH=.\n",
                "an option of export": "-n PLANNED_CHANGES=1\n",
                "a name that only begins like one": "PLANNED_CHANGESX=1\n",
                "an array element": "PLANNED_CHANGES[$(touch ran)]=1\n",
                "a continued line": "PLANNED_CHANGES=1\\\ntouch ran\n",
                "a carriage return": "PLANNED_CHANGES=1\r\n",
                "a control character": "PLANNED_CHANGES=1\u001b[2J\n",
                "characters beyond ASCII": "PLANNED_CHANGES=\u00e9\n",
                "an empty line": "\n",
            };
            for (const [what, exports] of Object.entries(hostile)) {
                it(`and rejects ${what}, running nothing`, () => {
                    const { status, stdout, stderr } = run(exports);
                    assert.notEqual(status, 0);
                    assert.match(
                        stderr,
                        /exports\.env has a line that is not exported\. Allowed: NAME=value, a NAME of PENDING/,
                    );
                    assert.ok(stdout.split("\n").includes(`PATH=${process.env.PATH}`), stdout);
                    assert.doesNotMatch(stdout, /NODE_OPTIONS/);
                    assert.deepEqual(fs.readdirSync(directory), [".delivery"]);
                });
            }
        });
    }

    it("sources no file, for any action", () => {
        const specifications = [
            ...releaseCommands.map((action) => buildSpec({ action, choosesRuntimes: true })),
            ...[bootstrapSpec(true), driftSpec(true), reaperSpec()],
        ];
        for (const text of specifications) {
            const { phases } = JSON.parse(text) as {
                phases: Record<string, { commands?: string[]; finally?: string[] }>;
            };
            const commands = Object.values(phases).flatMap((phase) => [
                ...(phase.commands ?? []),
                ...(phase.finally ?? []),
            ]);
            assert.ok(commands.length > 0);
            for (const command of nonEmpty(commands)) {
                assert.doesNotMatch(command, /(^|[;&|\n]|then|do)\s*(\.|source|eval|sh|bash)\s/);
            }
        }
    });
});
