import type { Environment } from "../../policy/rule";
import { type Recorded, record } from "../../test/support/mocks";
import { configOf, loadAnew } from "../../test/support/program";
import { type Changes, compare } from "./compare";
import type { Values, Variation } from "./variations";

const project = "aurora-pipeline";

/** The sample stack with these values; "" takes a key out. */
export async function evaluate(environment: Environment, values: Values = {}): Promise<Recorded[]> {
    const set = Object.entries(values).map(([key, value]) => [`${project}:${key}`, value]);
    const config = Object.entries({ ...configOf(environment), ...(Object.fromEntries(set) as Record<string, string>) });
    const { resources } = await withoutStackTraces(() =>
        record(() => loadAnew("index.ts"), {
            project,
            stack: environment,
            config: Object.fromEntries(config.filter(([, value]) => value !== "")),
            call: (token) => (token === "aws:ec2/getPrefixList:getPrefixList" ? { id: "pl-0123456789" } : undefined),
        }),
    );
    return resources;
}

/** Carries variations out on sample stacks; a stack that several of them start from is evaluated once. */
export class Stacks {
    private readonly evaluated = new Map<string, Promise<Recorded[]>>();

    async change(environment: Environment, { key, given, from, to, with: others }: Variation): Promise<Changes> {
        const before = await this.stack(environment, { ...given, ...(from !== undefined && { [key]: from }) });
        const after = await this.stack(environment, { ...given, ...others, ...(to !== undefined && { [key]: to }) });
        return compare(before, after);
    }

    private stack(environment: Environment, values: Values): Promise<Recorded[]> {
        const id = `${environment} ${JSON.stringify(Object.entries(values).sort())}`;
        const resources = this.evaluated.get(id) ?? evaluate(environment, values);
        this.evaluated.set(id, resources);
        return resources;
    }
}

// Pulumi takes a stack trace for every promise: half of an evaluation's time.
async function withoutStackTraces<T>(run: () => Promise<T>): Promise<T> {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
        return await run();
    } finally {
        Error.stackTraceLimit = limit;
    }
}
