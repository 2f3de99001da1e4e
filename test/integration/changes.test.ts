import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { classOf } from "../../policy/evaluate";
import { environments } from "../../policy/rule";
import { changesDocument, changesFile, precious } from "../../scripts/changes";
import { Stacks } from "../../scripts/changes/evaluate";
import { type Variation, variations } from "../../scripts/changes/variations";
import { type ConfigKey, configKeys, docOf } from "../../stacks/configKeys";
import { nameClashes, replacedCluster } from "../support/identities";
import { nonEmpty } from "../support/nonEmpty";

/** What of the precious a change of the key replaces, and what of it goes; nothing for every other key. */
const replaces: { [key in ConfigKey]?: string[] } = {
    environment: ["Cluster"],
    engine: ["Cluster"],
    databaseName: ["Cluster"],
    restoreFrom: ["Cluster"],
    vpcId: ["Cluster"],
    cidrBlock: ["Cluster", "Subnet", "Vpc"],
};
const removes: { [key in ConfigKey]?: string[] } = {
    // The key of the artifacts alone, which prod's key takes the place of.
    environment: ["Key"],
    // Those of the database's users: MySQL has none, and with IAM they have no passwords.
    engine: ["Secret"],
    databaseAuth: ["Secret"],
    vpcId: ["Subnet", "Vpc"],
    // Those of the zone that goes, and the public ones where there is no NAT gateway any more.
    availabilityZones: ["Subnet"],
    egress: ["Subnet"],
};

describe("a change of each config key of a live stack", function () {
    this.timeout(120_000);
    const stacks = new Stacks();

    it("is tried for every key", () => {
        const tried = new Set(environments.flatMap((environment) => variations(environment).map(({ key }) => key)));
        assert.deepEqual([...tried].sort(), [...configKeys].sort());
    });

    for (const environment of environments) {
        for (const variation of nonEmpty(variations(environment))) {
            const { key, from = "not set", to = "not set" } = variation;

            it(`${environment}: ${key}, ${from} → ${to}`, async () => {
                const changes = await stacks.change(environment, variation);
                const { added, removed, updated, replaced } = changes;
                const classes = (resources: { type: string }[]) =>
                    [...new Set(resources.map(({ type }) => classOf(type)))]
                        .filter((name) => precious.includes(name))
                        .sort();
                const expected = forgetsSnapshot(variation) ? [] : (replaces[key] ?? []);
                assert.deepEqual(classes(replaced.map(({ resource }) => resource)), expected);
                for (const gone of classes(removed)) {
                    assert.ok(removes[key]?.includes(gone), `${gone} goes`);
                }
                const changed = added.length + removed.length + updated.length + replaced.length;
                assert.equal(changed > 0, !isIdle(environment, variation), `${changed} resources`);
                assert.deepEqual(nameClashes(changes), []);
                const { leavesSnapshot, renamed } = replacedCluster(changes) ?? {};
                assert.ok(!leavesSnapshot || renamed, "the final snapshot of the next cluster has the same name");
            });
        }
    }

    it("is documented at the key, where it replaces something", () => {
        for (const key of configKeys) {
            const { description } = docOf(key);
            assert.equal(/a change replaces .*cluster/.test(description), key in replaces, `${key}: ${description}`);
        }
    });

    it("is in docs/changes.md: run `npm run changes`", async () => {
        assert.equal(readFileSync(changesFile, "utf8"), await changesDocument(stacks));
    });
});

/** Changes that change nothing: to what the profile has anyway; a snapshot is forgotten but for the name of the next one. */
function isIdle(environment: string, variation: Variation): boolean {
    return environment === "prod" ? variation.key === "alarms" : forgetsSnapshot(variation);
}

/** Takes out the snapshot that a cluster began with: it has begun. */
function forgetsSnapshot({ key, to }: Variation): boolean {
    return key === "restoreFrom" && to === undefined;
}
