import * as assert from "node:assert/strict";
import { join } from "node:path";
import { baseOf, nextRelease } from "../../../scripts/check/lint";
import { git, removeTemporary, temporaryDirectory, write } from "../local/support";

const changeset = (id: string) => `--changeset ana:${id}\nSELECT 1;\n--rollback SELECT 1;\n`;
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
        assert.deepEqual(await release(["one", "two", "three"]), {
            changesets: [named("two"), named("three")],
            which: "2 changesets that origin/main does not have",
        });
    });

    it("is nothing if the upstream has all", async () => {
        push();
        assert.deepEqual(await release(["one"]), {
            changesets: [],
            which: "no changeset: origin/main has them all",
        });
    });

    it("is what a named commit does not have", async () => {
        push();
        git(repository, "tag", "v1");
        changelog("one", "two");
        git(repository, "commit", "--quiet", "-am", "Two");
        git(repository, "push", "--quiet");
        assert.deepEqual(await release(["one", "two"], "v1"), {
            changesets: [named("two")],
            which: "1 changeset that v1 does not have",
        });
    });

    it("is what is not committed where the branch has no upstream, and says so", async () => {
        commit();
        changelog("one", "two");
        assert.deepEqual(await release(["one", "two"]), {
            changesets: [named("two")],
            which: "1 changeset that the last commit does not have: the branch has no upstream, and no --since was given",
        });
    });

    it("is everything where neither an upstream nor a change tells what is new, and says so", async () => {
        commit();
        assert.deepEqual(await release(["one"]), {
            changesets: [named("one")],
            which: "all 1 changeset as one release: the branch has no upstream, and no --since was given",
        });
    });

    it("is everything, as said, where the upstream is not fetched or has no changelog", async () => {
        push();
        git(repository, "rm", "--quiet", "-r", "--cached", "migrations");
        git(repository, "commit", "--quiet", "-m", "None");
        git(repository, "push", "--quiet");
        assert.equal(
            (await release(["one"])).which,
            "all 1 changeset as one release: origin/main has no changelog that can be read",
        );
        git(repository, "update-ref", "-d", "refs/remotes/origin/main");
        assert.equal(
            (await release(["one"])).which,
            "all 1 changeset as one release: the last commit has no changelog that can be read",
        );
    });

    it("is everything outside of a Git repository, and says so", async () => {
        assert.deepEqual(await release(["one"]), {
            changesets: [named("one")],
            which: "all 1 changeset as one release: no Git repository with a commit says which ones are new",
        });
    });

    it("is refused where --since names no commit, or there is no repository", async () => {
        await assert.rejects(release(["one"], "v1"), { code: "AP3101" });
        commit();
        for (const name of ["v1", "--all", ""]) {
            await assert.rejects(release(["one"], name), { code: "AP3110", facts: { name, directory: migrations } });
        }
    });

    const release = async (ids: string[], since?: string) =>
        nextRelease(migrations, ids.map(named), await baseOf(migrations, since));

    function changelog(...ids: string[]): void {
        write(migrations, {
            "liquibase.properties": "changeLogFile=changelog.sql\n",
            "changelog.sql": ["--liquibase formatted sql\n", ...ids.map(changeset)].join("\n"),
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
