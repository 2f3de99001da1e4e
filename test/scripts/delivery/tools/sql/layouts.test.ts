import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { layouts } from "../../../../../scripts/delivery/tools/sql/layouts";
import { dbmate } from "../../../../../scripts/delivery/tools/sql/layouts/dbmate";
import { drizzle } from "../../../../../scripts/delivery/tools/sql/layouts/drizzle";
import { golangMigrate } from "../../../../../scripts/delivery/tools/sql/layouts/golangMigrate";
import { prisma } from "../../../../../scripts/delivery/tools/sql/layouts/prisma";
import { samples } from "../../../../support/sqlFolders";
import { anyText } from "../../../../support/text";
import { readFolder } from "./support";

const idsOf = (folder: { migrations: { id: string }[] }) => folder.migrations.map(({ id }) => id);
const line = fc.stringMatching(/^[a-z ();]{0,30}$/);

describe("folders of SQL", () => {
    for (const sample of Object.values(samples)) {
        it(`of ${sample.layout} are recognized as nothing else`, () => {
            const paths = Object.keys({ ...sample.first, ...sample.second });
            const found = layouts.filter((layout) => layout.recognize(paths).size > 0);
            assert.deepEqual(
                found.map(({ name }) => name),
                [sample.layout],
            );
        });
    }

    it("are not where only the pipeline's own files are, or those of packages", () => {
        const paths = ["verify/20250101000000_check.sql", "node_modules/a/20250101000000_a.sql", "lint.yaml"];
        assert.ok(layouts.every((layout) => layout.recognize(paths).size === 0));
    });
});

describe("golang-migrate's folder", () => {
    it("is in the order of the versions as numbers", () => {
        fc.assert(
            fc.property(
                fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 30 }),
                fc.nat({ max: 3 }),
                (versions, zeros) => {
                    const files = Object.fromEntries(
                        versions.map((version) => [`${"0".repeat(zeros)}${version}_x.up.sql`, `SELECT ${version}`]),
                    );
                    const { migrations, problems } = readFolder(golangMigrate, files);
                    assert.deepEqual(problems, []);
                    assert.deepEqual(
                        migrations.map(({ id }) => Number(id)),
                        [...versions].sort((one, other) => one - other),
                    );
                },
            ),
        );
    });

    it("has versions that its history can hold", () => {
        const files = { "9223372036854775807_a.up.sql": "", "09223372036854775808_b.up.sql": "" };
        const { migrations, problems } = readFolder(golangMigrate, files);
        assert.deepEqual(idsOf({ migrations }), ["9223372036854775807"]);
        assert.deepEqual(problems, [
            "09223372036854775808_b.up.sql has a version above 9223372036854775807, which its history cannot hold",
        ]);
    });

    it("has one version for each pair", () => {
        const { problems } = readFolder(golangMigrate, {
            "1_a.up.sql": "",
            "001_b.up.sql": "",
            "2_c.down.sql": "",
        });
        assert.deepEqual(problems, [
            "001_b.up.sql and 1_a.up.sql have the same version and direction",
            "2_c.down.sql undoes a migration that has no .up.sql",
        ]);
    });

    it("has run up to the version of the only row, and is dirty at it", () => {
        const { migrations } = readFolder(golangMigrate, { "1_a.up.sql": "", "2_b.up.sql": "", "3_c.up.sql": "" });
        assert.deepEqual(golangMigrate.history([], migrations), { applied: [] });
        assert.deepEqual(golangMigrate.history([{ version: "2", dirty: "false" }], migrations), {
            applied: ["1", "2"],
        });
        assert.deepEqual(golangMigrate.history([{ version: "2", dirty: "true" }], migrations), {
            applied: ["1"],
            dirty: { id: "2", refused: false },
        });
        assert.deepEqual(golangMigrate.history([{ version: "9", dirty: "false" }], migrations).applied, [
            "1",
            "2",
            "3",
            "9",
        ]);
    });
});

