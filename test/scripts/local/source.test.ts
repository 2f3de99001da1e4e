import assert from "node:assert/strict";
import {
    chmodSync,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    statSync,
    symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { toolNamed } from "../../../scripts/delivery/tools/registry";
import type { UserError } from "../../../scripts/local/errors";
import { toolFor } from "../../../scripts/local/source/migrations";
import { deliver, openSource } from "../../../scripts/local/source/source";
import { numbered } from "../delivery/tools/fakeTool";
import { git, removeTemporary, temporaryDirectory, write } from "./support";

describe("local run: source", () => {
    let repository: string;

    beforeEach(() => {
        repository = temporaryDirectory();
        git(repository, "init", "--quiet");
        write(repository, {
            "migrations/liquibase.properties": "changeLogFile=changelog.yaml\n",
            "migrations/changelog.yaml": "committed",
            ".gitignore": "ignored\n",
            "removed.txt": "still committed",
            "script.sh": "#!/bin/sh\n",
        });
        chmodSync(join(repository, "script.sh"), 0o755);
        git(repository, "add", ".");
        git(repository, "commit", "--quiet", "-m", "First\n\nBody");
    });
    after(removeTemporary);

    async function delivered(options: { worktree?: boolean; migrations?: string } = {}) {
        const source = await openSource({ repository, ...options });
        const target = join(temporaryDirectory(), "target");
        mkdirSync(target);
        await deliver(source, target, "migrations");
        return { source, target, read: (file: string) => readFileSync(join(target, file), "utf8") };
    }

    it("is the last commit, whatever the working tree contains", async () => {
        write(repository, { "migrations/changelog.yaml": "changed", "new.txt": "new" });
        const { source, target, read } = await delivered();
        assert.equal(source.revision, git(repository, "rev-parse", "HEAD"));
        assert.equal(source.head.message, "First\n\nBody");
        assert.equal(read("migrations/changelog.yaml"), "committed");
        assert(!existsSync(join(target, "new.txt")));
    });

    it("has no permissions, like a source action's archive", async () => {
        const { target } = await delivered();
        assert.equal(statSync(join(target, "script.sh")).mode & 0o777, 0o644);
    });

    it("leaves the targets of its symbolic links alone", async () => {
        const outside = temporaryDirectory();
        write(outside, { "tool.sh": "#!/bin/sh\n" });
        chmodSync(join(outside, "tool.sh"), 0o755);
        symlinkSync(outside, join(repository, "linked"));
        git(repository, "add", ".");
        git(repository, "commit", "--quiet", "-m", "Link");
        for (const options of [{}, { worktree: true }]) {
            const { target } = await delivered(options);
            assert.equal(readlinkSync(join(target, "linked")), outside);
            assert.equal(statSync(join(outside, "tool.sh")).mode & 0o777, 0o755);
        }
    });

    it("does not replace the target of a link out of the repository", async () => {
        const outside = temporaryDirectory();
        write(outside, { "migrations/precious.sql": "precious" });
        symlinkSync(outside, join(repository, "linked"));
        git(repository, "add", ".");
        git(repository, "commit", "--quiet", "-m", "Link");
        const migrations = temporaryDirectory();
        write(migrations, { "liquibase.properties": "changeLogFile=other.xml\n" });
        const source = await openSource({ repository, migrations });
        const target = join(temporaryDirectory(), "target");
        mkdirSync(target);
        await assert.rejects(
            deliver(source, target, "linked/migrations"),
            /is reached through a symbolic link that points outside the repository/,
        );
        assert(existsSync(join(outside, "migrations/precious.sql")));
    });

    it("is the working tree, if requested: tracked or not, but not ignored", async () => {
        write(repository, {
            "migrations/changelog.yaml": "changed",
            "new.txt": "new",
            ignored: "ignored",
            " \u2028 .txt": "odd",
        });
        rmSync(join(repository, "removed.txt"));
        const { source, target, read } = await delivered({ worktree: true });
        assert.match(source.revision, new RegExp(`^${git(repository, "rev-parse", "HEAD")}-worktree-[0-9a-f]{8}$`));
        assert.equal(read("migrations/changelog.yaml"), "changed");
        assert.equal(read("new.txt"), "new");
        assert.equal(read(" \u2028 .txt"), "odd");
        assert(!existsSync(join(target, "ignored")));
        assert(!existsSync(join(target, "removed.txt")));
        write(repository, { "new.txt": "newer" });
        assert.notEqual((await openSource({ repository, worktree: true })).revision, source.revision);
    });

    it("uses another changelog instead of its own", async () => {
        const migrations = temporaryDirectory();
        write(migrations, { "liquibase.properties": "changeLogFile=other.xml\n", "sub/other.xml": "other" });
        const { source, target, read } = await delivered({ migrations });
        assert.match(source.revision, /^[0-9a-f]{40}$/);
        assert.notEqual(source.revision, source.head.id);
        assert.equal(read("migrations/sub/other.xml"), "other");
        assert.deepEqual(readdirSync(join(target, "migrations")).sort(), ["liquibase.properties", "sub"]);
    });

    it("knows which tool another directory is for", async () => {
        const migrations = temporaryDirectory();
        write(migrations, { "liquibase.properties": "changeLogFile=other.xml\n" });
        const { migrations: opened } = await openSource({ repository, migrations });
        assert.deepEqual([opened?.tool.name, opened?.files], ["Liquibase", ["liquibase.properties"]]);
    });

    it("rejects a directory for which it cannot tell, with the candidates, unless the tool is named", () => {
        const both = temporaryDirectory();
        write(both, { "liquibase.properties": "", "001.sql": "", "002.sql": "", "003.sql": "" });
        const tools = [numbered, toolNamed("Liquibase")];
        assert.throws(
            () => toolFor(both, both, undefined, tools),
            (error: UserError) => {
                assert.equal(error.code, "AP3109");
                assert.deepEqual(error.facts, {
                    directory: both,
                    candidates: ["Numbered: 001.sql, 002.sql and 1 more", "Liquibase: liquibase.properties"],
                    example: "Numbered",
                });
                return true;
            },
        );
        assert.equal(toolFor(both, both, "Liquibase", tools).tool.name, "Liquibase");
    });

    it("rejects a directory of no tool, before anything starts", async () => {
        const empty = temporaryDirectory();
        await assert.rejects(openSource({ repository, migrations: empty }), (error: UserError) => {
            assert.equal(error.code, "AP3108");
            assert.deepEqual(error.facts.directory, empty);
            assert.ok((error.facts.tools as string[]).includes("Liquibase: liquibase.properties"));
            return true;
        });
        await assert.rejects(openSource({ repository, migrations: join(empty, "absent") }), {
            code: "AP3104",
            message: `AP3104: --migrations ${join(empty, "absent")}: the directory does not exist. Correct the path.`,
        });
    });

    it("reports a missing repository, or a missing commit", async () => {
        const elsewhere = temporaryDirectory();
        await assert.rejects(
            openSource({ repository: elsewhere }),
            /is not in a Git repository, and the pipeline's source is one/,
        );
        git(elsewhere, "init", "--quiet");
        await assert.rejects(openSource({ repository: elsewhere }), /has no commit to deliver/);
    });
});
