import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

// What this proves: that the files say what is meant, and that their commands for Git do it. Not that the hosts accept
// them: neither has run there.

const root = path.join(__dirname, "..");
const read = <T>(...file: string[]) => parse(readFileSync(path.join(root, ...file), "utf8")) as T;

interface GitlabJob {
    script: string[];
    variables?: Record<string, string>;
    rules?: { if: string; when?: string }[];
    artifacts?: { when: string; paths: string[]; reports: Record<string, string> };
}
interface Gitlab {
    workflow: { rules: { if: string }[] };
    review: GitlabJob;
    comment: GitlabJob;
}
interface Bitbucket {
    clone: { depth: string };
    pipelines: {
        "pull-requests": Record<
            string,
            { step: { script: string[]; "after-script": string[]; artifacts: string[] } }[]
        >;
    };
}
interface Github {
    jobs: { review: { steps: { run?: string }[] } };
}

const postIt = "node --require ts-node/register/transpile-only scripts/review/post.ts review/review.json";
/** The commands of the workflow for GitHub, without what only that has: the review of the last push. */
const reviewIt = read<Github>(".github", "workflows", "review.yml")
    .jobs.review.steps.flatMap(({ run }) => run ?? [])
    .slice(0, 2)
    .map((command) => command.replace(" $PREVIOUS", ""));

describe("the review on other hosts", () => {
    const gitlab = read<Gitlab>("examples", "gitlab", ".gitlab-ci.yml");
    const bitbucket = read<Bitbucket>("examples", "bitbucket", "bitbucket-pipelines.yml");
    const [{ step: bitbucketStep }, ...others] = bitbucket.pipelines["pull-requests"]["**"] as [
        Bitbucket["pipelines"]["pull-requests"][string][number],
    ];

    it("runs what the workflow for GitHub runs", () => {
        assert.equal(reviewIt.length, 2);
        assert.deepEqual(gitlab.review.script.slice(1), reviewIt);
        assert.deepEqual([bitbucketStep.script.slice(2), others], [reviewIt, []]);
    });

    it("shows the findings whether or not there are errors, and comments with a token only", () => {
        assert.deepEqual(gitlab.workflow.rules, [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
        assert.deepEqual(gitlab.review.artifacts, {
            when: "always",
            paths: ["review"],
            reports: { codequality: "review/code-quality.json" },
        });
        assert.deepEqual(gitlab.comment.rules, [{ if: "$REVIEW_TOKEN", when: "always" }]);
        assert.equal(gitlab.comment.script.at(-1), postIt);
        assert.deepEqual(bitbucketStep["after-script"], [postIt]);
    });

    describe("compares with where the branch began", () => {
        let scratch: string;
        let clone: string;
        const git = (directory: string, ...args: string[]) =>
            execFileSync("git", ["-c", "user.name=ana", "-c", "user.email=ana@example.com", ...args], {
                cwd: directory,
                encoding: "utf8",
            }).trim();
        const commit = (directory: string, file: string) => {
            writeFileSync(path.join(directory, file), file);
            git(directory, "add", file);
            git(directory, "commit", "-q", "-m", file);
            return git(directory, "rev-parse", "HEAD");
        };
        let began: string;
        beforeEach(() => {
            scratch = mkdtempSync(path.join(tmpdir(), "review-examples-"));
            const origin = path.join(scratch, "origin");
            git(scratch, "init", "-q", "-b", "main", origin);
            began = commit(origin, "before.sql");
            git(origin, "switch", "-q", "-c", "feature");
            commit(origin, "mine.sql");
            git(origin, "switch", "-q", "main");
            commit(origin, "theirs.sql");
            clone = path.join(scratch, "clone");
            git(scratch, "clone", "-q", "--branch", "feature", "--single-branch", origin, clone);
        });
        afterEach(() => rmSync(scratch, { recursive: true, force: true }));

        const run = (commands: string[], environment: Record<string, string>) => {
            execFileSync("sh", ["-ec", commands.join("\n")], {
                cwd: clone,
                env: { ...process.env, ...environment },
                stdio: ["ignore", "pipe", "pipe"],
            });
            return git(path.join(clone, "base"), "rev-parse", "HEAD");
        };

        it("in GitLab", () => {
            assert.equal(gitlab.review.variables?.["GIT_DEPTH"], "0");
            const variables = { CI_MERGE_REQUEST_DIFF_BASE_SHA: began };
            assert.equal(run(gitlab.review.script.slice(0, 1), variables), began);
        });

        it("in Bitbucket, whose clone has one branch only", () => {
            assert.equal(bitbucket.clone.depth, "full");
            const variables = { BITBUCKET_PR_DESTINATION_BRANCH: "main" };
            assert.equal(run(bitbucketStep.script.slice(0, 2), variables), began);
        });
    });
});