describe("dbmate's file", () => {
    const read = (text: string) => readFolder(dbmate, { "20250101000000_x.sql": text });

    it("is cut at its marks, and its lines keep their numbers", () => {
        fc.assert(
            fc.property(fc.array(line), fc.array(line), fc.array(line), (comments, up, down) => {
                const before = comments.map((text) => `-- ${text}`);
                const text = [...before, "-- migrate:up", ...up, "-- migrate:down", ...down].join("\n");
                const [migration] = read(text).migrations;
                assert.equal(migration!.up.text.trimEnd(), up.join("\n").trimEnd());
                assert.equal(migration!.down!.text, down.join("\n"));
                assert.equal(migration!.up.line, before.length + 2);
                assert.equal(migration!.down!.line, before.length + up.length + 3);
            }),
        );
    });

    it("says for each direction whether it wants a transaction", () => {
        const [migration] = read("-- migrate:up transaction:false\nA\n-- migrate:down\nB\n").migrations;
        assert.equal(migration!.up.noTransaction, true);
        assert.equal(migration!.down!.noTransaction, undefined);
    });

    for (const [text, problem] of [
        ["SELECT 1", "has no line `-- migrate:up`"],
        ["-- migrate:up\nSELECT 1", "has no line `-- migrate:down`"],
        ["-- migrate:down\n-- migrate:up", "has `-- migrate:down` before `-- migrate:up`"],
        ["SELECT 1;\n-- migrate:up\n-- migrate:down", "has SQL before `-- migrate:up`, which dbmate refuses"],
    ] as const) {
        it(`is refused if it ${problem}`, () => {
            assert.deepEqual(read(text).problems, [`20250101000000_x.sql ${problem}`]);
        });
    }

    it("never stops the reader", () => {
        fc.assert(fc.property(anyText(), (text) => void read(text)));
    });
});

describe("Prisma's folder", () => {
    it("has a directory a migration, and a down.sql if somebody wrote one", () => {
        const { migrations } = readFolder(
            prisma,
            { "2_b/migration.sql": "B", "1_a/migration.sql": "A", "1_a/down.sql": "undo A", "migration_lock.toml": "" },
            "migrations/",
        );
        assert.deepEqual(
            migrations.map(({ id, up, down }) => [id, up.file, down?.text]),
            [
                ["1_a", "migrations/1_a/migration.sql", "undo A"],
                ["2_b", "migrations/2_b/migration.sql", undefined],
            ],
        );
        assert.equal(migrations[0]!.checksum, "559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd");
    });

    it("has run what is finished and not rolled back", () => {
        const row = (migration_name: string, finished_at: string | null, rolled_back_at: string | null) => ({
            ...{ migration_name, finished_at, rolled_back_at, checksum: "c", logs: "refused" },
        });
        assert.deepEqual(prisma.history([row("a", "now", null), row("b", "now", "now"), row("c", null, null)], []), {
            applied: ["a"],
            checksums: { a: "c" },
            dirty: { id: "c", logs: "refused", refused: true },
        });
    });
});

describe("Drizzle's folder", () => {
    const journal = (entries: unknown) => ({ "meta/_journal.json": JSON.stringify({ entries }) });
    const entry = (tag: string, when: number) => ({ idx: 0, tag, when, breakpoints: true });

    it("is in the order of its journal", () => {
        const files = { ...journal([entry("0001_b", 2), entry("0000_a", 1)]), "0000_a.sql": "A", "0001_b.sql": "B" };
        assert.deepEqual(idsOf(readFolder(drizzle, files)), ["0001_b", "0000_a"]);
    });

    it("names what the journal has and the folder has not", () => {
        assert.deepEqual(readFolder(drizzle, journal([entry("0000_a", 1)])).problems, [
            "meta/_journal.json names 0000_a, but 0000_a.sql is missing",
        ]);
    });

    it("takes no name out of the folder, and no journal of another form", () => {
        for (const text of ["", "[]", "null", '{"entries":[{"tag":"../x","when":1}]}', '{"entries":[{"tag":"x"}]}']) {
            const { migrations, problems } = readFolder(drizzle, { "meta/_journal.json": text });
            assert.deepEqual([migrations.length, problems.length], [0, 1], text);
        }
        fc.assert(fc.property(anyText(), (text) => void readFolder(drizzle, { "meta/_journal.json": text })));
    });

    it("passes over what is older than the newest migration that has run, as Drizzle does", () => {
        const files = { ...journal([entry("a", 1), entry("b", 2)]), "a.sql": "", "b.sql": "" };
        const { migrations } = readFolder(drizzle, files);
        const { applied, passedOver } = drizzle.history([{ created_at: "2" }], migrations);
        assert.deepEqual(applied, ["b"]);
        assert.deepEqual(
            passedOver?.map(({ id }) => id),
            ["a"],
        );
    });
});
