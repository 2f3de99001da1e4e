import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSpec as ownBuildSpec } from "../../../components/codeBuild/buildSpec";
import { type Build, type BuildHost, runBuild } from "../../../scripts/local/codeBuild/build";
import { parseBuildSpec } from "../../../scripts/local/codeBuild/buildSpec";
import { createMask } from "../../../scripts/local/codeBuild/build";
import { readProject } from "../../../scripts/local/codeBuild/project";
import { checkRuntimes } from "../../../scripts/local/codeBuild/runtimes";
import { SecretStore } from "../../../scripts/local/cloud/secrets";
import { ArtifactStore } from "../../../scripts/local/pipeline/artifacts";
import { commandLineOf } from "../../../scripts/local/processes";
import { eventually } from "../../support/eventually";
import { removeTemporary, resource, temporaryDirectory, write } from "./support";

const secretArn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:database-a1b2c3";
const secrets = SecretStore.of([
    resource("aws:secretsmanager/secretVersion:SecretVersion", "secret", {
        secretId: secretArn,
        secretString: JSON.stringify({ username: "dbowner", password: "s3cret-value", port: 5432 }),
    }),
]);

function project(buildSpec: unknown, inputs: Record<string, unknown> = {}) {
    return resource("aws:codebuild/project:Project", "Deploy", {
        name: "Deploy",
        serviceRole: "arn:aws:iam::000000000000:role/build",
        environment: {
            type: "LINUX_CONTAINER",
            computeType: "BUILD_GENERAL1_SMALL",
            image: "image",
            environmentVariables: [],
        },
        source: { type: "CODEPIPELINE", buildspec: JSON.stringify(buildSpec) },
        artifacts: { type: "CODEPIPELINE" },
        ...inputs,
    });
}

/** Runs a build specification over a source of one file. */
async function runSpec(buildSpec: unknown, more: { inputs?: Record<string, unknown>; signal?: AbortSignal } = {}) {
    const root = temporaryDirectory();
    const artifacts = new ArtifactStore(join(root, "artifacts"));
    write(artifacts.create("Source"), { "source.txt": "source" });
    write(artifacts.create("Other"), { "other.txt": "other" });
    const recorded = project(buildSpec, more.inputs);
    recorded.outputs["arn"] = "arn:aws:codebuild:eu-central-1:000000000000:project/Deploy";
    const lines: string[] = [];
    const results = join(root, "results");
    mkdirSync(results);
    const build: Build = {
        id: "id",
        project: readProject([recorded], "Deploy"),
        variables: [{ name: "FROM_ACTION", value: "action", type: "PLAINTEXT" }],
        inputs: ["Source", "Other"],
        primarySource: "Source",
        output: "Output",
        revision: "abc",
        initiator: "codepipeline/pipeline",
        region: "eu-central-1",
    };
    const host: BuildHost = {
        artifacts,
        secrets,
        runtimes: { javaHome: "/java", java: 17, nodejs: 24 },
        image: { PGSSLROOTCERT: "/ca.pem" },
        results,
        log: (line) => lines.push(line),
        signal: more.signal ?? new AbortController().signal,
    };
    const result = await runBuild(build, host);
    return { result, lines, artifacts, results, output: (file: string) => artifacts.read("Output", file) };
}

/** A specification whose build phase has these commands; everything in `out` is the artifact. */
function spec(commands: string[], more: Record<string, unknown> = {}) {
    return {
        version: 0.2,
        phases: { build: { commands } },
        artifacts: { files: ["**/*"], "base-directory": "out" },
        ...more,
    };
}

