import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as fc from "fast-check";
import { unzipSync } from "fflate";
import { pack, writeArchive } from "../../scripts/toolchain/archive";
import { Cache } from "../../scripts/toolchain/cache";
import { compile } from "../../scripts/toolchain/java";
import { hashFiles } from "../../stacks/toolchainInputs";
import { withLock } from "../../scripts/machine/lock.cjs";
import { copyDependencies } from "../../scripts/toolchain/maven";

describe("the toolchain archive", () => {
    const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?\.(jar|txt)$/);
    const files = fc.uniqueArray(fc.record({ name, content: fc.uint8Array(), executable: fc.boolean() }), {
        selector: (file) => file.name,
    });

    it("is the same bytes whatever the order of its files", () => {
        fc.assert(
            fc.property(files, (given) => {
                assert.deepEqual(pack(given), pack([...given].reverse()));
            }),
        );
    });

    it("restores every file", () => {
        fc.assert(
            fc.property(files, (given) => {
                const expected = Object.fromEntries(given.map((file) => [file.name, new Uint8Array(file.content)]));
                assert.deepEqual({ ...unzipSync(pack(given)) }, expected);
            }),
        );
    });

    it("is the same bytes in every time zone", () => {
        const script = `
            require("ts-node/register/transpile-only");
            const { pack } = require("./scripts/toolchain/archive");
            console.log(Buffer.from(pack([{ name: "a", content: Buffer.from("b") }])).toString("base64"));`;
        const inZone = (TZ: string) =>
            execFileSync(process.execPath, ["-e", script], { env: { ...process.env, TZ }, encoding: "utf8" });
        assert.equal(inZone("Pacific/Kiritimati"), inZone("America/Los_Angeles"));
    });

    it("keeps executable permissions", () => {
        const archive = path.join(os.tmpdir(), `archive-${process.pid}.zip`);
        fs.writeFileSync(
            archive,
            pack([
                { name: "run", content: Buffer.from("x"), executable: true },
                { name: "read", content: Buffer.from("y") },
            ]),
        );
        // Central directory: external attributes at offset 38, the name at 46.
        const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
        const bytes = fs.readFileSync(archive);
        fs.rmSync(archive);
        const modes: [string, number][] = [];
        for (let at = bytes.indexOf(signature); at !== -1; at = bytes.indexOf(signature, at + 1)) {
            const name = bytes.toString("utf8", at + 46, at + 46 + bytes.readUInt16LE(at + 28));
            modes.push([name, bytes.readUInt32LE(at + 38) >>> 16]);
        }
        assert.deepEqual(modes, [
            ["read", 0o100644],
            ["run", 0o100755],
        ]);
    });
});

describe("a build of the toolchain", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "toolchain-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    it("names the archive by its content", () => {
        const { name, sha256 } = writeArchive(directory, [{ name: "a", content: Buffer.from("b") }]);
        assert.equal(name, `toolchain-${sha256.slice(0, 16)}.zip`);
        assert.deepEqual(fs.readdirSync(directory), [name]);
    });

    it("identifies its inputs by name and content, not by location", () => {
        for (const [root, content] of [
            ["one", "x"],
            ["two", "x"],
            ["three", "y"],
        ] as const) {
            fs.mkdirSync(path.join(directory, root));
            fs.writeFileSync(path.join(directory, root, "a"), content);
        }
        const hash = (root: string) => hashFiles(path.join(directory, root), [path.join(directory, root, "a")]);
        assert.equal(hash("one"), hash("two"));
        assert.notEqual(hash("one"), hash("three"));
    });

    it("keeps a finished archive, and never a partial one", () => {
        const cache = new Cache(directory);
        let fills = 0;
        const fill = (target: string) => {
            fills += 1;
            fs.writeFileSync(path.join(target, "made"), "");
        };
        const made = cache.directoryFor("jars", "key", fill);
        assert.equal(cache.directoryFor("jars", "key", fill), made);
        assert.equal(fills, 1);
        assert.throws(
            () =>
                cache.directoryFor("jars", "other", (target) => {
                    fs.writeFileSync(path.join(target, "half"), "");
                    throw new Error("broken");
                }),
            /broken/,
        );
        assert.deepEqual(fs.readdirSync(directory), [path.basename(made)]);
    });

    it("waits for another one", async () => {
        const file = path.join(directory, "lock");
        const script = `
            require("ts-node/register/transpile-only");
            const { withLock } = require("./scripts/machine/lock.cjs");
            const { appendFileSync } = require("node:fs");
            withLock(${JSON.stringify(file)}, () => {}, () => {
                appendFileSync(${JSON.stringify(`${file}.log`)}, "begin ");
                Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
                appendFileSync(${JSON.stringify(`${file}.log`)}, "end ");
            });`;
        await Promise.all(
            [1, 2, 3].map(
                () =>
                    new Promise((resolve) =>
                        spawn(process.execPath, ["-e", script], { stdio: "inherit" }).on("exit", resolve),
                    ),
            ),
        );
        assert.equal(fs.readFileSync(`${file}.log`, "utf8"), "begin end ".repeat(3));
    }).timeout(20_000);

    it("takes over from a dead one", () => {
        const file = path.join(directory, "lock");
        const dead = Number(execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }));
        fs.writeFileSync(file, String(dead));
        assert.equal(
            withLock(
                file,
                () => assert.fail("waited"),
                () => "done",
            ),
            "done",
        );
        assert.deepEqual(fs.readdirSync(directory), []);
    });

    describe("names in one sentence what is missing:", () => {
        const saved = { PATH: process.env.PATH, JAVA_HOME: process.env.JAVA_HOME };
        beforeEach(() => {
            process.env.PATH = directory;
            delete process.env.JAVA_HOME;
        });
        afterEach(() => {
            Object.assign(
                process.env,
                { PATH: saved.PATH },
                saved.JAVA_HOME === undefined ? {} : { JAVA_HOME: saved.JAVA_HOME },
            );
        });

        it("Maven", () => {
            assert.throws(() => copyDependencies("pom.xml", directory), {
                code: "AP3401",
                message:
                    "AP3401: mvn is missing. Install Apache Maven 3.6 or newer (https://maven.apache.org), or put `mvn` on the PATH.",
            });
        });

        it("Java", () => {
            assert.throws(() => compile({ compiler: [], sources: [], classPath: [], target: directory }), {
                code: "AP3401",
                message: "AP3401: java is missing. Install a Java runtime, version 17 or newer, or set JAVA_HOME.",
            });
        });
    });
});
