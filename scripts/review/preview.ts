import { messageOf } from "../local/errors";
import { reviewErrors } from "./errors";

/** The most drastic ones first. */
export const resourceChanges = ["replace", "delete", "change", "create"] as const;

/** What `pulumi up` would do to one resource. */
export interface ResourceChange {
    does: (typeof resourceChanges)[number];
    type: string;
    name: string;
    /** Names of the inputs that differ; of those that force it, for a replacement. Their values may be secrets. */
    because: string[];
}

/** The operations of `pulumi preview --json`; the others are parts of a replacement, or change nothing. */
const operations: Record<string, ResourceChange["does"]> = {
    create: "create",
    import: "create",
    update: "change",
    replace: "replace",
    delete: "delete",
};

interface Step {
    op?: unknown;
    urn?: unknown;
    diffReasons?: unknown;
    replaceReasons?: unknown;
}

/** The output of `pulumi preview --json`, the most drastic changes first. */
export function readPreview(file: string, text: string): ResourceChange[] {
    const steps = stepsIn(file, text);
    const changes = steps.flatMap(({ op, urn, diffReasons, replaceReasons }) => {
        const does = typeof op === "string" && Object.hasOwn(operations, op) ? operations[op] : undefined;
        if (does === undefined || typeof urn !== "string") {
            return [];
        }
        const [, , types = "", ...name] = urn.split("::");
        const type = types.split("$").at(-1) ?? "";
        const because = does === "replace" ? texts(replaceReasons) : does === "change" ? texts(diffReasons) : [];
        return [{ does, type, name: name.join("::"), because }];
    });
    const order = ({ does }: ResourceChange) => resourceChanges.indexOf(does);
    return changes.sort((one, other) => order(one) - order(other));
}

function stepsIn(file: string, text: string): Step[] {
    const form = "the output of `pulumi preview --json`";
    let parsed: unknown;
    try {
        parsed = JSON.parse(text);
    } catch (error) {
        throw new reviewErrors.ReviewInputUnreadable({ file, form, reason: messageOf(error) });
    }
    const steps = (parsed as { steps?: unknown } | null)?.steps;
    if (!Array.isArray(steps)) {
        throw new reviewErrors.ReviewInputUnreadable({ file, form, reason: "it has no list of steps" });
    }
    return steps.filter((step): step is Step => typeof step === "object" && step !== null);
}

function texts(given: unknown): string[] {
    return Array.isArray(given) ? given.filter((item): item is string => typeof item === "string") : [];
}
