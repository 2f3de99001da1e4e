import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { inTurn, type Pairs } from "./statistics";
import { Workbench } from "./workbench";

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

/** `plan` of one changeset of 10 MB against the same of 1 MB: where time grows with the size only, at most 10. */
export function large(shape: Shape): (rounds: number) => Promise<Pairs> {
    return (rounds) =>
        Workbench.with(async (bench) => {
            const side = (name: string, bytes: number) =>
                bench.side(name, (directory) => {
                    writeFileSync(path.join(directory, "liquibase.properties"), "changeLogFile=changelog.sql\n");
                    const changeset = ["--changeset bench:large", shape(bytes), "--rollback DELETE FROM large;"];
                    writeFileSync(
                        path.join(directory, "changelog.sql"),
                        ["--liquibase formatted sql", "", ...changeset, ""].join("\n"),
                    );
                });
            const [tenth, whole] = [await side("tenth", 1_000_000), await side("whole", 10_000_000)];
            return inTurn(
                rounds,
                (round) => bench.deliver("plan", whole, round),
                (round) => bench.deliver("plan", tenth, round),
            );
        });
}
