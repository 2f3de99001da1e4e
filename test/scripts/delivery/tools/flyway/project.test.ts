import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { flywayErrors } from "../../../../../scripts/delivery/tools/flyway/errors";
import { filesOf, readProject } from "../../../../../scripts/delivery/tools/flyway/project";
import { refusalOf } from "../../../../support/refusal";
import { nonEmpty } from "../../../../support/nonEmpty";

describe("a folder of Flyway's scripts", () => {
    let directory: string;
    beforeEach(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "flyway-"));
    });
    afterEach(() => fs.rmSync(directory, { recursive: true }));

    function write(files: Record<string, string>): void {
        for (const [name, content] of Object.entries(files)) {
            fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
            fs.writeFileSync(path.join(directory, name), content);
        }
    }

    it("is read in the order in which a new database runs it, with what undoes it and its waivers", () => {
        write({
            "sql/V10__ten.sql": "-- lint-waive a-rule: because\nSELECT 10;\n",
            "sql/V2__two.sql": "SELECT 2;\n",
            "sql/V1_1__one.sql": "SELECT 1;\n",
            "sql/U2__two.sql": "SELECT -2;\n",
            "sql/U10__ten.sql": "-- not required: only reads\n",
            "sql/R__views.sql": "SELECT 0;\n",
            "sql/readme.md": "none of it",
        });
        assert.deepEqual(
            readProject(directory)
                .sources()
                .changesets.map(({ id, file, path: where, rollback, repeatable, remarks }) => ({
                    ...{ id, file, where, rollback, repeatable, remarks },
                })),
            [
                ...[
                    ["1.1", "V1_1__one.sql", { kind: "absent" }] as const,
                    ["2", "V2__two.sql", { kind: "written" }] as const,
                ].map(([id, file, rollback]) => ({
                    ...{ id, file, where: `sql/${file}`, rollback, repeatable: false, remarks: [] },
                })),
                {
                    ...{ id: "10", file: "V10__ten.sql", where: "sql/V10__ten.sql", repeatable: false },
                    rollback: { kind: "empty", reason: "only reads" },
                    remarks: [{ text: "lint-waive a-rule: because", line: 1 }],
                },
                {
                    ...{ id: "views", file: "R__views.sql", where: "sql/R__views.sql", repeatable: true },
                    ...{ rollback: { kind: "absent" }, remarks: [] },
                },
            ],
        );
    });

    const refused: [files: Record<string, string>, problem: RegExp][] = [
        [{ "sql/V1__a.sh": "" }, /V1__a\.sh: a script that is not SQL runs code from the repository/],
        [{ "sql/beforeMigrate.ps1": "" }, /beforeMigrate\.ps1: a script that is not SQL/],
        // By other settings, or by less of a name.
        [{ "sql/V1.sh": "" }, /V1\.sh: a script that is not SQL/],
        [{ "sql/X1__a.py": "", "flyway.toml": '[flyway]\nsqlMigrationPrefix = "X"\n' }, /X1__a\.py: a script that/],
        [
            { "sql/1__a.bash": "", "flyway.conf": "flyway.sqlMigrationPrefix=\n" },
            /1__a\.bash: a script that is not SQL/,
        ],
        [{ "sql/V1-a.sh": "", "flyway.conf": "flyway.sqlMigrationSeparator=-\n" }, /V1-a\.sh: a script that is not/],
        [{ "sql/Again__a.sh": "", "flyway.conf": "flyway.repeatableSqlMigrationPrefix=Again\n" }, /Again__a\.sh: a/],
        [{ "sql/beforeEachMigrate__x.sh": "" }, /beforeEachMigrate__x\.sh: a script that is not SQL/],
        [{ "sql/V1__A.class": "" }, /V1__A\.class: a script that is not SQL/],
        [
            { "sql/afterConnect.sql": "SELECT 1;" },
            /afterConnect\.sql: the pipeline runs the callbacks of a migration only/,
        ],
        [{ "sql/beforeInfo.sql": "SELECT 1;" }, /beforeInfo\.sql: the pipeline runs the callbacks of a migration only/],
        [{ "sql/afterMigrateError.sql": "SELECT 1;" }, /afterMigrateError\.sql: the pipeline runs/],
        [
            { "sql/afterConnect.ddl": "SELECT 1;", "flyway.conf": "flyway.sqlMigrationSuffixes=.sql,.ddl\n" },
            /afterConnect\.ddl: the pipeline runs the callbacks of a migration only/,
        ],
        [
            { [`sql/V1.${"0".repeat(49)}__a.sql`]: "" },
            /its version has 51 characters; Flyway's history has room for 50/,
        ],
        [{ "sql/V1__a.sql": "", "sql/more/V1__b.sql": "" }, /it has the same version as/],
        [
            { "sql/V1__a.sql": "SELECT '${flyway:user}';" },
            /\$\{flyway:user\} has another value in each build.*write current_user/,
        ],
        [{ "sql/V1__a.sql": "SELECT '${flyway:timestamp}';" }, /\$\{flyway:timestamp\} has another value/],
        [{ "flyway.toml": '[flyway]\nlocations = ["absent"]\n' }, /absent: the location is not there/],
    ];
    for (const [files, problem] of nonEmpty(refused)) {
        it(`is refused with ${Object.keys(files).join(", ")}`, () => {
            write(files);
            const error = refusalOf(() => readProject(directory));
            assert.ok(error instanceof flywayErrors.FlywayScriptsRefused);
            assert.match((error.facts.problems as string[]).join("\n"), problem);
        });
    }

    it("is refused with a hostile flyway.conf, before anything runs", () => {
        write({ "flyway.conf": "flyway.url=jdbc:postgresql://evil/\nflyway.callbacks=Evil\n", "sql/V1__a.sql": "" });
        const error = refusalOf(() => readProject(directory));
        assert.ok(error instanceof flywayErrors.FlywaySettingsRefused);
        assert.equal((error.facts.problems as string[]).length, 2);
    });

    it("is recognized by its settings and by the names of its scripts", () => {
        assert.deepEqual(filesOf(["flyway.toml", "a/V1__b.sql", "R__c.sql", "B2_1__d.sql", "V1.sql", "sql/x.sql"]), [
            "flyway.toml",
            "a/V1__b.sql",
            "R__c.sql",
            "B2_1__d.sql",
        ]);
    });
});
