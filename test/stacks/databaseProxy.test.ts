import assert from "node:assert/strict";
import { settingsFrom } from "../../stacks/config";
import { createEnvironment, type EnvironmentOutputs } from "../../stacks/environment";
import { promiseOf, record, type Recording } from "../support/mocks";
import { statementsOf } from "../support/policies";

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const proxyType = "aws:rds/proxy:Proxy";

function environment(profile: "dev" | "prod", config: Record<string, string> = {}) {
    const given = { repository: "my-org/my-repository", environment: profile, ...config };
    const values = Object.fromEntries(Object.entries(given).map(([key, value]) => [`project:${key}`, value]));
    const settings = settingsFrom({ project: "project", stack: "stack", values });
    return record(() => createEnvironment("orders", settings));
}

describe("environment with a proxy for applications, and a cluster from a snapshot", () => {
    const config = {
        proxySecretArns: JSON.stringify([secret("api"), secret("worker")]),
        restoreFrom: "orders-2026-01-01",
        applyChanges: "Immediately",
    };
    let recording: Recording<EnvironmentOutputs>;
    before(async () => {
        recording = await environment("prod", config);
    });

    it("puts the proxy before the cluster, for those secrets and no others", async () => {
        const { one, result } = recording;
        const { inputs, outputs } = one(proxyType);
        assert.equal(inputs.name, "orders");
        assert.deepEqual(
            (inputs.auths as { secretArn: string }[]).map(({ secretArn }) => secretArn),
            [secret("api"), secret("worker")],
        );
        assert.equal(one("aws:rds/proxyTarget:ProxyTarget").inputs.dbClusterIdentifier, "orders");
        const key = one("aws:kms/key:Key", "orders").outputs.arn as string;
        const statements = statementsOf(one("aws:iam/rolePolicy:RolePolicy", "orders-proxy").inputs.policy);
        assert.deepEqual(
            statements.map(({ Resource }) => Resource),
            [[secret("api"), secret("worker")], [key]],
        );
        assert.equal(await promiseOf(result.proxyEndpoint), outputs.endpoint);
        assert.equal(await promiseOf(result.proxySecurityGroupId), (inputs.vpcSecurityGroupIds as string[])[0]);
    });

    it("leaves the builds at the cluster itself", () => {
        const endpoint = recording.one("aws:rds/cluster:Cluster").outputs.endpoint as string;
        const hosts = recording
            .all("aws:codebuild/project:Project")
            .flatMap(({ inputs }) =>
                (inputs.environment as { environmentVariables: { name: string; value: string }[] }).environmentVariables
                    .filter(({ name }) => name === "DB_HOST")
                    .map(({ value }) => value),
            );
        assert.ok(hosts.length > 0);
        assert.deepEqual([...new Set(hosts)], [endpoint]);
    });

    it("begins with the snapshot, and with the password that the stack has", () => {
        const { inputs, ignoreChanges } = recording.one("aws:rds/cluster:Cluster");
        assert.equal(inputs.snapshotIdentifier, "orders-2026-01-01");
        assert.ok(inputs.masterPassword !== undefined);
        assert.deepEqual(ignoreChanges, ["masterPassword", "engineVersion"]);
    });

    it("has neither by default", async () => {
        const { all, one, result } = await environment("prod");
        assert.deepEqual(all(proxyType), []);
        assert.deepEqual([result.proxyEndpoint, result.proxySecurityGroupId], [undefined, undefined]);
        assert.equal(one("aws:rds/cluster:Cluster").inputs.snapshotIdentifier, undefined);
    });
});
