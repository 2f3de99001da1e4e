import { isUnknown, kindOf, kmsKey, matching, required, type Rule, wholeNumber } from "./validation";

// Checks the type of each argument, which TypeScript does at compile time, but other languages, JavaScript and `as any`
// do not. A component checks types before its other rules, which may then rely on them.

/** A boolean. A text is rejected: any text would count as true. */
export function flag(arg: string, given: unknown): Rule {
    const valid = given === undefined || typeof given === "boolean";
    return { arg, kind: kindOf(given), given, valid, allowed: "true or false", fix: "Give a boolean, without quotes." };
}

export function flags<T extends object>(args: T, ...names: (keyof T & string)[]): Rule[] {
    return names.map((name) => flag(name, args[name]));
}

/** A non-empty text. */
export function text(arg: string, given: unknown, allowed: string, fix: string): Rule {
    return {
        arg,
        kind: kindOf(given),
        given,
        valid: given === undefined || (typeof given === "string" && given !== ""),
        allowed,
        fix,
    };
}

export function requiredText(arg: string, given: unknown, allowed: string, fix: string): Rule {
    return { arg, kind: kindOf(given), given, valid: typeof given === "string" && given !== "", allowed, fix };
}

/** Texts, each of which may be known only later. */
export function listOfTexts(arg: string, given: unknown): Rule {
    const valid = given === undefined || (Array.isArray(given) && given.every(isText));
    return {
        arg,
        kind: "WrongType",
        given,
        valid,
        allowed: "a list of texts",
        fix: "Use a list, even for a single value.",
    };
}

export function optionalGroup(arg: string, given: unknown, fix: string): Rule {
    return {
        arg,
        kind: "WrongType",
        given,
        valid: given === undefined || isGroup(given),
        allowed: "a group of arguments",
        fix,
    };
}

export function tagsRule(tags: unknown): Rule {
    const isTag = ([key, value]: [string, unknown]) =>
        /^(?!aws:).{1,128}$/s.test(key) && typeof value === "string" && value.length <= 256;
    return {
        arg: "tags",
        kind: isGroup(tags) ? "Malformed" : "WrongType",
        given: tags,
        valid: tags === undefined || (isGroup(tags) && Object.entries(tags).every(isTag)),
        allowed: "a map of texts: keys of 1 to 128 characters, not beginning with aws:, values of at most 256",
        fix: "Correct it, or leave it out.",
    };
}

/** An existing VPC, or a Network. `parts` are the ids that the component uses. */
export function networkRules(arg: string, network: unknown, ...parts: (keyof typeof subnetParts)[]): Rule[] {
    const fix = "Pass a Network, or the ids of an existing VPC.";
    if (!isGroup(network)) {
        return [
            {
                arg,
                kind: kindOf(network),
                given: network,
                valid: false,
                allowed: "a Network, or ids as it has them",
                fix,
            },
        ];
    }
    return [
        required(`${arg}.vpcId`, network["vpcId"], "the id of a VPC", fix),
        ...parts.map((part): Rule => {
            const { least, allowed } = subnetParts[part];
            const given = network[part];
            const ids = Array.isArray(given) ? given : [];
            const valid = ids.length >= least && ids.every(isText) && new Set(ids).size === ids.length;
            return {
                arg: `${arg}.${part}`,
                kind: Array.isArray(given) ? "Malformed" : kindOf(given),
                given,
                valid,
                allowed,
                fix,
            };
        }),
    ];
}

const subnetParts = {
    privateSubnetIds: { least: 1, allowed: "a list of at least one subnet id, each once" },
    isolatedSubnetIds: { least: 2, allowed: "a list of at least two subnet ids, each once" },
};

/** An existing cluster, or an AuroraCluster. */
export function databaseRules(arg: string, database: unknown): Rule[] {
    const fix = "Pass an AuroraCluster, or what is known of an existing one.";
    const parts = ["engine", "clusterIdentifier", "endpoint", "port", "databaseName", "securityGroupId"];
    const missing = reference(arg, database, { parts, allowed: "an AuroraCluster, or what it has", fix });
    if (!isGroup(database)) {
        return missing;
    }
    const { port, endpoint } = database;
    return [
        ...missing,
        // What is absent is missing already.
        wholeNumber(`${arg}.port`, port === "" || port === null ? undefined : port, { min: 1, max: 65_535 }, fix),
        matching(`${arg}.endpoint`, endpoint || undefined, /^[\w.-]+$/, "a host name, without a port", fix),
    ];
}

/** An existing secret, or a DbSecret. */
export function credentialRules(arg: string, credential: unknown): Rule[] {
    const fix = "Pass a DbSecret, or the ARN of an existing secret.";
    const allowed = "a DbSecret, or the ARN of one like it";
    return [
        ...reference(arg, credential, { parts: ["secretArn"], allowed, fix }),
        ...(isGroup(credential) ? [kmsKey(`${arg}.kmsKeyArn`, credential["kmsKeyArn"])] : []),
    ];
}

/** An existing project, or a MigrationBuild. */
export function buildRules(arg: string, build: unknown): Rule[] {
    return reference(arg, build, {
        parts: ["projectName", "projectArn", "roleName", "toolchain"],
        allowed: "a MigrationBuild, or what it has",
        fix: "Pass a MigrationBuild.",
    });
}

const optionalBuilds = ["bootstrap", "plan", "rollbackPlan", "deployPlan", "rehearse", "rollback"];

/** Builds by what they do; one that deploys is required. */
export function pipelineBuildsRules(arg: string, builds: unknown): Rule[] {
    if (!isGroup(builds)) {
        const fix = "For example { plan, deploy, rollback }.";
        return [{ arg, kind: kindOf(builds), given: builds, valid: false, allowed: "builds, one of them deploy", fix }];
    }
    const others = optionalBuilds.filter((action) => builds[action] !== undefined);
    return ["deploy", ...others].flatMap((action) => buildRules(`${arg}.${action}`, builds[action]));
}

/** Another component, by the outputs that this one needs of it. */
export function reference(
    arg: string,
    given: unknown,
    { parts, allowed, fix }: { parts: string[]; allowed: string; fix: string },
): Rule[] {
    if (!isGroup(given)) {
        return [{ arg, kind: kindOf(given), given, valid: false, allowed, fix }];
    }
    return parts.map((part) => required(`${arg}.${part}`, given[part], "a value, or an Output of one", fix));
}

export function isGroup(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isUnknown(value);
}

function isText(value: unknown): boolean {
    return typeof value === "string" || isUnknown(value);
}
