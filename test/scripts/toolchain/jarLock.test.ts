import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isPinned, jarLockName, verifyJars, writeLock } from "../../../scripts/toolchain/jarLock";
import { jarsBelow, sha256Of } from "../../../scripts/toolchain/jars";

const root = path.resolve(__dirname, "../../..");

describe("the lock of the jars", () => {
    let directory: string;
    let pom: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "jars-"));
        pom = path.join(directory, "pom.xml");
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    const put = (file: string, content: string) => {
        const full = path.join(directory, "repository", file);
        fs.mkdirSync(path.dirname(full), { recursive: true });
        fs.writeFileSync(full, content);
    };
    const jars = () => jarsBelow(path.join(directory, "repository"));
    const verify = () => verifyJars(pom, jars());
    const lock = (text: string) => fs.writeFileSync(path.join(directory, jarLockName), text);
    const fix = "Restore it from Git, or regenerate it: npm run lock";

    it("accepts exactly what was pinned, and names jars by their coordinates", () => {
        put("org/one/a/1.0/a-1.0.jar", "a");
        put("org/one/a/1.0/a-1.0.pom", "<project/>");
        put("org/two/b-c/2/b-c-2-native.jar", "b");
        assert.equal(isPinned(pom), false);
        const file = writeLock(pom, jars());
        assert.equal(isPinned(pom), true);
        assert.deepEqual((JSON.parse(fs.readFileSync(file, "utf8")) as { jars: object }).jars, {
            "org.one:a:1.0": sha256Of(Buffer.from("a")),
            "org.two:b-c:2:native": sha256Of(Buffer.from("b")),
        });
        verify();
    });

    it("reports all deviations at once", () => {
        put("org/one/a/1/a-1.jar", "a");
        put("org/one/gone/1/gone-1.jar", "gone");
        writeLock(pom, jars());
        put("org/one/a/1/a-1.jar", "another");
        put("org/one/new/1/new-1.jar", "new");
        fs.rmSync(path.join(directory, "repository/org/one/gone"), { recursive: true });
        const [before, after, added] = ["a", "another", "new"].map((text) => sha256Of(Buffer.from(text)));
        assert.throws(verify, {
            message: [
                `AP3405: ${path.join(directory, jarLockName)}: Maven resolved jars that differ from the pinned ones. Nothing was built:`,
                `  - org.one:a:1 has the wrong checksum: pinned SHA-256 ${before}, found ${after} (${path.join(directory, "repository/org/one/a/1/a-1.jar")})`,
                `  - org.one:new:1 is not pinned; it was resolved with SHA-256 ${added}`,
                "  - org.one:gone:1 is pinned, but was not resolved",
                "If pom.xml changed on purpose, run `npm run lock` and review the difference. If it did not, a jar was " +
                    "replaced: find out how, and delete it from Maven's local repository (~/.m2/repository).",
            ].join("\n"),
        });
    });

    it("must exist", () => {
        put("org/one/a/1/a-1.jar", "a");
        assert.throws(verify, {
            message: `AP3406: ${path.join(directory, jarLockName)} is missing: it pins the jars of pom.xml by their SHA-256. ${fix}`,
        });
    });

    it("must be JSON", () => {
        put("org/one/a/1/a-1.jar", "a");
        lock("jars");
        assert.throws(verify, { message: new RegExp(`jars.lock.json is not valid JSON \\(.*\\)\\. ${fix}$`) });
    });

    for (const [what, text, given] of [
        ["no jars", "{}", "nothing"],
        ["null", "null", "nothing"],
        ["a list", '{"jars": [1]}', "0: 1"],
        ["a short digest", '{"jars": {"a:b:1": "abc"}}', 'a:b:1: "abc"'],
    ]) {
        it(`must hold digests, not ${what}`, () => {
            put("org/one/a/1/a-1.jar", "a");
            lock(text!);
            assert.throws(verify, {
                message: `AP3407: ${path.join(directory, jarLockName)}: \`jars\` must map each jar's coordinates to its SHA-256, 64 hexadecimal digits. Invalid:\n  - ${given}\n${fix}`,
            });
        });
    }

    it("exists next to every pom.xml of the project", () => {
        for (const place of ["migrations", "scripts/toolchain", "examples/flowable-changelog"]) {
            assert.ok(isPinned(path.join(root, place, "pom.xml")), place);
        }
        const poms = ["migrations", "scripts", "examples", "components", "policy"].flatMap((folder) =>
            fs
                .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
                .filter((file) => path.basename(file) === "pom.xml" && !file.includes("node_modules")),
        );
        assert.equal(poms.length, 3);
    });
});
