import type { Environment } from "../../policy/rule";
import type { Recorded } from "../../test/support/mocks";
import { evaluateStack } from "../../test/support/stack";
import { type Changes, compare } from "./compare";
import type { Values, Variation } from "./variations";

/** The sample stack with these values; "" takes a key out. */
export async function evaluate(environment: Environment, config: Values = {}): Promise<Recorded[]> {
    return (await evaluateStack({ environment, config })).resources;
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
