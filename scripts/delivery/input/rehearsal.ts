import { RehearsalCopy } from "../../../components/contract";
import { options } from "../../../components/options";
import { inputErrors } from "../errors";
import type { RehearsalSettings } from "../settings";
import type { Environment } from "../settings";
import { formProblems } from "./forms";
import { optionProblems, optionValues } from "./options";

const { variable: sourceCluster } = options.sourceCluster;
const { variable: securityGroup } = options.securityGroup;

/** What is wrong with the variables of a rehearsal; empty if they are valid. */
export function rehearsalProblems(environment: Environment): string[] {
    const clones = environment[options.copy.variable] === RehearsalCopy.AuroraClone;
    return [
        ...(clones && !environment[sourceCluster]
            ? [`${sourceCluster} is missing; allowed: the identifier of the cluster to clone`]
            : []),
        ...(clones && !environment[securityGroup]
            ? [`${securityGroup} is missing; allowed: the id of the security group of clones`]
            : []),
        ...optionProblems("rehearsal", environment, { needed: true, greatest: Infinity }),
    ];
}

export function rehearsalSettings(environment: Environment): RehearsalSettings {
    // Only a clone needs these.
    const {
        sourceCluster = "",
        securityGroup = "",
        cloneLifetimeMinutes = 0,
        ...others
    } = optionValues("rehearsal", environment);
    return { ...others, sourceCluster, securityGroup, cloneLifetimeMinutes };
}

/** The cluster whose clones the reaper deletes. */
export function reaperSource(environment: Environment): string {
    const source = environment[sourceCluster];
    const problems = source
        ? formProblems(environment)
        : [`${sourceCluster} is missing: the reaper deletes clones of that cluster only`];
    if (!source || problems.length > 0) {
        throw new inputErrors.SettingsRefused({ problems });
    }
    return source;
}
