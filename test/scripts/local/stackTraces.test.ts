import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { withCheapStackTraces } from "../../../scripts/local/stackTraces";
import { record } from "../../support/mocks";

/** How many frames Pulumi takes for each of the promises of a resource. */
async function framesTaken(): Promise<number[]> {
    const frames: number[] = [];
    const define = Object.defineProperty;
    Object.defineProperty = ((object: object, name: string, property: PropertyDescriptor) => {
        if (name === "_debugStackTrace") frames.push(Error.stackTraceLimit);
        return define(object, name, property);
    }) as typeof define;
    try {
        await record(() =>
            withCheapStackTraces(async () => {
                new pulumi.ComponentResource("test:index:Empty", "empty");
                await Promise.resolve();
            }),
        );
    } finally {
        Object.defineProperty = define;
    }
    return frames;
}

describe("an evaluation", () => {
    it("takes no stack trace of Pulumi's own promises", async () => {
        const frames = await framesTaken();
        assert.ok(frames.length > 0);
        assert.deepEqual([...new Set(frames)], [0]);
    });

    it("leaves the whole trace of any other error, by the lines of the sources", async () => {
        const failAt = (depth: number): Promise<never> => {
            if (depth === 0) throw new Error("wrong");
            return failAt(depth - 1);
        };
        const error = await withCheapStackTraces(async () => failAt(8)).then(
            () => undefined,
            (reason: unknown) => reason as Error,
        );
        const frames = error!.stack!.split("\n").filter((line) => /failAt .*stackTraces\.test\.ts:\d+/.test(line));
        assert.ok(frames.length >= 8, error!.stack);
    });

    it("leaves everything as it was", async () => {
        const { stackTraceLimit } = Error;
        await assert.rejects(
            withCheapStackTraces(() => Promise.reject(new Error("wrong"))),
            /wrong/,
        );
        assert.equal(Error.stackTraceLimit, stackTraceLimit);
        const trace = () => new Error("").stack!.split("\n").length;
        assert.ok(trace() > 2);
    });
});
