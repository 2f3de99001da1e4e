import * as assert from "node:assert/strict";
import type { BuildResult } from "../../support/delivery";
import type { End, FailoverPair } from "../../support/failover";
import { steps } from "../changelog";
import { type Bench, changesetsIn, type State } from "../bench";

type Moment = "update" | "undo" | "between plan and deploy" | "rollback";
const moments: Moment[] = ["update", "undo", "between plan and deploy", "update", "rollback"];

/**
 * The writer goes and the standby takes over: while a statement runs, while it is undone, between plan and deployment. The
 * old one answers as a reader for a while. Nothing is lost, nothing is there twice, and what the build says is true.
 */
export async function failovers(bench: Bench, rounds: number): Promise<string> {
    const pair = bench.delivery.server as FailoverPair;
    const told = { success: 0, undone: 0 };
    const counts = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
        const moment = moments[round % moments.length]!;
        const end: End = bench.random.next() < 0.6 ? "crash" : "vanish";
        await pair.replicate();
        told[await failOver(bench, pair, moment, end)] += 1;
        counts.set(moment, (counts.get(moment) ?? 0) + 1);
    }
    const where = [...counts].map(([moment, times]) => `${moment} ${times}`).join(", ");
    return `${rounds} failovers (${where}): ${told.success} came through, ${told.undone} undone; nothing lost, nothing twice`;
}

async function failOver(bench: Bench, pair: FailoverPair, moment: Moment, end: End): Promise<"success" | "undone"> {
    const { random } = bench;
    const readerMillis = random.between(0, 6000);
    const environment = { SERVER_SILENCE_SECONDS: "30" };
    const project = await bench.project(1);
    const fault = () => pair.failOver(end, readerMillis);
    const first = project.releaseId;
    if (moment === "rollback") {
        const before = await bench.state(project);
        const back = project.nextExecution();
        await bench.succeed(project, "deploy", { environment });
        project.nextExecution();
        const step = { marker: random.pick(["undo count", "undo column", "undo last"]), milliseconds: 150 };
        const rollback = { ...environment, ROLLBACK_TO: back };
        const result = await bench.strike(project, "rollback", step, fault, { environment: rollback });
        assert.equal(result.code, 0, result.output);
        await bench.assertSame(project, before);
        await bench.assertFree(project);
        return "undone";
    }
    const before = await bench.state(project);
    let result: BuildResult;
    if (moment === "between plan and deploy") {
        await bench.succeed(project, "plan", { environment });
        const approved = project.approve();
        // The deployment begins while the writer is away.
        const failing = fault();
        result = await project.build("deploy", { environment: { ...environment, CODEBUILD_SRC_DIR_Plan: approved } });
        await failing;
        assert.equal(result.code, 0, result.output);
    } else {
        if (moment === "undo") bench.changelog.writeFailing(project);
        const undone = steps.filter(({ id, undoMarker }) => undoMarker && id !== "fill" && id !== "index");
        const { marker, undoMarker, milliseconds } = random.pick(moment === "undo" ? undone : steps.slice(1));
        const step = moment === "undo" ? { marker: undoMarker!, milliseconds: 150 } : { marker, milliseconds };
        result = await bench.strike(project, "deploy", step, fault, { environment });
    }
    const ended = await judge(bench, project, result, before, first);
    assert.ok(moment !== "undo" || ended === "undone", result.output);
    bench.changelog.write(project);
    project.nextExecution();
    await bench.succeed(project, "deploy", { environment });
    await bench.assertWhole(project);
    return ended;
}

async function judge(
    bench: Bench,
    project: Awaited<ReturnType<Bench["project"]>>,
    { code, output }: BuildResult,
    before: State,
    first: string,
): Promise<"success" | "undone"> {
    await bench.assertFree(project);
    if (code === 0) {
        await bench.assertWhole(project);
        const applied = project.deployment().changesets.map(({ id }) => id);
        assert.deepEqual(
            applied,
            (await changesetsIn(project)).slice(1),
            `what ${first}'s successor reports\n${output}`,
        );
        return "success";
    }
    assert.match(output, /The database is as it was before/, output);
    await bench.assertSame(project, before);
    assert.deepEqual(project.deployment().remaining, []);
    return "undone";
}
