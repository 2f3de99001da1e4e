import * as assert from "node:assert/strict";
import { Artifacts } from "../../../components/contract";
import { artifactFolder, passArtifacts, useArtifacts } from "../../../components/shared/artifactStatements";
import type { Location } from "../../../components/shared/location";
import { nonEmpty } from "../../support/nonEmpty";

const at: Location = { partition: "aws", region: "eu-central-1", account: "123456789012" };
const store = {
    bucketArn: "arn:aws:s3:::artifacts",
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1",
    pipelineName: "orders",
};

describe("statements of the artifact bucket", () => {
    it("cover this pipeline's artifacts: below 20 characters of its name", () => {
        const resourcesOf = (pipelineName: string): string[] | undefined =>
            useArtifacts(at, { ...store, pipelineName })[1]?.Resource;
        assert.deepEqual(resourcesOf("orders"), ["arn:aws:s3:::artifacts/orders/*"]);
        assert.deepEqual(resourcesOf("orders-production-pipeline"), ["arn:aws:s3:::artifacts/orders-production-pi/*"]);
    });

    it("know artifacts by the 10 characters that CodePipeline keeps of their names", () => {
        assert.equal(artifactFolder("orders", "Plan"), "orders/Plan/");
        assert.equal(
            artifactFolder("orders-production-pipeline", "SourceArtifact"),
            "orders-production-pi/SourceArti/",
        );
    });

    it("distinguish all artifacts by them", () => {
        const folders = Object.values(Artifacts).map((artifact) => artifactFolder("orders", artifact));
        assert.equal(new Set(folders).size, folders.length);
        for (const folder of nonEmpty(folders)) {
            assert.deepEqual(
                folders.filter((other) => other.startsWith(folder)),
                [folder],
            );
        }
    });

    it("let a build read its input and write its output, with the bucket's key", () => {
        const statements = passArtifacts(at, store, { inputs: ["Source", "Toolchain"], outputs: ["Plan"] });
        assert.deepEqual(
            statements.map(({ Sid, Action, Resource, Condition }) => [Sid, Action, Resource, Condition]),
            [
                ["InspectArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation"], [store.bucketArn], undefined],
                [
                    "ReadInputs",
                    ["s3:GetObject", "s3:GetObjectVersion"],
                    [`${store.bucketArn}/orders/Source/*`, `${store.bucketArn}/orders/Toolchain/*`],
                    undefined,
                ],
                ["WriteOutputs", ["s3:PutObject"], [`${store.bucketArn}/orders/Plan/*`], undefined],
                [
                    "UseArtifactKey",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    [store.kmsKeyArn],
                    {
                        StringEquals: { "kms:ViaService": "s3.eu-central-1.amazonaws.com" },
                        StringLike: {
                            "kms:EncryptionContext:aws:s3:arn": [store.bucketArn, `${store.bucketArn}/*`],
                        },
                    },
                ],
            ],
        );
    });

    it("let a build without output write and encrypt nothing", () => {
        const statements = passArtifacts(at, store, { inputs: ["Source"], outputs: [] });
        assert.deepEqual(
            statements.flatMap(({ Action }) => Action).filter((action) => /Put|GenerateDataKey/.test(action)),
            [],
        );
    });
});
