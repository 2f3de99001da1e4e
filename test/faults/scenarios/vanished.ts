import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BuildResult, Project } from "../../support/delivery";
import { bothDirections, type Direction, Link } from "../../support/link";
import type { Bench } from "../bench";

/** Where a connection goes silent, by the statement that runs then. */
interface Phase {
    name: string;
    /** Part of the statement; without it the connection goes silent before it is one. */
    marker?: string;
    milliseconds: number;
    prepare?: (project: Project, bench: Bench) => Promise<() => Promise<void>>;
}

const lockTable = (table: string) => async (project: Project, bench: Bench) => {
    const other = await bench.delivery.server.administrate(project.database);
    await other.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return async () => {
        await other.query("COMMIT");
        await other.end();
    };
};

const slowRecord = async (project: Project) => {
    await project.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(2); RETURN NULL; END $$;
        CREATE TRIGGER slow AFTER INSERT ON databasechangelog FOR EACH ROW WHEN (NEW.id = 'fill') EXECUTE FUNCTION slow()`);
    return async () => {};
};

const phases: Phase[] = [
    { name: "update", marker: "step count", milliseconds: 200 },
    {
        name: "lock",
        marker: `"databasechangeloglock" (id, locked)`,
        milliseconds: 100,
        prepare: lockTable("databasechangeloglock"),
    },
    { name: "record", marker: "VALUES ('fill', 'faults'", milliseconds: 500, prepare: slowRecord },
    { name: "undo", marker: "undo last", milliseconds: 100 },
    {
        name: "plan",
        marker: `"databasechangelog" ORDER BY dateexecuted, orderexecuted`,
        milliseconds: 100,
        prepare: lockTable("databasechangelog"),
    },
    { name: "verify", marker: "step verified", milliseconds: 500 },
    { name: "index", marker: "CREATE INDEX CONCURRENTLY ledger_note", milliseconds: 300 },
    { name: "connect", milliseconds: 0 },
    { name: "TLS", milliseconds: 0 },
    { name: "login", milliseconds: 0 },
];
/** Bytes that the server has sent by then. */
const answeredIn: Record<string, number> = { connect: 0, TLS: 1, login: 1500 };

const directions: Direction[][] = [bothDirections, ["toClient"], ["toServer"]];
/** Builds wait most of the time. */
const atOnce = 4;
export const silenceSeconds = 12;

/**
 * Lets a connection, or all ways to the server, swallow what is sent: in each phase, in both directions and in each. The
 * build must end by itself and say so truly, and the next one must make it whole.
 */
export async function blackHoles(bench: Bench, rounds: number): Promise<string> {
    const told = { success: 0, undone: 0, gone: 0, refused: 0 };
    let longest = 0;
    const round = async (number: number) => {
        const phase = phases[number % phases.length]!;
        const swallowed = directions[Math.floor(number / phases.length + number) % directions.length]!;
        // A connection alone is lost where a firewall forgets it; with all of them the host is gone.
        const everything = number % 2 === 0;
        const link = await Link.start(bench.delivery.server.server);
        try {
            const { result, seconds } = await vanish(bench, link, phase, swallowed, everything);
            longest = Math.max(longest, seconds);
            told[result] += 1;
        } finally {
            await link.close();
        }
    };
    await inParallel(rounds, round);
    return `${rounds} black holes: ${told.success} came through, ${told.undone} undone, ${told.gone} ended without the server, ${told.refused} changed nothing; the longest ended ${Math.round(longest)} s after with ${silenceSeconds} s of patience`;
}

async function vanish(
    bench: Bench,
    link: Link,
    phase: Phase,
    swallowed: Direction[],
    everything: boolean,
): Promise<{ result: "success" | "undone" | "gone" | "refused"; seconds: number }> {
    const project = await bench.project(1);
    const before = await bench.state(project);
    if (phase.name === "undo") bench.changelog.writeFailing(project);
    project.write({
        "verify/slow.sql": "-- check: takes a while\nSELECT pg_sleep(1) IS NOT NULL AND 'step verified' <> '';\n",
    });
    const release = (await phase.prepare?.(project, bench)) ?? (() => Promise.resolve());
    const environment = { ...link.environment, SERVER_SILENCE_SECONDS: String(silenceSeconds) };
    let struckAt = 0;
    const strike = () => {
        struckAt = performance.now();
        link.swallow(swallowed, everything ? { also: "new" } : {});
        return release();
    };
    let result: BuildResult;
    if (phase.marker === undefined) {
        const connection = Math.floor(bench.random.between(0, 4));
        link.swallowLater(connection, answeredIn[phase.name]!, swallowed);
        struckAt = performance.now();
        result = await project.build("deploy", { environment });
    } else {
        const struck = await bench.strike(
            project,
            "deploy",
            { marker: phase.marker, milliseconds: phase.milliseconds },
            async () => void (await strike()),
            { environment },
        );
        assert.ok(struckAt > 0, struck.output);
        result = struck;
    }
    const seconds = (performance.now() - struckAt) / 1000;
    const ended = await judge(bench, project, result, before);
    link.mend();
    bench.changelog.write(project);
    await bench.settle(project);
    if (phase.name === "record") await project.query("DROP TRIGGER slow ON databasechangelog; DROP FUNCTION slow()");
    project.nextExecution();
    await bench.succeed(project, "deploy", { environment });
    await bench.assertWhole(project);
    return { result: ended, seconds };
}

/** What the build said must be what is in the database. */
export async function judge(bench: Bench, project: Project, { code, output }: BuildResult, before: unknown) {
    if (code === 0) {
        return "success" as const;
    }
    if (code === 2) {
        assert.match(
            output,
            /has applied nothing|timeout expired|has not answered|was lost silently|did not become available again|No connection/,
            output,
        );
        return "refused" as const;
    }
    assert.equal(code, 1, output);
    if (/The database is as it was before/.test(output)) {
        assert.deepEqual(
            (await project.history()).filter((row) => !row.startsWith("[")),
            ["tables"],
            output,
        );
        await bench.assertSame(project, before as never);
        return "undone" as const;
    }
    assert.match(output, /has not answered for|did not become available again|was lost silently/, output);
    assert.match(output, /When the server answers again|has applied nothing|nothing was applied/, output);
    return "gone" as const;
}

/** The server falls silent for a while, with every connection, and then answers: nothing is lost, and the build comes through. */
export async function lateAnswers(bench: Bench, rounds: number): Promise<string> {
    const seconds = 40;
    await inParallel(rounds, async (number) => {
        const link = await Link.start(bench.delivery.server.server);
        try {
            const project = await bench.project(1);
            const marker = number % 2 === 0 ? "step count" : "CREATE INDEX CONCURRENTLY ledger_note";
            const { struck, code, output } = await bench.strike(
                project,
                "deploy",
                { marker, milliseconds: 100 },
                async () => {
                    link.hold();
                    await sleep(seconds * 1000);
                    link.mend();
                },
                { environment: link.environment },
            );
            assert.ok(struck, output);
            assert.equal(code, 0, output);
            assert.doesNotMatch(output, /lost|failed/i);
            await bench.assertWhole(project);
        } finally {
            await link.close();
        }
    });
    return `${rounds} answers came after ${seconds} s, all builds came through`;
}

/** The server has ended the connections, and the client was never told. */
export async function halfOpen(bench: Bench, rounds: number): Promise<string> {
    let [through, undone] = [0, 0];
    await inParallel(rounds, async (number) => {
        const link = await Link.start(bench.delivery.server.server);
        try {
            const project = await bench.project(1);
            const before = await bench.state(project);
            const { marker } = phases.filter((phase) => ["update", "index"].includes(phase.name))[number % 2]!;
            const environment = { ...link.environment, SERVER_SILENCE_SECONDS: String(silenceSeconds) };
            const result = await bench.strike(
                project,
                "deploy",
                { marker: marker!, milliseconds: 200 },
                () => link.halfOpen(),
                { environment },
            );
            const ended = await judge(bench, project, result, before);
            assert.notEqual(ended, "gone", result.output);
            if (ended === "success") through += 1;
            else undone += 1;
            link.mend();
            project.nextExecution();
            await bench.succeed(project, "deploy", { environment });
            await bench.assertWhole(project);
        } finally {
            await link.close();
        }
    });
    return `${rounds} times all connections were half-open: ${through} came through, ${undone} undone`;
}

/** With the settings that builds have: from the last answer to the end it takes less than a minute. */
export async function goneWithinAMinute(bench: Bench): Promise<string> {
    const link = await Link.start(bench.delivery.server.server);
    try {
        const project = await bench.project(1);
        let struckAt = 0;
        const { code, output } = await bench.strike(
            project,
            "deploy",
            { marker: "step count", milliseconds: 100 },
            () => {
                struckAt = performance.now();
                link.swallow(bothDirections, { also: "new" });
            },
            { environment: link.environment },
        );
        const seconds = (performance.now() - struckAt) / 1000;
        assert.equal(code, 1, output);
        assert.match(output, /localhost:\d+ has not answered for 45 s/);
        assert.match(output, /When the server answers again, databasechangelog shows what is applied/);
        assert.ok(seconds < 60, `${seconds} s`);
        link.mend();
        await bench.settle(project);
        project.nextExecution();
        await bench.succeed(project, "deploy");
        await bench.assertWhole(project);
        return `the build ended ${seconds.toFixed(1)} s after the last answer`;
    } finally {
        await link.close();
    }
}

export async function inParallel(rounds: number, run: (number: number) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async () => {
        while (next < rounds) await run(next++);
    };
    const workers = await Promise.allSettled(Array.from({ length: Math.min(atOnce, rounds) }, worker));
    const failures = workers.flatMap((done) => (done.status === "rejected" ? [done.reason as Error] : []));
    assert.equal(failures.length, 0, failures.map(({ message, stack }) => stack ?? message).join("\n\n"));
}
