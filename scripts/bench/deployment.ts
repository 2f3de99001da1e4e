import { cpSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { inTurn, Pairs } from "./statistics";
import { trialEngines } from "../check/trialEngines";
import { checkout } from "../local/directories";
import { type BenchEngine, type Side, Workbench } from "./workbench";

/** `deploy` of one changeset, all of it, against a bare `liquibase update` of the same. */
export const deployment = (engine: BenchEngine) => (rounds: number) => inTurnOn(engine, rounds, "deploy", "update");

/** The same for `plan` and `liquibase update-sql`, in a small database. */
export const smallPlan = (engine: BenchEngine) => (rounds: number) => inTurnOn(engine, rounds, "plan", "update-sql");

function inTurnOn(engine: BenchEngine, rounds: number, action: "deploy" | "plan", command: string): Promise<Pairs> {
    const migrations = path.join(checkout, trialEngines[engine].sample);
    return Workbench.with(engine, async (bench) => {
        const side = (name: string) =>
            bench.side(name, (directory) => cpSync(migrations, directory, { recursive: true }));
        const [measured, baseline] = [await side("measured"), await side("baseline")];
        // The first round deploys the sample database; every later one adds one changeset.
        return inTurn(
            rounds,
            (round) => {
                if (round > 0) addChangeset(measured, round);
                return bench.deliver(round === 0 ? "deploy" : action, measured, round);
            },
            (round) => {
                if (round > 0) addChangeset(baseline, round);
                return bench.liquibase(round === 0 ? "update" : command, baseline);
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
