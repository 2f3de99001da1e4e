import { ExportedVariables, Outputs } from "../../../components/contract";
import { keyOf } from "../changesets";
import { Context } from "../context";
import { makePlan } from "../plan/make";
import { planMarkdown } from "../plan/markdown";
import { headline, withoutState } from "../plan/model";

/** The action `plan`: says what the deployment or the rollback would do, and does none of it. */
export async function plan(context: Context): Promise<void> {
    const { outputs, log } = context;
    const made = await makePlan(context);
    outputs.json(Outputs.planJson, withoutState(made));
    outputs.json(Outputs.catalogJson, made.starting.catalog);
    outputs.artifact(Outputs.planMarkdown, planMarkdown(made));
    outputs.report([
        {
            name: "plan",
            cases:
                made.changes.length === 0
                    ? [{ name: "nothing pending", file: "plan", seconds: 0 }]
                    : made.changes.map(({ id, author, file }) => ({ name: `${id} (${author})`, file, seconds: 0 })),
        },
    ]);
    outputs.exports({
        [ExportedVariables.pendingChangesets]: made.kind === "deploy" ? made.changes.length : 0,
        [ExportedVariables.plannedChanges]: made.changes.length,
        [ExportedVariables.planDigest]: made.digest,
        [ExportedVariables.releaseId]: made.releaseId,
    });
    log(headline(made));
    made.changes.forEach((change) => log(`  ${keyOf(change)}`));
    made.warnings.forEach((warning) => log(`Warning: ${warning}`));
    log(`Digest ${made.digest}`);
}
