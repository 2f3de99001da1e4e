import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { unzipSync } from "fflate";
import { Toolchain } from "../../../../../components/contract";
import { ensureToolchain } from "../../../../../scripts/toolchain/ensure";

/**
 * What `PinnedPath.java` runs with a path of its own, and the statements for Liquibase's own tables in its jar: an upgrade
 * that brings another one fails here.
 */
describe("the statements for Liquibase's own tables", () => {
    it("are all run without the schemas of the migrations", () => {
        const source = fs.readFileSync(
            path.resolve(
                __dirname,
                "../../../../../scripts/delivery/tools/liquibase/java/aurorapipeline/PinnedPath.java",
            ),
            "utf8",
        );
        const [, list = ""] = /OWN = Set\.of\(([^)]*)\)/.exec(source) ?? [];
        const listed = [...list.matchAll(/(\w+)\.class/g)].map(([, name]) => name);

        const [core] = Object.values(
            unzipSync(fs.readFileSync(ensureToolchain()), {
                filter: ({ name }) => name.startsWith(`${Toolchain.libraries}/liquibase-core-`),
            }),
        );
        const classes = unzipSync(core!, {
            filter: ({ name }) => /^liquibase\/sqlgenerator\/core\/\w+Generator\.class$/.test(name),
        });
        // A generator names the tables by these two methods of the database.
        const own = Object.entries(classes)
            .filter(([, content]) =>
                /getDatabaseChangeLog(Lock)?TableName|DatabaseChangeLogStatement|ChangeSet\w*Statement/.test(
                    Buffer.from(content).toString("latin1"),
                ),
            )
            .map(([name]) => `${path.basename(name, ".class").replace(/Generator$/, "")}Statement`)
            .filter((name) => !/Sybase|Oracle|Mssql/i.test(name));
        assert.deepEqual([...new Set(own)].sort(), [...listed].sort());
    });
});
