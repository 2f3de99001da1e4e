import * as pulumi from "@pulumi/pulumi";
import { type Environment, environments } from "./rule";

/** What the pack can learn about the environment that it judges. */
export interface Hints {
    /** `environment` in the policy's own configuration. */
    policy?: string;
    /** `environment` in the program's configuration. */
    program?: string;
    /** Name of the stack. */
    stack: string;
}

/**
 * The environment that a stack is held to: what the policy's configuration says, else what the program's says, else
 * the stack's name. A stack that none of them places is held to `prod`: the safe thing is what one gets without asking.
 */
export function environmentOf({ policy, program, stack }: Hints): Environment {
    const said = policy ?? program ?? stack;
    return environments.find((environment) => environment === said) ?? "prod";
}

/** The stack that the Pulumi CLI started the pack for. */
export function stackHints(): Omit<Hints, "policy"> {
    return { program: new pulumi.Config().get("environment"), stack: pulumi.getStack() };
}
