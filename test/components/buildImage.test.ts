import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { BuildImage, type BuildImageArgs } from "../../components";
import { contentOfImage } from "../../components/image/content";
import { promiseOf, record } from "../support/mocks";
import { nonEmpty } from "../support/nonEmpty";

const type = {
    image: "awsx:ecr:Image",
    repository: "awsx:ecr:Repository",
    tag: "random:index/randomId:RandomId",
};
const url = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/build-stack";
const imageUri = `${url}@sha256:${"0a".repeat(32)}`;

describe("BuildImage", () => {
    let context: string;
    beforeEach(() => {
        context = fs.mkdtempSync(path.join(os.tmpdir(), "build-image-"));
        fs.writeFileSync(path.join(context, "Dockerfile"), "FROM scratch\n");
    });
    afterEach(() => fs.rmSync(context, { recursive: true }));

    // The remote components of awsx make their children in the engine: under mocks they have inputs only.
    const made = (args: Partial<BuildImageArgs> = {}) =>
        record(() => new BuildImage("Build", { context, ...args }), {
            outputs: (given) =>
                ({ [type.repository]: { url }, [type.image]: { imageUri }, [type.tag]: { hex: "0badcafe" } })[given],
        });

    it("makes a repository whose tags cannot change, which scans images and keeps the newest", async () => {
        const { inputs } = (await made({ tags: { team: "payments" } })).one(type.repository);
        assert.deepEqual(inputs, {
            name: "build-stack",
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [{ encryptionType: "AES256" }],
            lifecyclePolicy: {
                rules: [{ description: "Keep the newest 10", tagStatus: "any", maximumNumberOfImages: 10 }],
            },
            forceDelete: false,
            tags: { team: "payments" },
        });
    });

    it("encrypts with a given key, under a given name", async () => {
        const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1";
        const { one, result } = await made({
            kmsKeyArn,
            repositoryName: "team/build",
            keptImages: 3,
            forceDelete: true,
        });
        const { inputs } = one(type.repository);
        assert.deepEqual(inputs.encryptionConfigurations, [{ encryptionType: "KMS", kmsKey: kmsKeyArn }]);
        assert.equal(inputs.name, "team/build");
        assert.equal(inputs.forceDelete, true);
        const { rules } = inputs.lifecyclePolicy as { rules: { maximumNumberOfImages: number }[] };
        assert.deepEqual(
            rules.map(({ maximumNumberOfImages }) => maximumNumberOfImages),
            [3],
        );
        assert.equal(await promiseOf(result.repositoryName), "team/build");
    });

    it("builds the image for CodeBuild's machines, under a tag of its content", async () => {
        const args = { dockerfile: "Dockerfile", buildArgs: { TOOL: "1.2" }, triggers: ["2026-11"] };
        const content = contentOfImage(context, args);
        const { one, result } = await made(args);
        assert.deepEqual(one(type.tag).inputs, { byteLength: 4, keepers: { content } });
        assert.deepEqual(one(type.image).inputs, {
            repositoryUrl: url,
            imageTag: `${content.slice(0, 12)}-0badcafe`,
            context,
            dockerfile: `${context}/Dockerfile`,
            args: { TOOL: "1.2" },
            platform: "linux/amd64",
        });
        assert.equal(await promiseOf(result.imageUri), imageUri);
        assert.equal(await promiseOf(result.repositoryUrl), url);
    });

    it("parents everything that it creates", async () => {
        const { resources, one } = await made();
        const { urn } = one("aurora-pipeline:index:BuildImage");
        const children = resources.filter((resource) => resource.urn !== urn);
        assert.deepEqual(
            nonEmpty(children)
                .map(({ type: of, name, parent }) => [of, name, parent])
                .sort(),
            [
                [type.image, "Build", urn],
                [type.repository, "Build", urn],
                [type.tag, "Build-tag", urn],
            ],
        );
    });

    it("is previewed before the repository exists", async () => {
        const { resources } = await record(() => new BuildImage("build", { context }), { preview: true });
        assert.deepEqual(
            resources.map((resource) => resource.type).sort(),
            ["aurora-pipeline:index:BuildImage", type.image, type.repository, type.tag].sort(),
        );
    });

    it("costs nothing where it is not used: awsx is loaded with it", () => {
        const loaded = "Object.keys(require.cache).some((file) => /@pulumi.awsx/.test(file))";
        const program = `require("ts-node/register/transpile-only"); require("./components"); process.exit(${loaded} ? 1 : 0)`;
        const { status, stderr } = spawnSync(process.execPath, ["-e", program], {
            cwd: path.join(__dirname, "../.."),
            encoding: "utf8",
        });
        assert.equal(status, 0, stderr);
    });
});
