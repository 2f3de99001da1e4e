import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../shared/statements";

// The image that a build runs in: AWS's own, which it calls curated, or one in Amazon ECR.

/** Whether it is an image of AWS's, in which a build specification selects the versions of Java and Node.js. */
export function isCurated(image: string): boolean {
    return image.startsWith("aws/codebuild/");
}

/**
 * Who pulls the image. AWS's own are pulled by CodeBuild only, and images of other accounts by the project's role only:
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
 */
export function pullCredentials(image: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(image).apply((name) => (ecrRepository(name) === undefined ? "CODEBUILD" : "SERVICE_ROLE"));
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>`, with a tag or a digest or without. */
const inEcr =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9._/-]+)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

/** The repository of an image in Amazon ECR; undefined for any other image. */
function ecrRepository(image: string): { account: string; region: string; name: string } | undefined {
    const [, account, region, name] = inEcr.exec(image) ?? [];
    return account === undefined || region === undefined || name === undefined ? undefined : { account, region, name };
}

/** What a role needs to pull its build's image. A token for the registry is not tied to a repository. */
export function pullImage(partition: string, image: string): Statement[] {
    const repository = ecrRepository(image);
    if (repository === undefined) {
        return [];
    }
    const { account, region, name } = repository;
    return [
        { Sid: "LogInToRegistry", Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
        {
            Sid: "PullImage",
            Effect: "Allow",
            Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            Resource: [`arn:${partition}:ecr:${region}:${account}:repository/${name}`],
        },
    ];
}
