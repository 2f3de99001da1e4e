import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { check, type CheckOptions } from "../../scripts/check/check";
import type { CheckReport } from "../../scripts/check/report";

/** Checks a migrations directory in this process. */
export async function checked(
    migrations: string,
    output: string,
    options: Pick<CheckOptions, "administrator" | "allowCode" | "since" | "engine"> = {},
): Promise<{ report: CheckReport; lines: string[] }> {
    const lines: string[] = [];
    const report = await check({
        ...options,
        migrations,
        output,
        progress: { step: (_, work) => work(() => {}), say: (line) => lines.push(line) },
        signal: new AbortController().signal,
    });
    return { report, lines };
}

/** A new migrations directory with these files. */
export function migrationsWith(parent: string, files: Record<string, string>): string {
    const path = mkdtempSync(join(parent, "migrations-"));
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true });
        writeFileSync(join(path, name), text);
    }
    return path;
}

/** The files of a changelog in formatted SQL. */
export function changelogOf(parts: string[]): Record<string, string> {
    const changelog = ["--liquibase formatted sql\n", ...parts].join("\n");
    return { "liquibase.properties": "changeLogFile=changelog.sql\n", "changelog.sql": changelog };
}

/** What was found of each changeset. */
export function verdicts({ changesets }: CheckReport): Record<string, string> {
    return Object.fromEntries(
        changesets.map(({ id, author, verdict, changed }) => [`${author}:${id}`, `${verdict} ${changed}`]),
    );
}

export function changeset(id: string, sql: string, rollback: string, options = ""): string {
    return `--changeset a:${id} ${options}\n${sql};\n--rollback ${rollback};\n`;
}

/** Changesets of ten kinds, which can all be undone. */
export function tenChangesets(number: number): string[] {
    const table = `t${number}`;
    const changes: [string, string][] = [
        [
            `CREATE TABLE ${table} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now())`,
            `DROP TABLE ${table}`,
        ],
        [`CREATE INDEX ${table}_name_idx ON ${table} (name)`, `DROP INDEX ${table}_name_idx`],
        [`INSERT INTO ${table} (name) VALUES ('a'), ('b')`, `DELETE FROM ${table}`],
        [`ALTER TABLE ${table} ADD COLUMN price numeric NOT NULL DEFAULT 0`, `ALTER TABLE ${table} DROP COLUMN price`],
        [
            `ALTER TABLE ${table} ADD CONSTRAINT ${table}_c CHECK (price >= 0) NOT VALID`,
            `ALTER TABLE ${table} DROP CONSTRAINT ${table}_c`,
        ],
        [`CREATE VIEW v${number} AS SELECT id, name FROM ${table} WHERE price > 0`, `DROP VIEW v${number}`],
        [
            `CREATE FUNCTION f${number}() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM ${table}'`,
            `DROP FUNCTION f${number}()`,
        ],
        [`COMMENT ON TABLE ${table} IS 'one of many'`, `COMMENT ON TABLE ${table} IS NULL`],
        [
            `ALTER TABLE ${table} ADD COLUMN parent bigint REFERENCES ${table} (id)`,
            `ALTER TABLE ${table} DROP COLUMN parent`,
        ],
        [`CREATE TYPE e${number} AS ENUM ('a', 'b')`, `DROP TYPE e${number}`],
    ];
    return changes.map(([sql, rollback], position) => changeset(`${number}-${position}`, sql, rollback));
}
