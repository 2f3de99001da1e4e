import * as pulumi from "@pulumi/pulumi";
import { type Environment, environments } from "./rule";

/** The sources from which the policy pack determines the environment of a stack. */
export interface Hints {
    /** `environment` in the policy's own configuration. */
    policy?: string;
    /** `environment` in the program's configuration. */
    program?: string;
    /** Name of the stack. */
    stack: string;
}

/**
 * The environment whose rules apply to a stack: from the policy's configuration, otherwise from the program's
 * configuration, otherwise from the stack's name. If none of them names an environment, `prod` applies: the strict
 * rules are the default.
 */
export function environmentOf({ policy, program, stack }: Hints): Environment {
    const said = policy ?? program ?? stack;
    return environments.find((environment) => environment === said) ?? "prod";
}

/** The stack that the Pulumi CLI started the pack for. */
export function stackHints(): Omit<Hints, "policy"> {
    return { program: new pulumi.Config().get("environment"), stack: pulumi.getStack() };
}
