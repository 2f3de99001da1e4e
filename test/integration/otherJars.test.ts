import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { strToU8, zipSync } from "fflate";
import { liquibaseErrors } from "../../scripts/delivery/tools/liquibase/errors";
import { beforeEachProject, createTable, type Delivery, type Project } from "../support/delivery";
import { makeJar } from "../support/jar";
import { PlanSession } from "../support/planSession";

/** An extension that leaves a trace where Liquibase loads it. */
const extension = {
    classes: {
        "other/Trace.java": `package other;
            public class Trace extends liquibase.change.core.EmptyChange {
                static { try { java.nio.file.Files.createFile(java.nio.file.Path.of("ran")); } catch (java.io.IOException e) {} }
            }`,
    },
    files: { "META-INF/services/liquibase.change.Change": "other.Trace" },
};

describe("a jar that is allowed to run code", () => {
    let delivery: Delivery;
    let project: Project;
    beforeEachProject((fresh, started) => {
        [project, delivery] = [fresh, started];
        project.changelog(createTable("a"));
    });

    const at = (name: string) => path.join(project.source, "migrations", name);

    function write(files: Record<string, string>): void {
        const contents = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
        fs.mkdirSync(at("lib"), { recursive: true });
        fs.writeFileSync(at("lib/allowed.jar"), zipSync(Object.fromEntries(contents) as Record<string, Uint8Array>));
    }

    async function inSession<Result>(use: (session: PlanSession) => Promise<Result>): Promise<Result> {
        const session = new PlanSession(delivery, project, { allowCode: true });
        try {
            return await use(session);
        } finally {
            await session.close();
        }
    }

    it("loads no other jar, by its manifest or by an index, which the plan does not list", async () => {
        fs.mkdirSync(at("tools"));
        fs.writeFileSync(at("tools/other.jar"), makeJar(delivery.toolchain, extension));
        const manifest = "Manifest-Version: 1.0\r\nCLASS-path: ../tools/ot\r\n her.jar\r\n\r\n";
        const index = "JarIndex-Version: 1.0\n\nallowed.jar\n\n../tools/other.jar\nother\n";
        for (const [files, place] of [
            [{ "META-INF/manifest.mf": manifest }, "Class-Path: ../tools/other.jar"],
            [{ "META-INF/INDEX.LIST": index }, "META-INF/INDEX.LIST"],
        ] as const) {
            write(files);
            const error = await inSession((session) => session.refusal("changelog.sql"));
            assert.ok(error instanceof liquibaseErrors.JarNamesOthers, error.message);
            assert.deepEqual(error.facts, { file: at("lib/allowed.jar"), place });
            assert.ok(!fs.existsSync(at("ran")));
        }
    });

    it("is used if its manifest names none", async () => {
        write({ "META-INF/MANIFEST.MF": "Manifest-Version: 1.0\nLauncher-Agent-Class: other.Trace\n\n" });
        const { code } = await inSession((session) => session.preview("changelog.sql"));
        assert.deepEqual(
            code.map(({ kind, file }) => [kind, file]),
            [["jar", "lib/allowed.jar"]],
        );
    });
});
