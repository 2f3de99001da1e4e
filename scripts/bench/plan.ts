import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { inTurn, Pairs } from "./statistics";
import { Workbench } from "./workbench";

const changesets = 10_000;
const changesetsPerFile = 100;
/** One in twenty makes a table; the others work on the last one. */
const changesetsPerTable = 20;

/** `plan` of one pending changeset after 10,000 that ran, all of it, against a bare `liquibase update-sql` of the same. */
export function plan(rounds: number): Promise<Pairs> {
    return Workbench.with("postgres", async (bench) => {
        const side = await bench.side("large", (directory) => {
            mkdirSync(path.join(directory, "changesets"));
            writeFileSync(path.join(directory, "liquibase.properties"), "changeLogFile=changelog.yaml\n");
            writeFileSync(
                path.join(directory, "changelog.yaml"),
                "databaseChangeLog:\n  - includeAll: { path: changesets/, relativeToChangelogFile: true }\n",
            );
            for (let first = 0; first < changesets; first += changesetsPerFile) {
                writeChangesets(directory, first, changesetsPerFile);
            }
        });
        await bench.deliver("deploy", side, 0);
        writeChangesets(path.join(side.source, "migrations"), changesets, 1);
        return inTurn(
            rounds,
            (round) => bench.deliver("plan", side, round),
            () => bench.liquibase("update-sql", side),
        );
    });
}

function writeChangesets(directory: string, first: number, count: number): void {
    const texts = Array.from({ length: count }, (_, offset) => changeset(first + offset));
    const name = `${String(first).padStart(6, "0")}.sql`;
    writeFileSync(path.join(directory, "changesets", name), ["--liquibase formatted sql", ...texts, ""].join("\n\n"));
}

function changeset(number: number): string {
    const table = `table_${Math.floor(number / changesetsPerTable)}`;
    const position = number % changesetsPerTable;
    const column = `column_${position}`;
    const [sql, undo] =
        position === 0
            ? [`CREATE TABLE ${table} (id bigint PRIMARY KEY);`, `DROP TABLE ${table};`]
            : position % 2 === 0
              ? [`ALTER TABLE ${table} ADD COLUMN ${column} text;`, `ALTER TABLE ${table} DROP COLUMN ${column};`]
              : [`INSERT INTO ${table} (id) VALUES (${number});`, `DELETE FROM ${table} WHERE id = ${number};`];
    return [`--changeset bench:${number}`, sql, `--rollback ${undo}`].join("\n");
}
