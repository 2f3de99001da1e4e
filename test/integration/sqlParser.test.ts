import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { Toolchain } from "../../components/contract";
import { ensureToolchain } from "../../scripts/toolchain/ensure";
import { compile } from "../../scripts/toolchain/java";
import { jarsBelow } from "../../scripts/toolchain/jars";
import { copyDependencies } from "../../scripts/toolchain/maven";

const root = path.join(__dirname, "../..");

describe("the parser that Liquibase cuts SQL with", () => {
    let directory: string;
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "parser-"));
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    it("makes of any SQL what Liquibase's own makes of it, in a time that grows with its length only", () => {
        for (const [name, content] of Object.entries(unzipSync(fs.readFileSync(ensureToolchain())))) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), content);
        }
        const libraries = path.join(directory, Toolchain.libraries);
        const jars = fs.readdirSync(libraries).map((name) => path.join(libraries, name));
        const compiler = path.join(directory, "compiler");
        copyDependencies(path.join(root, "scripts/toolchain/pom.xml"), compiler);
        const classes = path.join(directory, Toolchain.classes);
        compile({
            compiler: jarsBelow(compiler).map(({ file }) => file),
            sources: [path.join(__dirname, "java/CompareParsers.java")],
            classPath: [...jars, classes],
            target: classes,
        });
        const { JAVA_HOME: home } = process.env;
        const seed = process.env.FAULT_SEED ?? "1";
        const output = execFileSync(
            home ? path.join(home, "bin/java") : "java",
            ["-Xmx1g", "-cp", [classes, ...jars].join(path.delimiter), "CompareParsers", seed, "500"],
            { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
        );
        assert.match(output, /^same 500$/m, output);
    });
});
