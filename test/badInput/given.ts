import * as pulumi from "@pulumi/pulumi";
import { cronAllowed, timeZoneAllowed } from "../../components/cronWindow";
import type { BadArg } from "./support";

// Valid args, for cases that make one of them invalid.

export const build = {
    projectName: "orders-deploy",
    projectArn: pulumi.output("arn:aws:codebuild:eu-central-1:123456789012:project/orders-deploy"),
    roleName: "orders-deploy",
    toolchain: "toolchain-0123456789abcdef.zip",
};

/** How an invalid text, number or list is rejected; `undefined` is left to the required args. */
export const notAGroup = ["x", 1, true, null, []];
const notAFlag = ["false", "true", 0, 1, null, "yes"];
const notAKey = ["alias/mine", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:eu-west-1:1:key/x", 5, null];
const keptDays =
    "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";

const tag = "a map of texts: keys of 1 to 128 characters, not beginning with aws:, values of at most 256";
export const tags = {
    arg: "tags",
    allowed: tag,
    fix: "Correct it, or leave it out.",
    refused: ["team", ["team"], { team: 1 }, { "aws:team": "x" }, { "": "x" }, { team: "x".repeat(257) }, null],
};

const key = {
    allowed: "the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>)",
    fix: "Give the key's ARN, not its id or alias.",
};
export const kmsKey = (arg: string) => ({ arg, ...key, refused: notAKey });
export const flag = (arg: string) => ({
    arg,
    allowed: "true or false",
    fix: "Give a boolean, without quotes.",
    refused: notAFlag,
});
export const logRetention = (arg: string) => ({
    arg,
    allowed: keptDays,
    fix: "CloudWatch Logs keeps logs for these numbers of days only.",
    refused: [0, 2, 366, "30", null],
});
/** Neither a group nor absent. */
export const reference = (arg: string, allowed: string, fix: string) => ({
    arg,
    allowed,
    fix,
    refused: [undefined, ...notAGroup],
});

export const networkFix = "Pass a Network, or the ids of an existing VPC.";
export const networkArg = (arg: string) => reference(arg, "a Network, or ids as it has them", networkFix);
export const subnets = (arg: string, least: string, refused: unknown[]): BadArg => ({
    arg,
    allowed: `a list of at least ${least}, each once`,
    fix: networkFix,
    refused,
});
export const databaseArg = reference(
    "database",
    "an AuroraCluster, or what it has",
    "Pass an AuroraCluster, or what is known of an existing one.",
);
export const parts = (arg: string, names: string[], fix: string): BadArg[] =>
    names.map((name) => ({
        arg: `${arg}.${name}`,
        allowed: "a value, or an Output of one",
        fix,
        refused: [undefined, "", null],
    }));
export const wholeNumber = (arg: string, min: number, max: number, unit: string, fix: string): BadArg => ({
    arg,
    allowed: `a whole number from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}`,
    fix,
    refused: [min - 1, max + 1, min + 0.5, `${min}`, null, Number.NaN],
});
export const emails = (arg: string): BadArg[] => [
    {
        arg,
        allowed: "a list of texts",
        fix: "Use a list, even for a single value.",
        refused: ["dba@example.com", {}, [1], null],
    },
    { arg: `${arg}[0]`, allowed: "an e-mail address", fix: "Correct it.", refused: ["dba", "", "a b@example.com"] },
];

/** A deployment window, and its time zone. */
export const cron = (arg: string, besides: BadArg["besides"]): BadArg => ({
    arg,
    allowed: cronAllowed,
    fix: 'For example "* * 9-16 ? * MON-THU".',
    besides,
    refused: ["9-17", "* * 9-16 * * MON-THU", "* * 24 ? * *", 5],
});
export const timeZone = (arg: string, besides: BadArg["besides"]): BadArg => ({
    arg,
    allowed: timeZoneAllowed,
    fix: 'Leave it out for "UTC".',
    besides,
    refused: ["Europe/Bonn", "Mars", "", 5, null],
});

const secretAllowed = "a DbSecret, or the ARN of one like it";
export const secretFix = "Pass a DbSecret, or the ARN of an existing secret.";
/** A required credential, or an optional one. */
export const credentialArg = (arg: string): BadArg => reference(arg, secretAllowed, secretFix);
export const optionalCredential = (arg: string): BadArg => ({
    arg,
    allowed: secretAllowed,
    fix: secretFix,
    refused: notAGroup,
});
export const securityGroups = (arg: string): BadArg[] => [
    { arg, allowed: "a group of arguments", fix: "For example { api: group.id }.", refused: notAGroup },
    ...["the api's", "a,b", "", "ä", "x".repeat(65)].map((name) => ({
        arg,
        allowed: "names of 1 to 64 letters, digits, periods, underscores and hyphens",
        fix: "For example { api: group.id }.",
        refused: [{ [name]: "sg-0123456789abcdef0" }],
        shown: JSON.stringify(name),
    })),
    {
        arg: `${arg}.api`,
        allowed: "the id of a security group",
        fix: "For example { api: group.id }.",
        refused: ["api", "sg-", "", 5, null],
    },
];
