import { cpSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { inTurn, Pairs } from "./statistics";
import { Side, Workbench } from "./workbench";

const migrations = path.join(__dirname, "..", "..", "migrations");

/** `deploy` of one changeset, all of it, against a bare `liquibase update` of the same. */
export function deployment(rounds: number): Promise<Pairs> {
    return Workbench.with(async (bench) => {
        const side = (name: string) =>
            bench.side(name, (directory) => cpSync(migrations, directory, { recursive: true }));
        const [measured, baseline] = [await side("measured"), await side("baseline")];
        // The first round deploys the sample database; every later one adds one changeset.
        return inTurn(
            rounds,
            (round) => {
                if (round > 0) addChangeset(measured, round);
                return bench.deliver("deploy", measured, round);
            },
            (round) => {
                if (round > 0) addChangeset(baseline, round);
                return bench.liquibase("update", baseline);
            },
        );
    });
}

function addChangeset({ source }: Side, round: number): void {
    const name = `100-round-${round}`;
    writeFileSync(
        path.join(source, "migrations", "changesets", `${name}.sql`),
        [
            "--liquibase formatted sql",
            `--changeset bench:${name}`,
            `CREATE TABLE round_${round} (id bigint PRIMARY KEY);`,
            `--rollback DROP TABLE round_${round};`,
            "",
        ].join("\n"),
    );
}
