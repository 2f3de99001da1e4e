import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import type { Engine } from "../../../../scripts/delivery/engines/engine";
import type { Settings } from "../../../../scripts/delivery/settings";
import { readCommands } from "../../../../scripts/delivery/tools/command/commands";
import { readProject } from "../../../../scripts/delivery/tools/command/project";
import { linesOf, runCommand } from "../../../../scripts/delivery/tools/command/run";
import { CommandSession } from "../../../../scripts/delivery/tools/command/session";
import { root } from "../../../support/program";
import { anyText } from "../../../support/text";

const complete = "name: A\nstatus: a\npending: b\ndeploy: c\n";

describe("commands.yaml", () => {
    for (const example of ["knex", "alembic"]) {
        it(`of the example ${example} is complete, and every file of it is part of what is approved`, () => {
            const project = readProject(path.join(root, "examples", example));
            assert.ok(project.commands.rollback && project.commands.sql && project.commands.undoSql);
            const files = project.files().map((file) => file.path);
            assert.ok(files.includes("commands.yaml"));
            assert.ok(files.some((file) => fs.existsSync(path.join(root, "examples", example, file))));
            assert.ok(files.every((file) => !file.includes("node_modules")));
        });
    }

    it("is approved with every file around it, with what links lead to, and with packages in the repository", () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "commands-"));
        try {
            const write = (name: string, text: string) => fs.writeFileSync(path.join(directory, name), text);
            const read = () => readProject(directory).files();
            write("commands.yaml", complete);
            write("a.js", "a");
            write("b.js", "b");
            fs.mkdirSync(path.join(directory, "node_modules"));
            write("node_modules/c.js", "c");
            fs.symlinkSync("a.js", path.join(directory, "link.js"));
            const before = read();
            assert.deepEqual(
                before.map((file) => file.path),
                ["a.js", "b.js", "commands.yaml", "link.js", "node_modules/"],
            );
            write("node_modules/c.js", "another");
            const [, , , , packages] = read();
            assert.notEqual(packages!.sha256, before[4]!.sha256);
            write("node_modules/c.js", "c");
            assert.deepEqual(read(), before);
            fs.rmSync(path.join(directory, "link.js"));
            fs.symlinkSync("b.js", path.join(directory, "link.js"));
            assert.notDeepEqual(read(), before);
        } finally {
            fs.rmSync(directory, { recursive: true });
        }
    });

    it("is approved with what is there before its commands run, not with what they install or write", () => {
        const directory = fs.mkdtempSync(path.join(os.tmpdir(), "commands-"));
        try {
            fs.writeFileSync(path.join(directory, "commands.yaml"), complete);
            const project = readProject(directory);
            const before = project.code();
            fs.mkdirSync(path.join(directory, "node_modules"));
            for (const name of ["node_modules/a.js", "written.txt"]) fs.writeFileSync(path.join(directory, name), "x");
            assert.deepEqual(project.code(), before);
        } finally {
            fs.rmSync(directory, { recursive: true });
        }
    });

    it("names everything that is wrong with it", () => {
        assert.deepEqual(readCommands(complete).problems, []);
        assert.deepEqual(readCommands("name: A\nstatus: 1\nup: b\n").problems, [
            "pending is missing",
            "deploy is missing",
            "there is no command up",
            "status is not a text",
        ]);
        for (const text of ["", "[]", "a", "a: [", "- a"]) assert.equal(readCommands(text).problems.length, 1, text);
        fc.assert(fc.property(anyText(), (text) => assert.ok(readCommands(text).problems.length > 0)));
    });
});

describe("a command of a project", () => {
    const options = { directory: root, environment: { MIGRATION: "a b" }, signal: new AbortController().signal };

    it("gets its variables and how the build reaches a registry, but none of the build's credentials", async () => {
        const before = { ...process.env };
        const given = { AWS_SECRET_ACCESS_KEY: "secret", HTTPS_PROXY: "http://proxy", NODE_EXTRA_CA_CERTS: "/own.pem" };
        Object.assign(process.env, given);
        try {
            const printed = 'echo "$MIGRATION|$HTTPS_PROXY|$NODE_EXTRA_CA_CERTS|$AWS_SECRET_ACCESS_KEY|"';
            const { output, failed } = await runCommand(printed, options);
            assert.deepEqual([linesOf(output), failed], [["a b|http://proxy|/own.pem||"], undefined]);
        } finally {
            for (const name of Object.keys(given)) {
                if (before[name] === undefined) delete process.env[name];
                else process.env[name] = before[name];
            }
        }
    });

    it("says how it failed, and what it said last", async () => {
        const { said, failed } = await runCommand("echo out; echo err >&2; exit 3", options);
        assert.equal(failed, "exit code 3");
        assert.deepEqual(said.split("\n").sort(), ["err", "out"]);
    });

    it("ends with everything that it has started", async () => {
        const stop = new AbortController();
        const started = performance.now();
        const running = runCommand("sleep 60 & sleep 60", { ...options, signal: stop.signal });
        setTimeout(() => stop.abort(), 100);
        assert.equal((await running).failed, "signal SIGKILL");
        assert.ok(performance.now() - started < 20_000);
    });

    it("is ended when the server answers nobody, however patient its client is", async () => {
        const closed: string[] = [];
        const lookout = (_: unknown, name: string) => ({
            works: () => Promise.reject(new Error("no answer")),
            close: () => Promise.resolve(void closed.push(name)),
        });
        const database = {
            ...{ host: "db.example", port: 5432, silenceSeconds: 1 },
            credential: { password: () => Promise.resolve("secret") },
        };
        const session = new CommandSession(
            { database, releaseId: "release-1" } as unknown as Settings,
            { lookout, clientVariables: () => ({}) } as unknown as Engine,
            {
                ...{ directory: root, files: () => [] },
                commands: { name: "Patient", status: "sleep 600", pending: "true", deploy: "true" },
            },
        );
        await assert.rejects(session.previewUpdate(), {
            message: /AP1440: The command status of Patient failed \(db\.example:5432 has not answered for 1 s\)/,
        });
        assert.deepEqual(closed, ["release-1"]);
    });
});
