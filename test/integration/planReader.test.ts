import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeDelivery, createTable, type Delivery, type Project } from "../support/delivery";
import { FailoverPair } from "../support/failover";
import { PlanSession } from "../support/planSession";

describe("a plan whose connection leads to a reader, as after a failover", () => {
    let delivery: Delivery;
    let pair: FailoverPair;
    let project: Project;
    beforeDelivery(
        async (started) => {
            delivery = started;
            pair = started.server as FailoverPair;
            project = await started.project();
            project.changelog(createTable("a"));
            await pair.replicate();
            pair.lead("standby");
        },
        { startServer: () => FailoverPair.start() },
    );

    it("is not made of what the reader has", async () => {
        const session = new PlanSession(delivery, project, { silenceSeconds: 2 });
        try {
            assert.match((await session.refusal("changelog.sql")).message, /the server that answers is a reader/);
        } finally {
            await session.close();
        }
    });

    it("waits for the writer, and is made of what that has", async () => {
        const session = new PlanSession(delivery, project);
        try {
            let led = false;
            const planned = session.preview("changelog.sql").then(({ events }) => ({ events, led }));
            await sleep(2000);
            pair.lead("writer");
            led = true;
            const { events, led: before } = await planned;
            assert.deepEqual(
                events.filter(({ event }) => event === "ran").map(({ id }) => id),
                ["a"],
            );
            assert.ok(before, "the reader's answers were taken");
        } finally {
            await session.close();
        }
    });
});
