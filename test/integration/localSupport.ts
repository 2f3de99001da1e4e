import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { connect } from "../../scripts/local/database/provision";
import { reservePort, startServer } from "../../scripts/local/database/server";
import { type LocalDirectory, openLocalDirectory } from "../../scripts/local/directories";
import { commandLineOf } from "../../scripts/local/processes";
import { PlainProgress } from "../../scripts/local/progress/plain";
import type { LastRun } from "../../scripts/local/report";
import type { RunOptions } from "../../scripts/local/options";
import { run } from "../../scripts/local/run";
import { State } from "../../scripts/local/state";
import { git, temporaryDirectory, write } from "../scripts/local/support";

export interface Outcome {
    exit: number;
    /** What a person would have read. */
    output: string;
    lastRun: LastRun;
}

/** A changelog of two tables, and a check that holds. */
export const shop = {
    "migrations/liquibase.properties": "changeLogFile=changelog.yaml\n",
    "migrations/changelog.yaml":
        "databaseChangeLog:\n  - includeAll: {path: changesets/, relativeToChangelogFile: true}\n",
    "migrations/changesets/1.sql": changelog(
        changeset("items", "CREATE TABLE items (id int PRIMARY KEY)", "DROP TABLE items"),
        changeset("prices", "CREATE TABLE prices (item int REFERENCES items, cents int)", "DROP TABLE prices"),
    ),
    "migrations/verify/items.sql":
        "-- check: no item without an id\nSELECT count(*) = 0 FROM items WHERE id IS NULL;\n",
};

export function changelog(...changesets: string[]): string {
    return ["--liquibase formatted sql", ...changesets, ""].join("\n\n");
}

export function changeset(id: string, sql: string, rollback: string): string {
    return `--changeset tester:${id}\n${sql};\n--rollback ${rollback};`;
}

/** A repository to deliver from, and a place of its own for the local run's state. */
export class Scene {
    readonly repository = temporaryDirectory();
    readonly local: LocalDirectory = openLocalDirectory(join(temporaryDirectory(), ".local"));

    constructor() {
        git(this.repository, "init", "--quiet");
        this.commit(shop);
    }

    commit(files: Record<string, string>): string {
        write(this.repository, files);
        git(this.repository, "add", ".");
        git(this.repository, "commit", "--quiet", "-m", "A change");
        return git(this.repository, "rev-parse", "HEAD");
    }

    async run(options: Partial<RunOptions> & { onLine?: (line: string) => void } = {}): Promise<Outcome> {
        const lines: string[] = [];
        const progress = new PlainProgress((line) => {
            lines.push(line);
            options.onLine?.(line);
        });
        const exit = await run({
            environment: "dev",
            repository: this.repository,
            local: this.local,
            progress,
            signal: new AbortController().signal,
            ...options,
        });
        return { exit, output: lines.join("\n"), lastRun: this.lastRun() };
    }

    lastRun(): LastRun {
        return JSON.parse(readFileSync(this.local.lastRun, "utf8")) as LastRun;
    }

    /** Asks the database of a server (an environment's, or its with someone else's changelog), started for that. */
    async ask<T>(name: string, question: (client: Client) => Promise<T>): Promise<T> {
        const state = State.open(this.local.state);
        const home = join(this.local.postgres, name);
        const server = await startServer(home, await reservePort(home, name, state));
        try {
            const client = await connect(server, {
                name: "app",
                user: "dbowner",
                password: this.password(name.split("-")[0]!),
            });
            try {
                return await question(client);
            } finally {
                await client.end();
            }
        } finally {
            await server.stop();
        }
    }

    /** Names of the tables that the changelog made. */
    tables(name = "dev"): Promise<string[]> {
        return this.ask(name, async (client) => {
            const { rows } = await client.query<{ name: string }>(
                "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' " +
                    "AND tablename NOT LIKE 'databasechangelog%' AND tablename NOT LIKE 'aurora_pipeline_%' ORDER BY 1",
            );
            return rows.map(({ name }) => name);
        });
    }

    /** The generated password of the cluster's administrator, as the state has it. */
    password(environment: string): string {
        const [administrator, ...others] = Object.entries(this.passwords(environment)).filter(
            ([name]) => !/-(migrator|planner)$/.test(name),
        );
        assert(administrator && others.length === 0, "the program generates one password for the administrator");
        return administrator[1];
    }

    /** All generated passwords of an environment, by the resource. */
    passwords(environment: string): Record<string, string> {
        const { values } = JSON.parse(readFileSync(this.local.state, "utf8")) as {
            values: Record<string, Record<string, { value: string }>>;
        };
        const generated = Object.entries(values[environment] ?? {});
        return Object.fromEntries(
            generated.filter(([name]) => name.includes("RandomPassword")).map(([name, { value }]) => [name, value]),
        );
    }

    /** Whether a server of this scene runs. */
    serverRuns(environment = "dev"): boolean {
        try {
            const pidFile = join(this.local.postgres, environment, "data", "postmaster.pid");
            return commandLineOf(Number(readFileSync(pidFile, "utf8").split("\n")[0])) !== undefined;
        } catch {
            return false;
        }
    }
}

/** Stages and their statuses, in a line each. */
export function stagesOf({ lastRun }: Outcome): string[] {
    return lastRun.stages.map(({ name, status }) => `${name} ${status}`);
}

/** Fails unless a run of a pipeline without approval went to its end. */
export function assertDelivered(outcome: Outcome): void {
    assert.equal(outcome.exit, 0, outcome.output);
    assert.deepEqual(stagesOf(outcome), ["Source Succeeded", "Plan Succeeded", "Rollback Skipped", "Deploy Succeeded"]);
}

/** Actions and their statuses, with their stages. */
export function actionsOf({ lastRun }: Pick<Outcome, "lastRun">): string[] {
    return lastRun.stages.flatMap((stage) =>
        stage.actions.map(({ name, status }) => `${stage.name}/${name} ${status}`),
    );
}

export function filesBelow(directory: string): string[] {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
}
