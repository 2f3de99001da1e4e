import assert from "node:assert/strict";
import type { Definition } from "../../../../scripts/local/definition";
import { startErrors } from "../../../../scripts/local/errors";
import type { RunOptions } from "../../../../scripts/local/options";
import type { Provider } from "../../../../scripts/local/pipeline/model";
import { checkWatchable, checkWatchOptions } from "../../../../scripts/local/watch/options";

describe("a watch", () => {
    const options = (given: Partial<RunOptions>) => ({ watch: true, ...given }) as RunOptions;

    it("rejects all conflicting options at once", () => {
        assert.throws(
            () => checkWatchOptions(options({ approve: true, rollbackTo: "release-1" })),
            new startErrors.WatchOptionsConflict({
                problems: [
                    "--approve: a watch delivers each save at once, without a chance to read a plan. " +
                        "Approve a waiting plan without --watch.",
                    "--rollback-to: a watch would immediately redeploy the changesets that the rollback has undone. " +
                        "Roll back without --watch, or remove the change from the files while watching: the watch then undoes it.",
                ],
            }),
        );
        checkWatchOptions(options({ keep: true, worktree: true, migrations: "elsewhere" }));
    });

    it("rejects a pipeline with an approval", () => {
        const definition = (provider: Provider) =>
            ({
                pipeline: { stages: [{ name: "Deploy", actions: [{ name: "Ask", provider }] }] },
            }) as unknown as Definition;
        assert.throws(() => checkWatchable("staging", definition("Manual")), {
            code: "AP3008",
            facts: { environment: "staging", approvals: "Deploy/Ask" },
            message:
                "AP3008: --watch with --env staging: its pipeline waits for an approval (Deploy/Ask), but --watch " +
                "delivers each save at once. Use --watch with an environment without approvals, or remove --watch.",
        });
        checkWatchable("staging", definition("CodeBuild"));
    });
});
