import assert from "node:assert/strict";
import type { Project } from "../../../scripts/local/codeBuild/project";
import { RunningBuilds } from "../../../scripts/local/codeBuild/running";

describe("local run: builds at the same time", () => {
    const project = (name: string, concurrentBuildLimit?: number) => ({ name, concurrentBuildLimit }) as Project;
    const endless = () => new Promise<never>(() => undefined);

    it("are refused beyond their project's limit, as CodeBuild does, and not queued", async () => {
        const builds = new RunningBuilds();
        void builds.run(project("deploy", 1), endless);
        await assert.rejects(
            builds.run(project("deploy", 1), () => Promise.resolve()),
            {
                code: "AP3310",
                facts: { project: "deploy", running: 1, limit: 1 },
                message: /^AP3310: AccountLimitExceededException: the project deploy runs 1 build\(s\), and its /,
            },
        );
        assert.equal(await builds.run(project("plan", 1), () => Promise.resolve("planned")), "planned");
    });

    it("have no limit if the project has none, and free their place when they fail", async () => {
        const builds = new RunningBuilds();
        for (let build = 0; build < 5; build++) void builds.run(project("plan"), endless);
        await assert.rejects(builds.run(project("deploy", 1), () => Promise.reject(new Error("failed"))));
        assert.equal(await builds.run(project("deploy", 1), () => Promise.resolve(1)), 1);
    });
});
