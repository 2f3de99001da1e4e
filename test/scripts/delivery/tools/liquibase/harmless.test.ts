import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { Toolchain } from "../../../../../components/contract";
import { ensureToolchain } from "../../../../../scripts/toolchain/ensure";

/**
 * What `Harmless.java` lets a changelog be made of, and what Liquibase's own jar registers: an upgrade that brings a
 * change, a precondition or a format fails here until somebody has decided whether it runs code.
 */
describe("the changes and preconditions that run no code", () => {
    let services: Record<string, string>;
    before(() => {
        const inArchive = unzipSync(fs.readFileSync(ensureToolchain()), {
            filter: ({ name }) => name.startsWith(`${Toolchain.libraries}/liquibase-core-`),
        });
        const [core] = Object.values(inArchive);
        const files = unzipSync(core!, { filter: ({ name }) => name.startsWith("META-INF/services/") });
        services = Object.fromEntries(
            Object.entries(files).map(([name, content]) => [path.basename(name), strFromU8(content)]),
        );
    });

    const source = fs.readFileSync(
        path.resolve(__dirname, "../../../../../scripts/delivery/tools/liquibase/java/aurorapipeline/Harmless.java"),
        "utf8",
    );

    /** Simple names of the classes in one of the lists. */
    function listed(list: string): string[] {
        const [, body = ""] = new RegExp(`${list} = Set\\.of\\(([^)]*)\\)`).exec(source) ?? [];
        return [...body.matchAll(/([\w.]+)\.class/g)].map(([, name]) => name!).sort();
    }

    function registered(service: string): string[] {
        return services[service]!.split("\n")
            .flatMap((line) => (line.trim() ? [line.trim().replace(/.*\./, "")] : []))
            .sort();
    }

    it("are all that Liquibase registers, except those that run code", () => {
        const runCode = ["CustomChangeWrapper", "ExecuteShellCommandChange"];
        assert.deepEqual([...listed("CHANGES"), ...runCode].sort(), registered("liquibase.change.Change"));
        assert.deepEqual(
            [...listed("PRECONDITIONS"), "CustomPreconditionWrapper"].sort(),
            registered("liquibase.precondition.Precondition"),
        );
    });

    it("are read from all of Liquibase's formats, the structured ones by our own parsers", () => {
        const own = {
            "Parsers.Json": "JsonChangeLogParser",
            "Parsers.Xml": "XMLChangeLogSAXParser",
            "Parsers.Yaml": "YamlChangeLogParser",
        };
        assert.deepEqual(
            listed("FORMATS")
                .map((name) => (own as Record<string, string>)[name] ?? name)
                .sort(),
            registered("liquibase.parser.ChangeLogParser"),
        );
    });

    it("are run by Liquibase's own executors of SQL", () => {
        assert.deepEqual(registered("liquibase.executor.Executor"), ["JdbcExecutor", "SnowflakeJdbcExecutor"]);
    });
});
