import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { takeLock } from "../../../scripts/local/lock";
import { ArtifactStore, jarsIn } from "../../../scripts/local/pipeline/artifacts";
import { formatTable, outcomeOf } from "../../../scripts/local/report";
import { State } from "../../../scripts/local/state";
import {
    forgetWaiting,
    mismatch,
    pruneExecutions,
    rollbackOf,
    waitingOn,
    writeWaiting,
} from "../../../scripts/local/waiting";
import { removeTemporary, temporaryDirectory, write } from "./support";

describe("local run: artifacts", () => {
    after(removeTemporary);

    function archive(entries: Record<string, string>, mode = 0o644): string {
        const path = join(temporaryDirectory(), "archive.zip");
        const files: Zippable = {};
        for (const [name, text] of Object.entries(entries)) {
            files[name] = [Buffer.from(text), { os: 3, attrs: mode << 16 }];
        }
        writeFileSync(path, zipSync(files));
        return path;
    }

    it("unpacks an archive with its permissions", () => {
        const store = new ArtifactStore(temporaryDirectory());
        store.addArchive("Toolchain", archive({ "lib/one.jar": "jar", tool: "binary" }, 0o755));
        const target = join(temporaryDirectory(), "target");
        store.unpack("Toolchain", target);
        assert.equal(readFileSync(join(target, "lib/one.jar"), "utf8"), "jar");
        assert.equal(statSync(join(target, "tool")).mode & 0o777, 0o755);
    });

    it("gives each build a copy of its own", () => {
        const store = new ArtifactStore(temporaryDirectory());
        write(store.create("Source"), { "file.txt": "one" });
        const target = join(temporaryDirectory(), "target");
        store.unpack("Source", target);
        write(target, { "file.txt": "two" });
        assert.equal(store.read("Source", "file.txt"), "one");
        assert.equal(store.read("Source", "absent"), undefined);
        assert.equal(store.read("Absent", "file.txt"), undefined);
    });

    it("gives each build the archive's content, whatever an earlier build did to its files", () => {
        const [root, unpacked] = [temporaryDirectory(), temporaryDirectory()];
        const file = archive({ "lib/one.jar": "jar", tool: "binary" }, 0o755);
        const delivered = (store: string) => {
            const artifacts = new ArtifactStore(join(root, store), unpacked);
            artifacts.addArchive("Toolchain", file);
            const target = join(temporaryDirectory(), "target");
            artifacts.unpack("Toolchain", target);
            return target;
        };
        const first = delivered("one");
        const inode = statSync(join(first, "tool")).ino;
        assert.equal(statSync(join(delivered("two"), "tool")).ino, inode, "unpacked once");
        writeFileSync(join(first, "tool"), "changed");
        rmSync(join(first, "lib"), { recursive: true });
        const second = delivered("three");
        assert.equal(readFileSync(join(second, "tool"), "utf8"), "binary");
        assert.equal(readFileSync(join(second, "lib/one.jar"), "utf8"), "jar");
        // An unpacking that was interrupted leaves no list of its files.
        const [home] = readdirSync(unpacked);
        rmSync(join(unpacked, home!, "manifest.json"));
        rmSync(join(unpacked, home!, "files/tool"));
        assert.equal(readFileSync(join(delivered("four"), "tool"), "utf8"), "binary");
    });

    it("rejects an archive that would write elsewhere, and an artifact that no action produced", () => {
        const store = new ArtifactStore(temporaryDirectory());
        store.addArchive("Evil", archive({ "../outside.txt": "x" }));
        const target = join(temporaryDirectory(), "target");
        assert.throws(() => store.unpack("Evil", target), /which is outside the archive/);
        assert(!existsSync(join(target, "../outside.txt")));
        assert.throws(() => store.unpack("Absent", target), /The artifact "Absent" does not exist/);
    });

    it("lists the jars of the toolchain", () => {
        assert.deepEqual(jarsIn(archive({ "lib/one.jar": "", "delivery.cjs": "" })), ["lib/one.jar"]);
    });
});

