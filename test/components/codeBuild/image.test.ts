import assert from "node:assert/strict";
import { pullCredentials, pullImage } from "../../../components/codeBuild/image";
import { promiseOf, record } from "../../support/mocks";

const registry = "210987654321.dkr.ecr.eu-west-1.amazonaws.com";
const digest = `sha256:${"0a".repeat(32)}`;

describe("the image of a build", () => {
    it("is pulled by the build's role if it is in Amazon ECR, by CodeBuild otherwise", async () => {
        const who = (image: string) => promiseOf(pullCredentials(image));
        await record(async () => {
            for (const image of [`${registry}/a`, `${registry}/team/a:1.2`, `${registry}/a@${digest}`]) {
                assert.equal(await who(image), "SERVICE_ROLE", image);
            }
            for (const image of [
                "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                "public.ecr.aws/docker/library/node:24",
                `${registry}.example.com/a`,
                `example.com/${registry}/a`,
            ]) {
                assert.equal(await who(image), "CODEBUILD", image);
            }
        });
    });

    it("may be pulled from its own repository only", () => {
        assert.deepEqual(pullImage("aws", `${registry}/team/a:1.2@${digest}`), [
            { Sid: "LogInToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
            {
                Sid: "PullImage",
                Effect: "Allow",
                Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                Resource: ["arn:aws:ecr:eu-west-1:210987654321:repository/team/a"],
            },
        ]);
        assert.deepEqual(pullImage("aws", "aws/codebuild/amazonlinux-x86_64-standard:5.0"), []);
    });
});
