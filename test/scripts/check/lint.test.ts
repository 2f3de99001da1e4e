import * as assert from "node:assert/strict";
import { join } from "node:path";
import { baseOf } from "../../../scripts/check/base";
import { changesetsOf } from "../../../scripts/check/changes";
import { nextRelease, pushedIn } from "../../../scripts/check/lint";
import { nameOf } from "../../../scripts/delivery/changesets";
import { readProject } from "../../../scripts/delivery/tools/liquibase/project";
import { git, removeTemporary, temporaryDirectory, write } from "../local/support";

const changeset = (id: string) => `--changeset ana:${id}\nSELECT 1;\n--rollback SELECT 1;\n`;
const repeatable = (text: string) => `--changeset ana:view runOnChange:true\n${text};\n--rollback SELECT 1;\n`;
const named = (id: string) => ({ id, author: "ana", file: "changelog.sql" });

describe("what npm run check lints", () => {
    let repository: string;
    let migrations: string;

    beforeEach(() => {
        repository = temporaryDirectory();
        migrations = join(repository, "migrations");
        changelog("one");
    });
    after(removeTemporary);

    it("is what the branch's upstream does not have, committed or not", async () => {
        push();
        changelog("one", "two");
        git(repository, "commit", "--quiet", "-am", "Two");
        changelog("one", "two", "three");
        assert.deepEqual(await release(), {
            ...nothing,
            changesets: [named("two"), named("three")],
            pushed: [named("one")],
            which: "2 changesets that origin/main does not have",
        });
    });

    it("is nothing if the upstream has all", async () => {
        push();
        assert.equal((await release()).which, "no changeset: origin/main has them all");
    });

    it("is what runs again because it was edited, too, and names what a database would refuse", async () => {
        written(changeset("one"), repeatable("SELECT 1"), changeset("removed"));
        push();
        written(changeset("one").replace("SELECT 1;", "SELECT 2;"), repeatable("SELECT 2"), changeset("two"));
        assert.deepEqual(await release(), {
            changesets: [named("view"), named("two")],
            again: [named("view")],
            edited: [named("one")],
            pushed: [named("one"), named("view"), named("removed")],
            which: "1 changeset that origin/main does not have, and 1 changeset that runs again, edited since origin/main",
        });
        written(changeset("one"), repeatable("SELECT 2"));
        assert.equal((await release()).which, "1 changeset that runs again, edited since origin/main");
    });

    it("is what a named commit does not have", async () => {
        push();
        git(repository, "tag", "v1");
        changelog("one", "two");
        git(repository, "commit", "--quiet", "-am", "Two");
        git(repository, "push", "--quiet");
        const { changesets, which } = await release("v1");
        assert.deepEqual([changesets, which], [[named("two")], "1 changeset that v1 does not have"]);
    });

    it("is what the pull request's target does not have where a service builds it, without a branch", async () => {
        push();
        changelog("one", "two");
        git(repository, "commit", "--quiet", "-am", "Two");
        git(repository, "checkout", "--quiet", "--detach");
        for (const environment of [
            { GITHUB_BASE_REF: "main" },
            { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" },
            { SYSTEM_PULLREQUEST_TARGETBRANCH: "refs/heads/main" },
        ]) {
            assert.equal((await release(undefined, environment)).which, "1 changeset that origin/main does not have");
        }
        // A checkout without history.
        assert.equal(
            (await release(undefined, { GITHUB_BASE_REF: "next" })).which,
            "all 2 changesets as one release: origin/next is not fetched; fetch it with its history (git fetch --unshallow origin, or fetch-depth: 0)",
        );
    });

    it("is what the remote's default branch had when the branch left it, before the branch is pushed", async () => {
        push();
        git(repository, "remote", "set-head", "origin", "main");
        git(repository, "checkout", "--quiet", "-b", "feature");
        changelog("one", "two");
        git(repository, "commit", "--quiet", "-am", "Two");
        assert.equal((await release()).which, "1 changeset that origin/main does not have");
    });

    it("is what is not committed where nothing says what was pushed, and says so", async () => {
        commit();
        changelog("one", "two");
        const { changesets, which } = await release();
        assert.deepEqual(
            [changesets, which],
            [[named("two")], `1 changeset that the last commit does not have: ${unknown}`],
        );
    });

    it("is everything where no change tells what is new either, and says so", async () => {
        commit();
        const { changesets, edited, which } = await release();
        assert.deepEqual(
            [changesets, edited, which],
            [[named("one")], [], `all 1 changeset as one release: ${unknown}`],
        );
    });

    it("is everything, as said, where the upstream is not fetched or has no changelog", async () => {
        push();
        git(repository, "rm", "--quiet", "-r", "--cached", "migrations");
        git(repository, "commit", "--quiet", "-m", "None");
        git(repository, "push", "--quiet");
        assert.equal(
            (await release()).which,
            "all 1 changeset as one release: origin/main has no changelog that can be read",
        );
        git(repository, "update-ref", "-d", "refs/remotes/origin/main");
        assert.equal(
            (await release()).which,
            "all 1 changeset as one release: the last commit has no changelog that can be read",
        );
    });

    it("is everything outside of a Git repository, and says so", async () => {
        assert.deepEqual(await release(), {
            ...nothing,
            changesets: [named("one")],
            which: "all 1 changeset as one release: no Git repository with a commit says which ones are new",
        });
    });

    it("is refused where --since names no commit, or there is no repository", async () => {
        await assert.rejects(release("v1"), { code: "AP3101" });
        commit();
        for (const name of ["v1", "--all", ""]) {
            await assert.rejects(release(name), { code: "AP3110", facts: { name, directory: migrations } });
        }
    });

    const nothing = { again: [], edited: [], pushed: [] };
    const unknown =
        "the branch has no upstream, and the remote no known default branch; --since names what is deployed already";

    /** Without the variables of the service that runs this test. */
    async function release(since?: string, environment: NodeJS.ProcessEnv = {}) {
        const sources = changesetsOf(migrations, readProject(migrations).sources());
        const base = await baseOf(migrations, since, environment);
        return nextRelease(
            sources.map(nameOf),
            sources,
            base && (await pushedIn(migrations, base, temporaryDirectory())),
        );
    }

    function changelog(...ids: string[]): void {
        written(...ids.map(changeset));
    }

    function written(...changesets: string[]): void {
        write(migrations, {
            "liquibase.properties": "changeLogFile=changelog.sql\n",
            "changelog.sql": ["--liquibase formatted sql\n", ...changesets].join("\n"),
        });
    }

    function commit(): void {
        git(repository, "init", "--quiet", "--initial-branch=main");
        git(repository, "add", ".");
        git(repository, "commit", "--quiet", "-m", "One");
    }

    function push(): void {
        commit();
        const remote = temporaryDirectory();
        git(remote, "init", "--quiet", "--bare", "--initial-branch=main");
        git(repository, "remote", "add", "origin", remote);
        git(repository, "push", "--quiet", "--set-upstream", "origin", "main");
    }
});