describe("local run: its state", () => {
    after(removeTemporary);

    it("remembers generated values until their inputs change", () => {
        const path = join(temporaryDirectory(), "state.json");
        let count = 0;
        const generate = () => `value ${++count}`;
        assert.equal(State.open(path).value("dev", "password", "{}", generate), "value 1");
        assert.equal(State.open(path).value("dev", "password", "{}", generate), "value 1");
        assert.equal(State.open(path).value("prod", "password", "{}", generate), "value 2");
        assert.equal(State.open(path).value("dev", "password", '{"length":9}', generate), "value 3");
        assert.equal(statSync(path).mode & 0o777, 0o600);
        State.open(path).updateServer("dev", { port: 1 });
        State.open(path).updateServer("dev", { kept: true });
        assert.deepEqual(State.open(path).server("dev"), { port: 1, kept: true });
    });

    it("says what to do about an unreadable state", () => {
        const path = join(temporaryDirectory(), "state.json");
        writeFileSync(path, "{");
        assert.throws(() => State.open(path), /is not JSON. Delete the directory "\.local" to start afresh\./);
    });

    it("locks out a second run, and takes over the lock of a dead one", () => {
        const path = join(temporaryDirectory(), "lock");
        const release = takeLock(path);
        assert.throws(
            () => takeLock(path),
            new RegExp(`Another local run \\(process ${process.pid}\\) is in progress`),
        );
        release();
        writeFileSync(path, "999999999\n");
        takeLock(path)();
        assert(!existsSync(path));
    });

    it("finds the execution that waits for exactly this, and forgets those of the same database", () => {
        const runs = temporaryDirectory();
        const identity = { server: "prod", revision: "abc", definition: "1" };
        const execution = { executionId: "one", identity, variables: { variables: { ROLLBACK_TO: "none" } }, done: [] };
        for (const [name, server] of [
            ["one", "prod"],
            ["two", "dev"],
        ] as const) {
            mkdirSync(join(runs, name));
            writeWaiting(join(runs, name), { ...execution, executionId: name, identity: { ...identity, server } });
        }
        const waiting = waitingOn(runs, "prod");
        assert.deepEqual(
            waiting.map(({ executionId }) => executionId),
            ["one"],
        );
        assert.equal(mismatch(waiting[0]!, identity, undefined), undefined);
        assert.equal(
            mismatch(waiting[0]!, { ...identity, revision: "other" }, undefined),
            "The source changed since you read the plan",
        );
        assert.equal(
            mismatch(waiting[0]!, { ...identity, definition: "2" }, undefined),
            "The pipeline changed since you read the plan",
        );
        assert.equal(mismatch(waiting[0]!, identity, "release-1"), "The waiting plan was for something else");
        forgetWaiting(runs, waiting);
        assert.deepEqual(waitingOn(runs, "prod"), []);
        assert.equal(waitingOn(runs, "dev")[0]?.executionId, "two");
    });

    it("knows the release that a waiting execution rolls back to", () => {
        assert.equal(rollbackOf({ variables: { variables: { ROLLBACK_TO: "none" } } }), undefined);
        assert.equal(rollbackOf({ variables: { variables: { ROLLBACK_TO: "release-1" } } }), "release-1");
        assert.equal(rollbackOf({ variables: {} }), undefined);
    });

    it("keeps the newest ten executions, and those that are running", () => {
        const runs = temporaryDirectory();
        const numbers = [...Array(12).keys()];
        const there = () => numbers.filter((run) => existsSync(join(runs, String(run)))).length;
        for (const run of numbers) mkdirSync(join(runs, String(run)));
        pruneExecutions(runs, new Set(numbers.map(String)));
        assert.equal(there(), 12);
        pruneExecutions(runs, new Set());
        assert.equal(there(), 10);
    });

    it("keeps an execution that has just ended, however many newer ones are running", () => {
        const runs = temporaryDirectory();
        mkdirSync(join(runs, "ended"));
        utimesSync(join(runs, "ended"), 1, 1);
        const running = [...Array(12).keys()].map(String);
        for (const run of running) mkdirSync(join(runs, run));
        pruneExecutions(runs, new Set(running));
        assert.equal(readdirSync(runs).length, 13);
    });
});

describe("local run: report", () => {
    after(removeTemporary);

    const name = (id: string) => ({ id, author: "a", file: "f.sql" });

    it("counts what a deployment applied and left, and what was undone", () => {
        const store = new ArtifactStore(temporaryDirectory());
        const changesets = [
            { ...name("1"), seconds: 0.5, status: "Applied" },
            { ...name("2"), seconds: 0.1, status: "AppliedAgain" },
            { ...name("3"), seconds: 0.1, status: "MarkedAsRan" },
            { ...name("4"), seconds: 0.1, status: "Applied" },
            { ...name("5"), seconds: 0.1, status: "Failed" },
        ];
        const deployment = { releaseId: "release-1", changesets, undone: [name("4")] };
        write(store.create("Deployment"), { "deployment.json": JSON.stringify(deployment) });
        assert.deepEqual(outcomeOf(store), {
            releaseId: "release-1",
            changesets: [
                { ...name("1"), seconds: 0.5 },
                { ...name("2"), seconds: 0.1 },
            ],
            undone: [name("4")],
        });
    });

    it("is empty where nothing was deployed", () => {
        assert.deepEqual(outcomeOf(new ArtifactStore(temporaryDirectory())), { changesets: [], undone: [] });
    });

    it("lines up a table", () => {
        assert.deepEqual(formatTable(["a", "bb"], [["long", "x"]]), ["  a     bb", "  ────  ──", "  long  x"]);
    });
});
