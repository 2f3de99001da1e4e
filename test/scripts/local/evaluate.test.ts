import assert from "node:assert/strict";
import { join } from "node:path";
import type { asset } from "@pulumi/pulumi";
import fc from "fast-check";
import { randomPassword } from "../../../scripts/local/cloud/password";
import { SecretStore } from "../../../scripts/local/cloud/secrets";
import { type Evaluation, evaluate } from "../../../scripts/local/evaluate";

const program = join(__dirname, "program");

function inputsOf({ resources }: Evaluation, type: string): Record<string, unknown> {
    const found = resources.filter((resource) => resource.type === type);
    assert.equal(found.length, 1, type);
    return found[0]!.inputs;
}

describe("local run: evaluating the program", () => {
    it("records resources with secrets revealed, and the program's outputs", async () => {
        const database = { host: "localhost", port: 6543 };
        const evaluation = await evaluate("dev", { program, database });
        const { masterPassword, ...cluster } = inputsOf(evaluation, "aws:rds/cluster:Cluster");
        assert.deepEqual(cluster, { engine: "aurora-postgresql", masterUsername: "from-file", port: 15432 });
        assert.match(String(masterPassword), /^[a-zA-Z0-9-]{20}$/);
        assert.deepEqual(evaluation.outputs, {
            endpoint: "localhost",
            port: 6543,
            region: "eu-west-1",
            list: [1, 2],
            secretPassword: masterPassword,
            stack: "dev",
        });
        assert.equal(evaluation.region, "eu-west-1");
        const { secretId } = inputsOf(evaluation, "aws:secretsmanager/secretVersion:SecretVersion");
        assert.match(
            String(secretId),
            /^arn:aws:secretsmanager:eu-west-1:000000000000:secret:secret-[0-9a-f]{7}-[0-9a-f]{6}$/,
        );
        assert.equal(SecretStore.of(evaluation.resources).resolve(`${String(secretId)}:password::`), masterPassword);
        const { source } = inputsOf(evaluation, "aws:s3/bucketObjectv2:BucketObjectv2");
        assert.equal(await (source as asset.FileAsset).path, join(program, "index.ts"));
    });

    it("takes configuration that overrides the file", async () => {
        const evaluation = await evaluate("dev", {
            program,
            config: { "evaluated:name": "given", "evaluated:list": [3] },
        });
        assert.equal(inputsOf(evaluation, "aws:rds/cluster:Cluster")["masterUsername"], "given");
        assert.deepEqual(evaluation.outputs["list"], [3]);
    });

    it("reads generated values from the state", async () => {
        const remember = (resource: string) => `remembered for ${resource}`;
        const { outputs } = await evaluate("dev", { program, remember });
        assert.equal(outputs["secretPassword"], "remembered for random:index/randomPassword:RandomPassword::password");
    });

    it("fails as the program does, also for an unhandled rejection", async () => {
        await assert.rejects(evaluate("dev", { program, config: { "evaluated:fail": true } }), /thrown in apply/);
        await assert.rejects(
            evaluate("dev", { program, config: { "evaluated:call": true } }),
            /the function aws:ec2\/getVpc:getVpc/,
        );
    });

    it("says which environment is unknown, and which configuration only Pulumi can read", async () => {
        await assert.rejects(evaluate("other", { program }), {
            message: 'AP3003: There is no Pulumi.other.yaml: the environment "other" is unknown. Allowed: dev, locked.',
        });
        await assert.rejects(evaluate("locked", { program }), /holds encrypted values .*: evaluated:token\./);
    });
});

describe("local run: generated passwords", () => {
    it("have the length, the characters and the least numbers that were asked for", () => {
        const least = fc.integer({ min: 0, max: 5 });
        const arguments_ = fc.record({
            length: fc.integer({ min: 20, max: 60 }),
            overrideSpecial: fc.constantFrom(undefined, "", "-_", "!"),
            special: fc.constantFrom(undefined, true, false),
            minLower: least,
            minUpper: least,
            minNumeric: least,
        });
        fc.assert(
            fc.property(arguments_, (inputs) => {
                const password = randomPassword(inputs);
                const count = (pattern: RegExp) => password.match(pattern)?.length ?? 0;
                assert.equal(password.length, inputs.length);
                assert(count(/[a-z]/g) >= inputs.minLower);
                assert(count(/[A-Z]/g) >= inputs.minUpper);
                assert(count(/[0-9]/g) >= inputs.minNumeric);
                const allowed = inputs.special === false ? "" : inputs.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?";
                for (const character of password.match(/[^a-zA-Z0-9]/g) ?? []) assert(allowed.includes(character));
            }),
        );
    });
});
