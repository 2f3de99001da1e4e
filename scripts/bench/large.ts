import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { inTurn, type Pairs } from "./statistics";
import { type Side, Workbench } from "./workbench";

const times = <T>(count: number, make: (index: number) => T) =>
    Array.from({ length: count }, (_, index) => make(index));

/** SQL of about as many bytes. */
type Shape = (bytes: number) => string;

export const rows: Shape = (bytes) =>
    `INSERT INTO large (id, note, kind) VALUES\n${times(bytes / 25, (id) => `(${id}, 'row ${id % 100}', ${id % 7})`).join(",\n")};`;

export const statements: Shape = (bytes) =>
    times(
        bytes / 100,
        (id) => `INSERT INTO large (id, note) VALUES (${id}, 'some text that makes the statement longer: ${id}');`,
    ).join("\n");

/** `plan` or `deploy` of one changeset of 10 MB against the same of 1 MB: where time grows with the size only, at most 10. */
export function large(shape: Shape, action: "plan" | "deploy" = "plan"): (rounds: number) => Promise<Pairs> {
    return (rounds) =>
        Workbench.with("postgres", async (bench) => {
            const [tenth, whole] = [await bench.side("tenth", write), await bench.side("whole", write)];
            const deliver = (side: Side, bytes: number) => (round: number) => {
                writeFileSync(path.join(side.source, "migrations/changelog.sql"), changelog(shape(bytes), round));
                return bench.deliver(action, side, round);
            };
            return inTurn(rounds, deliver(whole, 10_000_000), deliver(tenth, 1_000_000));
        });
}

function write(directory: string): void {
    writeFileSync(path.join(directory, "liquibase.properties"), "changeLogFile=changelog.sql\n");
}

/** Another text in each round, so that a deployment runs it again. */
function changelog(sql: string, round: number): string {
    return [
        "--liquibase formatted sql",
        "--changeset bench:table",
        "CREATE TABLE large (id bigint, note text, kind int);",
        "--rollback DROP TABLE large;",
        "",
        "--changeset bench:large runOnChange:true",
        sql,
        `SELECT ${round};`,
        "--rollback DELETE FROM large;",
        "",
    ].join("\n");
}
