import * as assert from "node:assert/strict";
import { execFileSync, type ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import {
    contentEntries,
    differences,
    type Fingerprint,
    fingerprintOf,
    renderDifferences,
} from "../../scripts/delivery/engines/fingerprint";
import { readContent } from "../../scripts/delivery/engines/postgresql/catalog/content";
import { readFingerprint } from "../../scripts/delivery/engines/postgresql/catalog/read";
import type { BuildOptions, BuildResult, Delivery, Project } from "../support/delivery";
import type { Step } from "./changelog";
import type { Changelog } from "./changelogs/changelog";
import type { Random } from "./random";
import { liquibase } from "../../scripts/delivery/tools/liquibase";
import { uncountedTables } from "../../scripts/delivery/tracking";

const everything = { maxBytes: 1024 ** 3 };

/** A database's catalog and everything in its tables. */
export interface State {
    catalog: Fingerprint;
    content: Fingerprint;
}

/** A real server, a changelog, and what a database must look like to which nothing happened. */
export class Bench {
    /** Databases to copy, by how many parts of the changelog they have. */
    private readonly templates = new Map<number, Promise<string>>();

    private constructor(
        readonly delivery: Delivery,
        readonly random: Random,
        readonly changelog: Changelog,
        /** What a deployment that nothing disturbs leaves. */
        private readonly whole: State & { history: string[] },
    ) {}

    static async start(delivery: Delivery, random: Random, changelog: Changelog): Promise<Bench> {
        const project = await delivery.project();
        changelog.write(project);
        const { code, output } = await project.build("deploy");
        assert.equal(code, 0, output);
        const whole = { ...(await stateOf(delivery, project.database)), history: await changesetsIn(project) };
        const bench = new Bench(delivery, random, changelog, whole);
        await bench.assertWhole(project);
        return bench;
    }

    /** How many changesets there are. */
    get size(): number {
        return this.whole.history.length;
    }

    /** A database that has the first so many parts from an earlier execution, and the whole changelog to deliver to it. */
    async project(there = 0): Promise<Project> {
        const project = await this.delivery.project(there === 0 ? undefined : await this.template(there));
        if (there > 0) project.nextExecution();
        this.changelog.write(project);
        return project;
    }

    private template(there: number): Promise<string> {
        const known = this.templates.get(there) ?? this.makeTemplate(there);
        this.templates.set(there, known);
        return known;
    }

    private async makeTemplate(there: number): Promise<string> {
        const project = await this.delivery.project();
        this.changelog.write(project, there);
        await this.succeed(project, "deploy");
        await this.settle(project);
        return project.database;
    }

    state(project: Project): Promise<State> {
        return stateOf(this.delivery, project.database);
    }

    /** Nothing is lost, nothing was applied twice, nothing was left behind, and the lock is free. */
    async assertWhole(project: Project): Promise<void> {
        assert.deepEqual(await changesetsIn(project), this.whole.history, "the history");
        await this.assertSame(project, this.whole);
        await this.assertFree(project);
    }

    /** The database is as it was. */
    async assertSame(project: Project, before: State): Promise<void> {
        const now = await this.state(project);
        assert.deepEqual(renderDifferences(differences(before.catalog, now.catalog)), [], "the catalog");
        assert.deepEqual(renderDifferences(differences(before.content, now.content)), [], "the tables' content");
    }

    async assertFree(project: Project): Promise<void> {
        const rows = await project.query(
            "SELECT locked, lockedby, lockgranted FROM databasechangeloglock WHERE locked OR lockedby IS NOT NULL",
        );
        assert.deepEqual(rows, [], "the lock table");
    }

    /** Runs it to its end, which must be a good one. */
    async succeed(project: Project, action: string, options?: BuildOptions): Promise<BuildResult> {
        const result = await project.build(action, options);
        assert.equal(result.code, 0, result.output);
        return result;
    }

    /**
     * Runs a build and lets a fault strike at some moment of a statement. True in `struck` if the statement was still
     * running when it struck.
     */
    async strike(
        project: Project,
        action: string,
        { marker, milliseconds }: Pick<Step, "marker" | "milliseconds">,
        fault: (child: ChildProcess) => Promise<void> | void,
        options: BuildOptions = {},
    ): Promise<BuildResult & { struck: boolean }> {
        const observer = await this.delivery.server.administrate();
        const delay = this.random.between(0, milliseconds);
        let [struck, ended] = [false, false];
        let striking = Promise.resolve();
        const result = await project.build(action, {
            ...options,
            onStart: (child) => {
                striking = (async () => {
                    while (!ended && !(await isActive(observer, project.database, marker))) {
                        await sleep(3);
                    }
                    await sleep(delay);
                    struck = !ended && (await isActive(observer, project.database, marker));
                    if (!ended) await fault(child);
                })();
            },
        });
        ended = true;
        await striking;
        await observer.end();
        return { ...result, struck };
    }

    /**
     * Runs a deployment and lets a fault strike at some moment after its tag: in a statement, between two changesets, in
     * the verification. True in `struck` if it was still running.
     */
    async strikeAnywhere(
        project: Project,
        fault: (child: ChildProcess) => Promise<void> | void,
    ): Promise<BuildResult & { struck: boolean }> {
        // Before the first changeset it takes its time; from one to the next it is milliseconds.
        const after = Math.floor(this.random.between(0, this.size + 1));
        const delay = this.random.between(0, after === 0 ? 400 : 30);
        let [struck, ended] = [false, false];
        let striking = Promise.resolve();
        const result = await project.build("deploy", {
            onStart: (child, output) => {
                striking = (async () => {
                    while (!ended && !hasApplied(output(), after)) await sleep(2);
                    await sleep(delay);
                    struck = !ended;
                    if (struck) await fault(child);
                })();
                child.on("exit", () => (ended = true));
            },
        });
        await striking;
        return { ...result, struck };
    }

    /** Waits until no session is left in a database, as a build that is sure of its own does. */
    async settle(project: Project): Promise<void> {
        const observer = await this.delivery.server.administrate();
        const deadline = Date.now() + 15_000;
        const sessions = "SELECT pid, state, query FROM pg_stat_activity WHERE datname = $1";
        for (;;) {
            const { rows } = await observer.query(sessions, [project.database]);
            if (rows.length === 0) break;
            assert.ok(Date.now() < deadline, `sessions are left: ${JSON.stringify(rows)}`);
            await sleep(100);
        }
        await observer.end();
    }
}

/** The changesets in a database's history, in order. */
export async function changesetsIn(project: Project): Promise<string[]> {
    return (await project.history()).filter((id) => !id.startsWith("["));
}

/** Whether a deployment has told of so many changesets; with none, of its tag. */
function hasApplied(output: string, changesets: number): boolean {
    const told = output.match(/^ {2}(Applied|AppliedAgain|MarkedAsRan) /gm) ?? [];
    return /^Tagged release-/m.test(output) && told.length >= changesets;
}

/** Kills a build and its Java at once, as the machine under them does. */
export function killAll(child: ChildProcess): void {
    const java = execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" });
    child.kill("SIGKILL");
    for (const pid of java.split("\n").filter((line) => line.trim())) {
        try {
            process.kill(Number(pid), "SIGKILL");
        } catch {
            // It ended with its parent.
        }
    }
}

async function isActive(observer: Client, database: string, marker: string): Promise<boolean> {
    const { rowCount } = await observer.query(
        `SELECT 1 FROM pg_stat_activity
          WHERE datname = $1 AND state = 'active' AND position($2 IN query) > 0 AND pid <> pg_backend_pid()`,
        [database, marker],
    );
    return (rowCount ?? 0) > 0;
}

async function stateOf({ server }: Delivery, database: string): Promise<State> {
    const client = await server.administrate(database);
    const options = { trackingTables: uncountedTables(liquibase.tracking) };
    try {
        const content = contentEntries(await readContent(client, { ...everything, ...options }), { digests: true });
        return { catalog: await readFingerprint(client, options), content: fingerprintOf(content) };
    } finally {
        await client.end();
    }
}