describe("local run: builds", () => {
    after(removeTemporary);

    it("runs all commands in one shell, in the source, and delivers the artifact", async () => {
        const { result, output } = await runSpec(
            spec(["mkdir out && cd out", "value=kept", 'cp ../source.txt . && echo "$value" > value.txt', "cd .."]),
        );
        assert.deepEqual(result, { succeeded: true, exported: {} });
        assert.equal(output("source.txt"), "source");
        assert.equal(output("value.txt"), "kept\n");
    });

    it("gives commands the recorded environment and CodeBuild's own, and of this process its network only", async () => {
        const before = process.env["https_proxy"];
        Object.assign(process.env, { LEAKED_FROM_OUTSIDE: "yes", https_proxy: "http://proxy.example:3128" });
        const { output } = await runSpec(
            spec(["mkdir out", "env > out/env.txt", 'cat "$CODEBUILD_SRC_DIR_Other/other.txt" > out/other.txt'], {
                env: { variables: { FROM_SPEC: "spec", OVERRIDDEN: "spec" } },
            }),
            {
                inputs: {
                    environment: {
                        type: "LINUX_CONTAINER",
                        image: "image",
                        environmentVariables: [
                            { name: "OVERRIDDEN", value: "project" },
                            { name: "DB_PASSWORD", value: `${secretArn}:password::`, type: "SECRETS_MANAGER" },
                        ],
                    },
                },
            },
        );
        delete process.env["LEAKED_FROM_OUTSIDE"];
        if (before === undefined) delete process.env["https_proxy"];
        else process.env["https_proxy"] = before;
        const lines = output("env.txt")!.split("\n");
        for (const expected of [
            "FROM_SPEC=spec",
            "OVERRIDDEN=project",
            "FROM_ACTION=action",
            "DB_PASSWORD=s3cret-value",
            "JAVA_HOME=/java",
            "PGSSLROOTCERT=/ca.pem",
            "AWS_REGION=eu-central-1",
            "CODEBUILD_BUILD_ID=Deploy:id",
            "CODEBUILD_BUILD_ARN=arn:aws:codebuild:eu-central-1:000000000000:build/Deploy:id",
            "CODEBUILD_RESOLVED_SOURCE_VERSION=abc",
            "CODEBUILD_INITIATOR=codepipeline/pipeline",
            "https_proxy=http://proxy.example:3128",
        ]) {
            assert(lines.includes(expected), expected);
        }
        assert(!lines.some((line) => line.startsWith("LEAKED_FROM_OUTSIDE")));
        assert.equal(output("other.txt"), "other");
    });

    it("shows secrets as *** in the log", async () => {
        const { lines, results } = await runSpec(
            spec(["mkdir out && touch out/file", 'echo "password: $DB_PASSWORD!"'], {
                env: { "secrets-manager": { DB_PASSWORD: `${secretArn}:password` } },
            }),
        );
        assert(lines.includes("password: ***!"));
        assert(!readFileSync(join(results, "build.log"), "utf8").includes("s3cret-value"));
    });

    it("shows a line as one, whatever characters are in it", async () => {
        const { lines } = await runSpec(spec(["printf 'a\\342\\200\\250b\\rc\\302\\205d\\r\\nlast'"]));
        assert(lines.includes("a\u2028b\rc\u0085d"), JSON.stringify(lines));
        assert(lines.includes("last"));
    });

    it("exports the variables that the specification names, as they are at the end", async () => {
        const { result } = await runSpec(
            spec(["mkdir out && touch out/file", "export RELEASE_ID=one", 'RELEASE_ID="two words"', "export OTHER=x"], {
                env: { "exported-variables": ["RELEASE_ID", "ABSENT"] },
            }),
        );
        assert.deepEqual(result.exported, { RELEASE_ID: "two words" });
    });

    it("stops a phase at the first failed command, runs finally and post_build, and uploads all the same", async () => {
        const { result, output, lines } = await runSpec({
            ...spec([]),
            env: { "exported-variables": ["COUNT"] },
            phases: {
                build: {
                    commands: ["mkdir out && echo kept > out/kept.txt", "sh -c 'exit 7'", "touch out/never"],
                    finally: ["export COUNT=3"],
                },
                post_build: { commands: ["echo $CODEBUILD_BUILD_SUCCEEDING > out/succeeding.txt"] },
            },
        });
        assert.equal(result.succeeded, false);
        assert.equal(
            result.message,
            "AP3316: COMMAND_EXECUTION_ERROR in phase build: exit status 7 of: sh -c 'exit 7'. The log above says why.",
        );
        assert.deepEqual(result.exported, { COUNT: "3" });
        assert.equal(output("kept.txt"), "kept\n");
        assert.equal(output("never"), undefined);
        assert.equal(output("succeeding.txt"), "0\n");
        assert(lines.includes("Phase complete: BUILD State: FAILED"));
    });

    it("names a script of several lines by its first", async () => {
        const { result, lines } = await runSpec(spec(["if true; then\n  sh -c 'exit 3'\nfi"]));
        assert.ok(lines.includes("Running command if true; then …"), lines.join("\n"));
        assert.equal(
            result.message,
            "AP3316: COMMAND_EXECUTION_ERROR in phase build: exit status 3 of: if true; then …. The log above says why.",
        );
    });

    it("fails with the cause that the command printed last, without exit status or metrics", async () => {
        const said = [
            '{"_aws":{"Timestamp":1}}',
            "AP1401: The update failed:",
            "| Correct the cause named in the message, and push.",
            "Failed in Deploy: AP1401: The update failed: it is taken. Everything was undone. Correct it, and push.",
        ];
        const { result, lines, results } = await runSpec(
            spec([...said.map((line) => `echo '${line}'`), "sh -c 'exit 1'"]),
        );
        assert.equal(
            result.message,
            "AP1401: The update failed: it is taken. Everything was undone. Correct it, and push.",
        );
        const hidden = (line: string) => /^(\{"_aws"|COMMAND_EXECUTION_ERROR)/.test(line);
        assert.deepEqual(lines.filter(hidden), []);
        const logged = readFileSync(join(results, "build.log"), "utf8").split("\n").filter(hidden);
        assert.deepEqual(logged, [said[0], "COMMAND_EXECUTION_ERROR in phase build: exit status 1 of: sh -c 'exit 1'"]);
    });

    it("survives a command that ends the shell: finally runs where it was, with what was exported", async () => {
        const { result, output } = await runSpec({
            ...spec([]),
            env: { "exported-variables": ["KEPT"] },
            phases: {
                build: {
                    commands: ["mkdir out && cd out", "export KEPT='it'\"'\"'s'", "exit 4"],
                    finally: ['echo "$KEPT" > kept.txt', "cd .."],
                },
            },
        });
        assert.equal(
            result.message,
            "AP3316: COMMAND_EXECUTION_ERROR in phase build: exit status 4 of: exit 4. The log above says why.",
        );
        assert.equal(output("kept.txt"), "it's\n");
        assert.deepEqual(result.exported, { KEPT: "it's" });
    });

    it("runs nothing after a failed install phase, and goes on where on-failure says CONTINUE", async () => {
        const phases = (more: object) => ({
            install: { commands: ["false"], ...more },
            build: { commands: ["mkdir out && touch out/built"] },
        });
        const aborted = await runSpec({ ...spec([]), phases: phases({}) });
        assert.equal(aborted.result.succeeded, false);
        assert.equal(aborted.output("built"), undefined);
        const continued = await runSpec({ ...spec([]), phases: phases({ "on-failure": "CONTINUE" }) });
        assert.equal(continued.result.succeeded, true);
        assert.equal(continued.output("built"), "");
    });

    it("fails a build that leaves no artifact", async () => {
        const { result } = await runSpec(spec(["true"]));
        assert.deepEqual(result, {
            succeeded: false,
            exported: {},
            message:
                "AP3318: CLIENT_ERROR: no matching artifact paths found in out. Correct the artifacts of the build specification.",
        });
    });

    it("copies reports", async () => {
        const { results } = await runSpec(
            spec(["mkdir -p out reports/deep && touch out/file reports/deep/one.xml reports/two.txt"], {
                reports: { liquibase: { files: ["**/*.xml"], "base-directory": "reports", "file-format": "JUNITXML" } },
            }),
        );
        assert(existsSync(join(results, "reports/liquibase/deep/one.xml")));
        assert(!existsSync(join(results, "reports/liquibase/two.txt")));
    });

    it("ends a build, and all that it started, when the run is interrupted", async () => {
        const controller = new AbortController();
        const marker = join(temporaryDirectory(), "pid");
        const running = runSpec(spec([`sleep 600 & echo $! > ${marker}.new; mv ${marker}.new ${marker}; wait`]), {
            signal: controller.signal,
        });
        await eventually("the build has started its own", () => existsSync(marker));
        const started = Number(readFileSync(marker, "utf8"));
        // The shell's copy becomes `sleep` a moment after its number is known.
        await eventually("it runs", () => commandLineOf(started)?.includes("sleep") === true);
        controller.abort();
        await assert.rejects(running, { name: "AbortError" });
        await eventually("what it started has ended", () => commandLineOf(started) === undefined);
    });
});

describe("local run: build specifications", () => {
    it("reads the one that MigrationBuild writes", () => {
        const { phases, exportedVariables, artifacts, runtimeVersions, shell } = parseBuildSpec(
            "Plan",
            ownBuildSpec({ action: "plan", customCommands: undefined, choosesRuntimes: true }),
        );
        assert.deepEqual(
            phases.map(({ name }) => name),
            ["install", "build"],
        );
        assert(exportedVariables.includes("PLANNED_CHANGES"));
        assert.equal(artifacts?.baseDirectory, ".delivery/artifacts");
        assert.deepEqual(runtimeVersions, { java: "corretto17", nodejs: "24" });
        assert.equal(shell, "sh");
    });

    it("rejects unsupported features by name", () => {
        const text = JSON.stringify({
            version: 0.1,
            "run-as": "user",
            env: { "parameter-store": { A: "b" }, shell: "powershell.exe" },
            phases: { build: { commands: [], "on-failure": "RETRY", steps: [] } },
            cache: { paths: ["x"] },
            artifacts: { files: [], "secondary-artifacts": {} },
        });
        assert.throws(() => parseBuildSpec("Plan", text), {
            code: "AP3001",
            facts: {
                features: [
                    "build specification of Plan: run-as",
                    "build specification of Plan: cache",
                    "build specification of Plan: version 0.1; it has 0.2",
                    "build specification of Plan: env.parameter-store",
                    'build specification of Plan: env.shell "powershell.exe"; it has sh, bash',
                    "build specification of Plan: phases.build.steps",
                    'build specification of Plan: phases.build.on-failure "RETRY"; it has ABORT, CONTINUE',
                    "build specification of Plan: artifacts.secondary-artifacts",
                ],
            },
        });
    });

    it("rejects a project that needs unsupported features", () => {
        const recorded = project(spec([]), {
            fileSystemLocations: [{}],
            environment: { type: "WINDOWS_CONTAINER", image: "image" },
            cache: { type: "S3" },
        });
        assert.throws(() => readProject([recorded], "Deploy"), {
            code: "AP3001",
            facts: {
                features: [
                    'CodeBuild project Deploy: "fileSystemLocations"',
                    'CodeBuild project Deploy: environment.type "WINDOWS_CONTAINER"; it has LINUX_CONTAINER, ARM_CONTAINER, LINUX_LAMBDA_CONTAINER',
                    'CodeBuild project Deploy: cache.type "S3"; it has NO_CACHE',
                ],
            },
        });
    });

    it("checks the runtimes that it chooses", () => {
        const local = { javaHome: "/java", java: 17, nodejs: 22 };
        // Any supported Node.js will do.
        checkRuntimes({ java: "corretto17", nodejs: "24" }, local);
        assert.throws(() => checkRuntimes({ nodejs: "24" }, { ...local, nodejs: 20 }), {
            code: "AP3309",
            message:
                "AP3309: The build specification chooses nodejs 24; this machine has 20. Install nodejs 22 or newer.",
        });
        checkRuntimes({ java: "corretto11" }, local);
        assert.throws(() => checkRuntimes({ java: "corretto21" }, local), {
            code: "AP3309",
            message:
                "AP3309: The build specification chooses java corretto21; this machine has 17. Install java 21 or newer.",
        });
        assert.throws(() => checkRuntimes({ python: "3.12" }, local), /chooses the runtime python/);
    });
});

describe("local run: secrets", () => {
    it("resolves references as CodeBuild writes them", () => {
        assert.equal(secrets.resolve(`${secretArn}:password::`), "s3cret-value");
        assert.equal(secrets.resolve(`${secretArn}:username:AWSCURRENT:`), "dbowner");
        assert.equal(secrets.resolve(`${secretArn}:port`), "5432");
        assert.match(secrets.resolve(secretArn), /"username":"dbowner"/);
    });

    it("explains an invalid reference without showing the secret", () => {
        for (const [reference, message] of [
            [`${secretArn}:nothing::`, /has no JSON key "nothing"/],
            [`${secretArn}:password:AWSPREVIOUS:`, /names a version/],
            [
                "arn:aws:secretsmanager:x:1:secret:other:password::",
                /has no secret "arn:aws:secretsmanager:x:1:secret:other"/,
            ],
        ] as const) {
            assert.throws(
                () => secrets.resolve(reference),
                (error: Error) => message.test(error.message) && !error.message.includes("s3cret"),
            );
        }
    });

    it("masks a secret that contains another one completely", () => {
        assert.equal(createMask(["abc", "abcdef", ""])("x abcdef abc"), "x *** ***");
    });
});
