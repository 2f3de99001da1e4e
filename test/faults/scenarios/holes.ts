import * as assert from "node:assert/strict";
import type { BuildResult, Project } from "../../support/delivery";
import { type Hole, holes, Link } from "../../support/link";
import { Users } from "../../support/users";
import type { Bench } from "../bench";
import { inParallel, judge, silenceSeconds } from "./vanished";

/** A build of an action, ready to run, and how to see afterwards that nothing was lost. */
interface Act {
    build: (environment: Record<string, string>) => Promise<BuildResult>;
    project: Project;
    /** What it said must be true; then the same again, with nothing in its way, must succeed. */
    check: (result: BuildResult) => Promise<void>;
}

/** Every action that connects to the database. */
const acts: Record<string, (bench: Bench) => Promise<Act>> = {
    bootstrap: async (bench) => {
        const project = await bench.delivery.project();
        const users = new Users(bench.delivery, project);
        const build = (environment: Record<string, string>) =>
            project.build("bootstrap", { environment: { ...users.variables(), ...environment } });
        return {
            project,
            build,
            check: async () => {
                await users.bootstrap();
                bench.changelog.write(project, 1);
                await users.run("plan", users.planner);
                await users.run("deploy", users.migrator);
            },
        };
    },
    plan: (bench) => reading(bench, "plan"),
    drift: (bench) => reading(bench, "drift"),
    rehearse: (bench) =>
        reading(bench, "rehearse", {
            REHEARSAL_COPY: "DatabaseTemplate",
            REHEARSAL_CLONE_LIFETIME_MINUTES: "60",
            LOCK_BUDGET_MILLISECONDS: "60000",
        }),
    rollback: async (bench) => {
        const project = await bench.project(1);
        const before = await bench.state(project);
        const ROLLBACK_TO = project.releaseId;
        await bench.succeed(project, "deploy");
        project.nextExecution();
        const build = (environment: Record<string, string>) =>
            project.build("rollback", { environment: { ROLLBACK_TO, ...environment } });
        return {
            project,
            build,
            check: async ({ code, output }) => {
                const undone = async () =>
                    (await project.history()).every((row) => row.startsWith("[") || row === "tables");
                if (code === 0) assert.ok(await undone(), output);
                project.nextExecution();
                const again = await build({});
                assert.ok(again.code === 0 || /Nothing to undo/.test(again.output), again.output);
                await bench.assertSame(project, before);
                await bench.assertFree(project);
            },
        };
    },
    deploy: async (bench) => {
        const project = await bench.project(1);
        const before = await bench.state(project);
        return {
            project,
            build: (environment) => project.build("deploy", { environment }),
            check: async (result) => {
                await judge(bench, project, result, before);
                project.nextExecution();
                await bench.succeed(project, "deploy");
                await bench.assertWhole(project);
            },
        };
    },
};

/** An action that changes nothing in the database. */
async function reading(bench: Bench, action: string, own: Record<string, string> = {}): Promise<Act> {
    const project = await bench.project(1);
    const before = await bench.state(project);
    const build = (environment: Record<string, string>) =>
        project.build(action, { environment: { ...own, ...environment } });
    return {
        project,
        build,
        check: async () => {
            await bench.assertSame(project, before);
            await bench.assertFree(project);
            const again = await build({});
            assert.equal(again.code, 0, again.output);
            await bench.assertSame(project, before);
        },
    };
}

const actions = Object.keys(acts);
const kinds = Object.keys(holes) as Hole[];

/**
 * Opens a hole between a build and the server, in each action and of each kind in turn, at any moment of the build: in one
 * of its connections, after any number of bytes. The build must end by itself and name a cause, and its next run must make
 * it whole.
 */
export async function holesAnywhere(bench: Bench, rounds: number): Promise<string> {
    const traffic = new Map<string, Promise<readonly number[]>>();
    const trafficOf = (action: string) => {
        const known = traffic.get(action) ?? measure(bench, action);
        traffic.set(action, known);
        return known;
    };
    const counts = new Map(actions.map((action) => [action, { opened: 0, through: 0, missed: 0 }]));
    let longest = 0;
    // A round with few is not always the same action's.
    const first = rounds < actions.length ? Math.floor(bench.random.between(0, actions.length)) : 0;
    await inParallel(rounds, async (number) => {
        const action = actions[(first + number) % actions.length]!;
        // Another kind for each action in each turn: after four turns every action had all of them.
        const hole = kinds[(Math.floor(number / actions.length) + number) % kinds.length]!;
        const everything = bench.random.next() < 0.5;
        const count = counts.get(action)!;
        for (;;) {
            const { opened, result, seconds } = await open(bench, action, hole, everything, await trafficOf(action));
            if (!opened) {
                count.missed += 1;
                assert.ok(count.missed <= 3 * rounds, `${action} ends before the holes open`);
                continue;
            }
            count.opened += 1;
            count.through += result.code === 0 ? 1 : 0;
            longest = Math.max(longest, seconds);
            return;
        }
    });
    const told = [...counts]
        .filter(([, { opened }]) => opened > 0)
        .map(([action, { opened, through }]) => `${action} ${opened} (${through} came through)`);
    return `${rounds} holes: ${told.join(", ")}; the longest build ended ${Math.round(longest)} s after with ${silenceSeconds} s of patience`;
}

/** Bytes that the server sends on each connection of an undisturbed build. */
async function measure(bench: Bench, action: string): Promise<readonly number[]> {
    const link = await Link.start(bench.delivery.server.server);
    try {
        const { build } = await acts[action]!(bench);
        const { code, output } = await build(link.environment);
        assert.equal(code, 0, output);
        return link.answered;
    } finally {
        await link.close();
    }
}

/** Longer than any build takes to notice, on a busy machine; a build that hangs takes longer. */
const mostSeconds = 150;

async function open(bench: Bench, action: string, hole: Hole, everything: boolean, traffic: readonly number[]) {
    const link = await Link.start(bench.delivery.server.server);
    try {
        const { project, build, check } = await acts[action]!(bench);
        const connection = Math.floor(bench.random.between(0, traffic.length));
        let openedAt: number | undefined;
        link.openLater(hole, {
            connection,
            answered: Math.floor(bench.random.between(0, traffic[connection]!)),
            everything,
            onOpen: () => (openedAt = performance.now()),
        });
        const environment = { ...link.environment, SERVER_SILENCE_SECONDS: String(silenceSeconds) };
        const result = await build(environment);
        const seconds = (performance.now() - (openedAt ?? performance.now())) / 1000;
        const what = `${hole} in ${everything ? "everything" : `connection ${connection}`} of ${action}`;
        assert.ok(seconds < mostSeconds, `${what}: it ended ${seconds} s later\n${result.output}`);
        if (result.code !== 0) {
            assert.match(result.output, /^(Failed in \w+: )?AP\d{4}: /m, `${what}\n${result.output}`);
            assert.doesNotMatch(result.output, /AP1018|at .*\.cjs:\d+/, `${what}\n${result.output}`);
        }
        link.mend();
        await bench.settle(project);
        try {
            await check(result);
        } catch (error) {
            throw new Error(`${what}: ${(error as Error).message}\n${result.output}`, { cause: error });
        }
        return { opened: openedAt !== undefined, result, seconds };
    } finally {
        await link.close();
    }
}
