import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type ActionContext, execute } from "../../../scripts/local/pipeline/execution";
import type { ExecutionRecord, Pipeline } from "../../../scripts/local/pipeline/model";
import { StageLocks } from "../../../scripts/local/pipeline/stageLocks";
import { Variables } from "../../../scripts/local/pipeline/variables";
import { PlainProgress } from "../../../scripts/local/progress/plain";

// Executions of one pipeline at the same time, with actions that end when chance (fast-check's scheduler) lets them.

const stageNames = ["Source", "Plan", "Deploy"];
const pipeline: Pipeline = {
    name: "pipeline",
    arn: "arn",
    variables: [],
    stages: stageNames.map((name) => ({
        name,
        actions: ["First", "Second"].map((action, index) => ({
            ...{ name: action, provider: "CodeBuild", runOrder: index + 1, configuration: {}, inputs: [], outputs: [] },
        })),
    })),
};
const said: string[] = [];
const progress = new PlainProgress((line) => void said.push(line));

/** What happened, in order: an execution in a stage, or out of it. */
interface Event {
    id: string;
    stage: string;
    action: string;
    begins: boolean;
}

/** Starts executions one after the other; `act` decides how each action ends. */
function start(
    ids: string[],
    act: (context: ActionContext, id: string) => Promise<"Succeeded" | "Failed" | "InProgress">,
    signals: Record<string, AbortSignal> = {},
) {
    const locks = new StageLocks();
    const events: Event[] = [];
    const records = ids.map((id) =>
        execute(pipeline, {
            ...{ id, locks, progress, variables: Variables.of({}) },
            signal: signals[id] ?? new AbortController().signal,
            runAction: async (context) => {
                const { stage, action } = context;
                events.push({ id, stage, action: action.name, begins: true });
                const status = await act(context, id);
                events.push({ id, stage, action: action.name, begins: false });
                return { status };
            },
        }),
    );
    return { locks, events, records };
}

/** Executions wait for nothing but promises: those that can go on have gone on when the event loop turns. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Fails if a stage ever held two executions. */
function assertOneAtATime(events: Event[], held: Record<string, string> = {}): void {
    const inside = new Map(Object.entries(held));
    for (const { id, stage, action, begins } of events) {
        if (begins && action === "First") {
            assert.equal(inside.get(stage), undefined, `${id} and ${inside.get(stage)} in ${stage}`);
            inside.set(stage, id);
        }
        assert.equal(inside.get(stage), id);
        if (!begins && action === "Second") inside.delete(stage);
    }
}

const enteredBy = (events: Event[], stage: string) =>
    events.filter((event) => event.stage === stage && event.begins && event.action === "First").map(({ id }) => id);

const executions = fc.integer({ min: 1, max: 8 }).map((count) => Array.from({ length: count }, (_, at) => `e${at}`));

describe("local run: stage locks", () => {
    it("hold one execution per stage, in the order in which they began, and lose none", async () => {
        await fc.assert(
            fc.asyncProperty(fc.scheduler(), executions, async (scheduler, ids) => {
                const { events, records } = start(ids, () => scheduler.schedule(Promise.resolve("Succeeded" as const)));
                await scheduler.waitFor(Promise.all(records));
                const ended = await Promise.all(records);
                assert.deepEqual(new Set(ended.map(({ status }) => status)), new Set(["Succeeded"]));
                assertOneAtATime(events);
                for (const stage of stageNames) assert.deepEqual(enteredBy(events, stage), ids);
            }),
        );
    });

    it("let several executions run, each in a stage of its own", async () => {
        const ends = new Map<string, () => void>();
        const { events } = start(["one", "two"], ({ stage, action }, id) =>
            id === "one" && stage === "Deploy" && action.name === "First"
                ? new Promise((resolve) => ends.set(id, () => resolve("Succeeded")))
                : Promise.resolve("Succeeded"),
        );
        await settled();
        assert.deepEqual(enteredBy(events, "Plan"), ["one", "two"]);
        assert.deepEqual(enteredBy(events, "Deploy"), ["one"]);
        ends.get("one")!();
        await settled();
        assert.deepEqual(enteredBy(events, "Deploy"), ["one", "two"]);
    });

    it("are released by a failure, whatever fails, and the others continue in order", async () => {
        const failing = fc.record({
            stage: fc.constantFrom(...stageNames),
            action: fc.constantFrom("First", "Second"),
        });
        const plans = executions.chain((ids) =>
            fc.tuple(fc.constant(ids), fc.array(fc.option(failing), { minLength: ids.length, maxLength: ids.length })),
        );
        await fc.assert(
            fc.asyncProperty(fc.scheduler(), plans, async (scheduler, [ids, failures]) => {
                const { locks, records, events } = start(ids, ({ stage, action }, id) => {
                    const fails = failures[ids.indexOf(id)];
                    const status = fails?.stage === stage && fails.action === action.name ? "Failed" : "Succeeded";
                    return scheduler.schedule(Promise.resolve(status));
                });
                await scheduler.waitFor(Promise.all(records));
                const ended: ExecutionRecord[] = await Promise.all(records);
                assert.deepEqual(
                    ended.map(({ status }) => status),
                    failures.map((failure) => (failure ? "Failed" : "Succeeded")),
                );
                for (const [at, stage] of stageNames.entries()) {
                    const reached = ids.filter((_, index) => {
                        const failure = failures[index];
                        return !failure || stageNames.indexOf(failure.stage) >= at;
                    });
                    assert.deepEqual(enteredBy(events, stage), reached);
                    assert.equal(locks.holder(stage), undefined);
                }
            }),
        );
    });

    it("are kept by an execution that waits for its approval, which goes on in its stage", async () => {
        said.length = 0;
        let approved = false;
        const { locks, events, records } = start(["one", "two"], ({ stage, action }, id) =>
            Promise.resolve(
                !approved && id === "one" && stage === "Deploy" && action.name === "Second"
                    ? "InProgress"
                    : "Succeeded",
            ),
        );
        const waiting = await records[0]!;
        assert.equal(waiting.status, "InProgress");
        await settled();
        assert.equal(locks.holder("Deploy"), "one");
        assert.deepEqual(enteredBy(events, "Deploy"), ["one"]);
        assert.ok(
            said.includes("Execution two waits for the stage Deploy, which execution one has locked."),
            said.join("\n"),
        );
        approved = true;
        const record = await execute(pipeline, {
            ...{ id: "one", locks, progress, variables: Variables.of({}), done: waiting.stages },
            signal: new AbortController().signal,
            runAction: () => Promise.resolve({ status: "Succeeded" }),
        });
        assert.equal(record.status, "Succeeded");
        assert.equal((await records[1]!).status, "Succeeded");
        assert.deepEqual(enteredBy(events, "Deploy"), ["one", "two"]);
    });

    it("are given up by an execution that is stopped while waiting", async () => {
        const controller = new AbortController();
        let end!: () => void;
        const { events, records } = start(
            ["one", "two", "three"],
            ({ stage, action }, id) =>
                id === "one" && stage === "Deploy" && action.name === "First"
                    ? new Promise((resolve) => (end = () => resolve("Succeeded")))
                    : Promise.resolve("Succeeded"),
            { two: controller.signal },
        );
        await settled();
        controller.abort();
        const { status, stages } = await records[1]!;
        assert.equal(status, "Stopped");
        assert.deepEqual(stages.at(-1), { name: "Deploy", status: "Stopped", seconds: 0, actions: [] });
        end();
        assert.equal((await records[2]!).status, "Succeeded");
        assert.deepEqual(enteredBy(events, "Deploy"), ["one", "three"]);
    });
});
