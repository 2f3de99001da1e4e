import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Toolchain } from "../../components/contract";
import { compile, javaProgram } from "../../scripts/toolchain/java";
import { jarsBelow } from "../../scripts/toolchain/jars";
import { copyDependencies } from "../../scripts/toolchain/maven";
import { unpackedToolchain } from "../support/delivery";

const root = path.join(__dirname, "../..");

describe("the parser that Liquibase cuts SQL with", () => {
    let directory: string;
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "parser-"));
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    it("makes of any SQL what Liquibase's own makes of it, in a time that grows with its length only", () => {
        const toolchain = unpackedToolchain();
        const libraries = path.join(toolchain, Toolchain.libraries);
        const jars = fs.readdirSync(libraries).map((name) => path.join(libraries, name));
        const compiler = path.join(directory, "compiler");
        copyDependencies(path.join(root, "scripts/toolchain/pom.xml"), compiler);
        const own = path.join(toolchain, Toolchain.classes);
        const classes = path.join(directory, "classes");
        compile({
            compiler: jarsBelow(compiler).map(({ file }) => file),
            sources: [path.join(__dirname, "java/CompareParsers.java")],
            classPath: [...jars, own],
            target: classes,
        });
        const seed = process.env.FAULT_SEED ?? "1";
        const output = execFileSync(
            javaProgram(),
            ["-Xmx1g", "-cp", [classes, own, ...jars].join(path.delimiter), "CompareParsers", seed, "500"],
            { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
        );
        assert.match(output, /^same 500$/m, output);
    });
});
