import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bootstrapSpec, buildSpec, type BuildSpecArgs, reaperSpec } from "../../../components/build/buildSpec";

interface Specification {
    env?: object;
    phases: { install?: object; build: { commands: string[]; finally: string[] } };
}

function parsed(args: Partial<BuildSpecArgs>): Specification {
    return JSON.parse(buildSpec({ action: "deploy", choosesRuntimes: true, ...args })) as Specification;
}

describe("buildSpec", () => {
    it("of a plan runs the delivery program and exports what later stages ask for", () => {
        assert.deepEqual(parsed({ action: "plan" }), {
            version: 0.2,
            env: {
                "exported-variables": [
                    "PENDING_CHANGESETS",
                    "PLANNED_CHANGES",
                    "PLAN_DIGEST",
                    "RELEASE_ID",
                    "LINT_FINDINGS",
                    "LINT_LOWERED",
                    "DRIFTED_OBJECTS",
                ],
            },
            phases: {
                install: { "runtime-versions": { java: "corretto17", nodejs: "24" } },
                build: {
                    commands: ['node "$CODEBUILD_SRC_DIR_Toolchain/delivery.cjs" plan'],
                    finally: ["if [ -f .delivery/exports.sh ]; then . ./.delivery/exports.sh; fi"],
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

    it("of the reaper runs the program that is its source", () => {
        assert.deepEqual(JSON.parse(reaperSpec()), {
            version: 0.2,
            phases: {
                install: { "runtime-versions": { nodejs: "24" } },
                build: { commands: ["node delivery.cjs reap"] },
            },
        });
    });

    it("of the bootstrap chooses no runtime in an image of one's own", () => {
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

    it("lets custom commands take the program's place, and nothing else", () => {
        const custom = parsed({ action: "plan", customCommands: ["./migrate --dry-run", "./report"] });
        const { commands, ...rest } = custom.phases.build;
        assert.deepEqual(commands, ["./migrate --dry-run", "./report"]);
        const usual = parsed({ action: "plan" });
        assert.deepEqual(rest, { finally: usual.phases.build.finally });
        assert.deepEqual(custom.env, usual.env);
    });

    it("asks no runtimes of an image that cannot choose", () => {
        assert.equal(parsed({ choosesRuntimes: false }).phases.install, undefined);
    });

    it("brings exports into the shell, and succeeds without any", () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "build-spec-"));
        const [finish] = parsed({}).phases.build.finally;
        const run = (): { status: number | null; stdout: string } =>
            spawnSync("sh", ["-ec", `${finish}\nprintf %s "$PLANNED_CHANGES"`], {
                cwd: directory,
                encoding: "utf8",
                env: { PATH: process.env.PATH },
            });
        assert.deepEqual([run().status, run().stdout], [0, ""]);
        fs.mkdirSync(path.join(directory, ".delivery"));
        fs.writeFileSync(path.join(directory, ".delivery/exports.sh"), "export PLANNED_CHANGES=3\n");
        assert.deepEqual([run().status, run().stdout], [0, "3"]);
        fs.rmSync(directory, { recursive: true });
    });
});
