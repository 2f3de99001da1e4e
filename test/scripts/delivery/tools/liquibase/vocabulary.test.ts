import assert from "node:assert/strict";
import * as fs from "node:fs";
import { strFromU8, unzipSync } from "fflate";
import { Toolchain } from "../../../../../components/contract";
import {
    changeKeys,
    changesetKeys,
    entryKeys,
    rootKeys,
    Words,
} from "../../../../../scripts/delivery/tools/liquibase/changelog/vocabulary";
import { ensureToolchain } from "../../../../../scripts/toolchain/ensure";

describe("the words of a changelog", () => {
    it("are all of Liquibase's own schema", () => {
        const isCore = ({ name }: { name: string }) => name.startsWith(`${Toolchain.libraries}/liquibase-core-`);
        const [core] = Object.values(unzipSync(fs.readFileSync(ensureToolchain()), { filter: isCore }));
        const isSchema = ({ name }: { name: string }) => name.endsWith("/dbchangelog-latest.xsd");
        const [schema] = Object.values(unzipSync(core!, { filter: isSchema }));
        const names = [...strFromU8(schema!).matchAll(/<xsd:(?:attribute|element)\s[^>]*?name="(\w+)"/g)].map(
            ([, name]) => name!,
        );
        assert.ok(names.length > 200);
        const known = [changeKeys, changesetKeys, rootKeys, ...Object.values(entryKeys)];
        const missing = names.filter((name) => name !== "databaseChangeLog" && !known.some((words) => words.has(name)));
        assert.deepEqual([...new Set(missing)], []);
    });

    it("are recognized in any case, and the nearest one is suggested where it is near", () => {
        const words = new Words(["runOnChange", "dbms"]);
        assert.equal(words.has("RUNONCHANGE"), true);
        assert.equal(words.nearest("runOnChnage"), "runOnChange");
        assert.equal(words.nearest("dmbs"), undefined);
        assert.equal(words.nearest("dbm"), "dbms");
        assert.equal(words.nearest("ticket"), undefined);
    });
});
