import type * as ecr from "@pulumi/awsx/ecr";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type BuildImageArgs, buildImageDefaults, type BuildImageSettings } from "./image/args";
import { contentOfImage } from "./image/content";
import { buildImageRules, buildImageShape } from "./image/rules";
import { withDefaults } from "./shared/defaults";
import { validate } from "./shared/validation";

/** CodeBuild's machines, and the SQL linter in the toolchain, are x86-64. */
const platform = "linux/amd64";

/**
 * A build image of your own, built from a Dockerfile and pushed to a private repository in Amazon ECR: for migration
 * tools that AWS's image does not have, and for networks without internet access. Pass `imageUri` as the `image` of each
 * `MigrationBuild`, whose role may then pull it; no policy of the repository gives that right to anybody else.
 *
 * Images are scanned when they are pushed, and no tag ever changes its image. `pulumi up` builds the image on the machine
 * that it runs on, which needs Docker with BuildKit. ECR charges $0.10 per GB and month.
 */
export class BuildImage extends pulumi.ComponentResource {
    /** The image by its digest: `<repository>@sha256:…`. */
    public readonly imageUri: pulumi.Output<string>;
    /** Name of the repository. */
    public readonly repositoryName: pulumi.Output<string>;
    /** URL of the repository: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
    public readonly repositoryUrl: pulumi.Output<string>;

    constructor(name: string, args: BuildImageArgs, opts?: pulumi.ComponentResourceOptions) {
        validate("BuildImage", name, buildImageShape(args));
        const settings = withDefaults(args, buildImageDefaults);
        const repositoryName = settings.repositoryName ?? defaultName(name);
        validate("BuildImage", name, buildImageRules(args, repositoryName, settings.dockerfile));
        super("aurora-pipeline:index:BuildImage", name, {}, opts);

        const repository = createRepository(name, repositoryName, settings, this);
        const image = createImage(name, settings, repository, this);

        this.imageUri = image.imageUri;
        this.repositoryName = pulumi.output(repositoryName);
        this.repositoryUrl = repository.url;
        this.registerOutputs({
            imageUri: this.imageUri,
            repositoryName: this.repositoryName,
            repositoryUrl: this.repositoryUrl,
        });
    }
}

/** Unique to the stack: two environments can share an account. */
function defaultName(name: string): string {
    return `${name}-${pulumi.getStack()}`.toLowerCase();
}

function createRepository(
    name: string,
    repositoryName: string,
    { keptImages, kmsKeyArn, forceDelete, tags }: BuildImageSettings,
    parent: pulumi.Resource,
): ecr.Repository {
    const { Repository } = awsx();
    return new Repository(
        name,
        {
            name: repositoryName,
            imageTagMutability: "IMMUTABLE",
            imageScanningConfiguration: { scanOnPush: true },
            encryptionConfigurations: [
                kmsKeyArn === undefined ? { encryptionType: "AES256" } : { encryptionType: "KMS", kmsKey: kmsKeyArn },
            ],
            lifecyclePolicy: {
                rules: [
                    {
                        description: `Keep the newest ${keptImages}`,
                        tagStatus: "any",
                        maximumNumberOfImages: keptImages,
                    },
                ],
            },
            forceDelete,
            tags,
        },
        { parent },
    );
}

function createImage(
    name: string,
    settings: BuildImageSettings,
    repository: ecr.Repository,
    parent: pulumi.Resource,
): ecr.Image {
    const { context, dockerfile, buildArgs } = settings;
    const { Image } = awsx();
    return new Image(
        name,
        {
            repositoryUrl: repository.url,
            imageTag: newTag(name, contentOfImage(context, settings), parent),
            context,
            dockerfile: `${context}/${dockerfile}`,
            args: buildArgs,
            platform,
        },
        { parent },
    );
}

/**
 * A tag for each content, and another one when a former content returns: two builds of the same files differ, and the
 * repository would refuse the second under the first one's tag.
 */
function newTag(name: string, content: string, parent: pulumi.Resource): pulumi.Output<string> {
    const id = new random.RandomId(`${name}-tag`, { byteLength: 4, keepers: { content } }, { parent });
    return pulumi.interpolate`${content.slice(0, 12)}-${id.hex}`;
}

/** Loaded only where an image is made: every other program would wait for it. */
function awsx(): typeof ecr {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it in every program.
    return require("@pulumi/awsx/ecr") as typeof ecr;
}
