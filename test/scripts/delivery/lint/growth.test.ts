import { lintConfig } from "../../../../scripts/delivery/lint/config";
import { readFormattedSql } from "../../../../scripts/delivery/tools/liquibase/changelog/formattedSql";
import { assertLinear } from "../../../support/growth";
import { catalogue, examinePostgres } from "./support";

describe("the linter's time", () => {
    const { levels } = lintConfig(catalogue, {}, "prod");
    const lint = (sql: string[]) => () => {
        const changelog = readFormattedSql(
            "a.sql",
            `--liquibase formatted sql\n--changeset me:a\n${sql.join("\n")}`,
        ).changesets;
        const change = { id: "a", author: "me", file: "a.sql", runInTransaction: true, sql, undo: ["SELECT 1"] };
        const squawk = new Map([
            ["a.sql::a::me", sql.map((_, position) => ({ rule: "prefer-text-field" as const, position, message: "" }))],
        ]);
        return examinePostgres([change], { levels, sources: changelog, applied: [], squawk });
    };
    const statements = (count: number) =>
        Array.from({ length: count }, (_, id) => `INSERT INTO t VALUES (${id}, 'a', 'b');`);

    for (const [what, make] of [
        ["with the number of statements", statements],
        [
            "with the length of a word in a body",
            (count: number) => [`DO $$ DECLARE r t%ROWTYPE; BEGIN PERFORM '${"a".repeat(count * 40)}'; END $$`],
        ],
        [
            "with the number of dollar quotes in a body",
            (count: number) => [
                `DO ' DECLARE r t%ROWTYPE; BEGIN ${Array.from({ length: count }, (_, at) => `PERFORM $body${at}$x$body${at}$;`).join("")} END '`,
            ],
        ],
        ["with the length of a statement", (count: number) => [statements(count).join("").replaceAll(";", ",")]],
    ] as const) {
        it(`grows ${what}, linearly`, () => assertLinear((count) => lint(make(count))(), 1500));
    }
});
