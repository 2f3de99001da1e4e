import { Artifacts, Outputs } from "../../../components/contract";
import { type ChangesetName, count, keyOf, shortened } from "../../delivery/changesets";
import { lintCounts, lintLines } from "../../delivery/lint";
import type { Plan } from "../../delivery/plan/model";
import type { Delivery } from "../deliver";
import { duration } from "../progress/progress";
import type { QuietProgress } from "../progress/quiet";

/** The result of a delivery, for someone who has just saved a file. */
export function outcomeLines(
    { execution, lastRun }: Delivery,
    progress: QuietProgress,
    milliseconds: number,
): string[] {
    const failed = execution.record.status !== "Succeeded";
    const { changesets, undone } = lastRun;
    const sum = `${count(changesets.length, "changeset")} applied, ${undone.length} undone`;
    return [
        // A failure has already reported the earlier findings.
        ...(failed ? progress.failures() : findings(read<Plan>(execution, Artifacts.plan, Outputs.planJson))),
        ...shortened(
            [
                ...undone.map((changeset) => `Undone ${keyOf(changeset)}`),
                ...changesets.map((changeset) => `Applied ${keyOf(changeset)}`),
            ],
            Outputs.deploymentJson,
        ),
        `${execution.record.status} in ${duration(milliseconds)}: ${sum}.`,
    ];
}

function findings(plan: Plan | undefined): string[] {
    const { lint, warnings = [] } = plan ?? {};
    const counts = lintCounts(lint ?? { findings: [] });
    return [
        ...shortened(
            warnings.map((warning) => `Warning: ${warning}`),
            Outputs.planJson,
        ),
        ...(lint && counts.errors + counts.warnings + counts.waived > 0 ? lintLines(lint) : []),
    ];
}

/** The applied changesets that the plan found to be edited. */
export function editedIn({ execution }: Delivery): ChangesetName[] {
    return read<ChangesetName[]>(execution, Artifacts.plan, Outputs.editedJson) ?? [];
}

function read<T>({ artifacts }: Delivery["execution"], artifact: string, file: string): T | undefined {
    const text = artifacts.read(artifact, file);
    return text === undefined ? undefined : (JSON.parse(text) as T);
}
