import type { Recorded } from "./mocks";

/** By what Pulumi recognises a resource from one deployment to the next. */
export interface Identity {
    name: string;
    /** The types of its parents and its own, the outermost first. */
    types: string;
    /** What these were in an earlier deployment: by its own aliases, and by its parents'. */
    earlier: string[];
}

/**
 * The identities of resources. The mocks' URNs have the type of the closest parent only, and Pulumi's engine, which the
 * mocks replace, is what adds the aliases of parents: https://www.pulumi.com/docs/iac/concepts/resources/options/aliases/
 */
export function identitiesOf(resources: readonly Recorded[]): Identity[] {
    const byUrn = new Map<string, Identity>();
    for (const { urn, type, name, parent, formerParents } of resources) {
        const below = (types: string | undefined) => (types === undefined ? type : `${types}$${type}`);
        const own = formerParents.map((former) => below(byUrn.get(former)?.types));
        const inherited = (byUrn.get(parent)?.earlier ?? []).map(below);
        byUrn.set(urn, { name, types: below(byUrn.get(parent)?.types), earlier: [...own, ...inherited] });
    }
    return [...byUrn.values()];
}
