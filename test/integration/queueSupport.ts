import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import type { Plan } from "../../scripts/delivery/plan/model";
import type { Deployment } from "../../scripts/delivery/report/deployment";
import { type Cloud, openCloud } from "../../scripts/local/cloud/cloud";
import { connect, provision } from "../../scripts/local/database/provision";
import { reservePort, type Server, startServer } from "../../scripts/local/database/server";
import { type Definition, readDefinition } from "../../scripts/local/definition";
import { evaluate } from "../../scripts/local/evaluate";
import { type Execution, executePipeline, Shared } from "../../scripts/local/executePipeline";
import type { ActionResult } from "../../scripts/local/pipeline/execution";
import type { ActionStatus } from "../../scripts/local/pipeline/model";
import { PlainProgress } from "../../scripts/local/progress/plain";
import { openSource } from "../../scripts/local/source/source";
import { State } from "../../scripts/local/state";
import type { Scene } from "./localSupport";

/** Several executions of one recorded pipeline at the same time, against one server. */
export class Queue {
    readonly runs: Run[] = [];
    private readonly shared = new Shared();

    private constructor(
        readonly scene: Scene,
        private readonly environment: string,
        private readonly definition: Definition,
        private readonly server: Server,
        private readonly cloud: Cloud,
    ) {}

    static async open(scene: Scene, environment: string, config: Record<string, unknown> = {}): Promise<Queue> {
        const { local } = scene;
        const state = State.open(local.state);
        const home = join(local.postgres, environment);
        const port = await reservePort(home, environment, state);
        const evaluation = await evaluate(environment, {
            config,
            database: { host: "localhost", port },
            remember: (resource, inputs, generate) => state.value(environment, resource, inputs, generate),
        });
        const definition = readDefinition(evaluation);
        const server = await startServer(home, port);
        await provision(server, definition.database);
        const cloud = await openCloud({
            definition,
            server: { ...server, home },
            servers: local.postgres,
            buckets: local.buckets,
        });
        return new Queue(scene, environment, definition, server, cloud);
    }

    async close(): Promise<void> {
        await this.cloud.close();
        await this.server.stop();
    }

    /** Starts an execution for what is committed now; the next one may be started when this returns. */
    async start(rollbackTo?: string): Promise<Run> {
        const { scene, definition, server, cloud, environment } = this;
        const source = await openSource({ repository: scene.repository });
        const run = new Run(join(scene.local.runs));
        this.runs.push(run);
        run.follow(
            executePipeline(
                {
                    ...{ local: scene.local, rollbackTo, executionId: run.id, progress: run.progress },
                    signal: new AbortController().signal,
                    approver: () => run.ask(),
                },
                { source, definition, server, serverName: environment, cloud },
                this.shared,
            ),
        );
        return run;
    }

    /** Commits, and starts an execution for that. */
    push(files: Record<string, string>): Promise<Run> {
        this.scene.commit(files);
        return this.start();
    }

    /**
     * What "stop and abandon" does to an execution: its stage is free at once, and its build goes on.
     * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
     */
    abandon(run: Run, stage: string): void {
        assert.equal(this.shared.locks.holder(stage), run.id);
        this.shared.locks.leave(stage, run.id);
    }

    async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
        const client = await connect(this.server, this.definition.database);
        try {
            return await question(client);
        } finally {
            await client.end();
        }
    }

    /** Ids of the changesets in the database, and the tags of releases in brackets, in order. */
    history(): Promise<string[]> {
        return this.ask(async (client) => {
            const { rows } = await client.query<{ id: string; filename: string; tag: string | null }>(
                "SELECT id, filename, tag FROM databasechangelog ORDER BY dateexecuted, orderexecuted",
            );
            return rows.map(({ id, filename, tag }) => (filename === "liquibase-internal" ? `[${tag}]` : id));
        });
    }
}

/** One of the executions. */
export class Run {
    readonly id = randomUUID();
    readonly lines: string[] = [];
    readonly progress: TimedProgress;
    execution: Execution | undefined;
    private ended!: Promise<Execution>;
    private answer: ((result: ActionResult) => void) | undefined;
    private readonly questions: (() => void)[] = [];

    constructor(private readonly runs: string) {
        this.progress = new TimedProgress((line) => this.lines.push(line));
    }

    follow(ended: Promise<Execution>): void {
        this.ended = ended.then((execution) => (this.execution = execution));
        this.ended.catch(() => undefined);
    }

    /** The pipeline asks for an approval. */
    ask(): Promise<ActionResult> {
        return new Promise((resolve) => {
            this.answer = resolve;
            for (const tell of this.questions.splice(0)) tell();
        });
    }

    get asks(): boolean {
        return this.answer !== undefined;
    }

    /** Resolves when it asks for its approval; rejects when it ends without. */
    async untilItAsks(): Promise<void> {
        if (this.asks) return;
        const asked = new Promise<"asked">((resolve) => this.questions.push(() => resolve("asked")));
        const first = await Promise.race([asked, this.ended]);
        assert.equal(first, "asked", this.output);
    }

    approve(): void {
        this.decide({ status: "Succeeded", message: "approved" });
    }

    reject(): void {
        this.decide({ status: "Failed", message: "rejected" });
    }

    private decide(result: ActionResult): void {
        assert.ok(this.answer, "it does not ask");
        this.answer(result);
        this.answer = undefined;
    }

    async end(): Promise<Execution> {
        return this.ended;
    }

    async succeed(): Promise<Execution> {
        const execution = await this.end();
        assert.equal(execution.record.status, "Succeeded", this.output);
        return execution;
    }

    get output(): string {
        return this.lines.join("\n");
    }

    /** Statuses of its stages. */
    get stages(): string[] {
        return (this.execution?.record.stages ?? []).map(({ name, status }) => `${name} ${status}`);
    }

    plan(artifact: "Plan" | "DeployPlan" | "RollbackPlan"): Plan {
        return this.read<Plan>(artifact, "plan.json")!;
    }

    /** Ids of the changesets of a plan. */
    planned(artifact: "Plan" | "DeployPlan" | "RollbackPlan"): string[] {
        return this.plan(artifact).changes.map(({ id }) => id);
    }

    get deployment(): Deployment | undefined {
        return this.read<Deployment>("Deployment", "deployment.json");
    }

    private read<T>(artifact: string, file: string): T | undefined {
        const path = join(this.runs, this.id, "artifacts", artifact, file);
        return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : undefined;
    }

    /** When an action began or ended, by `Stage/Action`. */
    began(action: string): number {
        return this.time(this.progress.begins, action);
    }

    finished(action: string): number {
        return this.time(this.progress.ends, action);
    }

    private time(times: Map<string, number>, action: string): number {
        const time = times.get(action);
        assert.ok(time !== undefined, `${action} did not happen:\n${this.output}`);
        return time;
    }
}

class TimedProgress extends PlainProgress {
    readonly begins = new Map<string, number>();
    readonly ends = new Map<string, number>();

    override actionStarted(stage: string, action: string): void {
        this.begins.set(`${stage}/${action}`, performance.now());
        super.actionStarted(stage, action);
    }

    override actionEnded(stage: string, action: string, status: ActionStatus, message?: string): void {
        this.ends.set(`${stage}/${action}`, performance.now());
        super.actionEnded(stage, action, status, message);
    }
}
