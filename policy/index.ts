import {
    PolicyPack,
    type ReportViolation,
    type ResourceValidationArgs,
    type ResourceValidationPolicy,
    type StackValidationArgs,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { environmentOf, stackHints } from "./environment";
import { judge } from "./evaluate";
import { type RecordedResource, Stack, normalise } from "./resource";
import { type Environment, type Rule, environments } from "./rule";
import { rules } from "./rules";
import { waiverOf, waivers } from "./waivers";

// The entry point of `pulumi preview --policy-pack policy`: the rules as CrossGuard policies.

function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
    const policy = {
        name: rule.id,
        description: rule.title,
        enforcementLevel: "mandatory" as const,
        remediationSteps: rule.fix,
        configSchema: { properties: { environment: { type: "string" as const, enum: [...environments] } } },
    };
    return rule.scope === "resource"
        ? { ...policy, validateResource: (args, report) => validateResource(rule, args, report) }
        : { ...policy, validateStack: (args, report) => validateStack(rule, args, report) };
}

function validateResource(rule: Rule, args: ResourceValidationArgs, report: ReportViolation): void {
    if (rule.types.includes(args.type)) {
        const { type, name, urn, props: inputs, opts } = args;
        const resource: RecordedResource = { type, name, urn, inputs, protect: opts.protect };
        reportAll(rule, new Stack([normalise(resource)]), configuredEnvironment(args.getConfig()), report);
    }
}

function validateStack(rule: Rule, args: StackValidationArgs, report: ReportViolation): void {
    const resources = args.resources.map(({ type, name, urn, props, opts, ...relations }) =>
        normalise({
            type,
            name,
            urn,
            inputs: props,
            protect: opts.protect,
            parent: relations.parent?.urn,
            dependencies: urnsOf(relations.dependencies),
            propertyDependencies: Object.fromEntries(
                Object.entries(relations.propertyDependencies).map(([property, all]) => [property, urnsOf(all)]),
            ),
        }),
    );
    reportAll(rule, new Stack(resources), configuredEnvironment(args.getConfig()), report);
}

function urnsOf(resources: { urn: string }[]): string[] {
    return resources.map(({ urn }) => urn);
}

function reportAll(rule: Rule, stack: Stack, environment: Environment, report: ReportViolation): void {
    for (const resource of stack.all(...rule.types)) {
        if (waiverOf(rule, resource, environment, waivers) === undefined) {
            judge(rule, resource, environment, stack).forEach(({ message, urn }) => report(message, urn));
        }
    }
}

function configuredEnvironment(config: { environment?: string }): Environment {
    return environmentOf({ policy: config.environment, ...stackHints() });
}

new PolicyPack("aurora-pipeline", { policies: rules.map(policyOf) });
