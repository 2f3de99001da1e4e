import { options } from "../../../components/options";
import type { Definition } from "../definition";
import { startErrors } from "../errors";
import type { RunOptions } from "../options";

/** Options that a watch does not support. */
const refused: readonly { option: keyof RunOptions; flag: string; why: string; instead: string }[] = [
    {
        option: "approve",
        flag: "--approve",
        why: "a watch delivers each save at once, without a chance to read a plan",
        instead: "Approve a waiting plan without --watch",
    },
    {
        option: "releases",
        flag: "--releases",
        why: "a watch delivers, but --releases only prints a list",
        instead: "List them without --watch",
    },
    {
        option: "rollbackTo",
        flag: "--rollback-to",
        why: "a watch would immediately redeploy the changesets that the rollback has undone",
        instead:
            "Roll back without --watch, or remove the change from the files while watching: the watch then undoes it",
    },
];

/** Rejects conflicting options before anything starts. */
export function checkWatchOptions(given: RunOptions): void {
    const problems = refused
        .filter(({ option }) => given[option])
        .map(({ flag, why, instead }) => `${flag}: ${why}. ${instead}.`);
    if (problems.length > 0) throw new startErrors.WatchOptionsConflict({ problems });
}

/** Rejects a tool whose changes a watch cannot undo and redo. */
export function checkWatchedTool({ database: { tool = options.tool.default } }: Pick<Definition, "database">): void {
    if (tool !== options.tool.default) {
        throw new startErrors.WatchOptionsConflict({
            problems: [
                `tool ${tool}: --watch supports ${options.tool.default} only. Run it without --watch after each save.`,
            ],
        });
    }
}

/** Rejects a pipeline with approvals: each save would stop at an approval. */
export function checkWatchable(environment: string, { pipeline }: Definition): void {
    const approvals = pipeline.stages.flatMap((stage) =>
        stage.actions.filter(({ provider }) => provider === "Manual").map(({ name }) => `${stage.name}/${name}`),
    );
    if (approvals.length === 0) return;
    throw new startErrors.WatchNeedsPerson({ environment, approvals: approvals.join(", ") });
}
