import type * as pulumi from "@pulumi/pulumi";

/** Arguments of a `BuildImage`. Unless said otherwise, a change is made in place. */
export interface BuildImageArgs {
    /**
     * Directory of the Dockerfile and of the files that it copies, absolute or relative to the program's working
     * directory. Any change in it builds and pushes a new image. The image needs Java 17 or newer, Node.js 22, 24 or 26,
     * and the program of your migration tool.
     */
    context: string;
    /** Path of the Dockerfile within the context. Default: "Dockerfile". */
    dockerfile?: string;
    /**
     * Build arguments of the Dockerfile (`ARG`). They stay readable in the image: not for secrets. Default: none.
     */
    buildArgs?: { [key: string]: string };
    /**
     * Texts whose change builds a new image of unchanged files, for the updates of a base image: the month, say.
     * Default: none.
     */
    triggers?: string[];
    /**
     * Name of the ECR repository: lower-case letters and digits, separated by single `.`, `_`, `-` or `/`, 2 to 256
     * characters. A change replaces the repository with its images. Default: the component's name and the stack's, joined
     * by a hyphen, in lower case.
     */
    repositoryName?: string;
    /**
     * How many images the repository keeps, 2 to 1000. Older ones expire within a day. Each GB costs $0.10 a month.
     * Default: 10.
     */
    keptImages?: number;
    /**
     * ARN of the KMS key that encrypts the repository. A change replaces the repository with its images. Default: ECR's
     * own AES-256 encryption.
     */
    kmsKeyArn?: pulumi.Input<string>;
    /** Whether a repository that still has images can be deleted. Default: false. */
    forceDelete?: boolean;
    /** Tags of the repository. Default: none. */
    tags?: { [key: string]: string };
}

/** The defaults; a test compares the docstrings above with them. */
export const buildImageDefaults = {
    dockerfile: "Dockerfile",
    keptImages: 10,
    forceDelete: false,
} satisfies Partial<BuildImageArgs>;

/** The args with their defaults. */
export type BuildImageSettings = BuildImageArgs & Required<Pick<BuildImageArgs, keyof typeof buildImageDefaults>>;
