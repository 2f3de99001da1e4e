import * as aws from "@pulumi/aws";
import { closest } from "fastest-levenshtein";
import { regionsWithoutBacktrack } from "../components/cluster/backtrack";
import { engines } from "../components/shared/engines";
import { partitionOf } from "../components/shared/partitions";
import type { Rule } from "../components/shared/validation";
import type { Settings } from "./settings";

/** AWS's names of regions: new ones are not in any list yet. */
const regionForm = /^[a-z]{2,4}(-[a-z]+)?-(central|(north|south)(east|west)?|east|west)-\d{1,2}$/;

/** Rules about the stack's region; without `aws:region` it is unknown (`AWS_REGION` may set it). */
export function regionRules(region: string | undefined, settings: Settings): Rule[] {
    if (region === undefined) {
        return [];
    }
    const partition = partitionOf(region);
    if (!regionForm.test(region)) {
        const nearest = closest(region, Object.values(aws.Region));
        return [
            {
                arg: "aws:region",
                kind: "Malformed",
                given: region,
                valid: false,
                allowed: "the name of a region, such as eu-west-1",
                fix: `Correct it: pulumi config set aws:region ${nearest}`,
            },
        ];
    }
    if (partition?.supported !== true) {
        return [
            {
                arg: "aws:region",
                kind: "NotInRegion",
                given: region,
                valid: false,
                allowed: "a region of AWS's commercial partition or of AWS GovCloud (US); docs/regions.md says why",
                fix: "Choose one: pulumi config set aws:region eu-west-1",
            },
        ];
    }
    return [
        {
            arg: "chatChannelArn",
            kind: "NotInRegion",
            given: settings.chatChannelArn,
            valid: settings.chatChannelArn === undefined || partition.notificationRules,
            allowed: `nothing in ${region}, which has no CodeStar Notifications`,
            fix: "Remove it: pulumi config rm chatChannelArn",
        },
        {
            arg: "proxySecretArns",
            kind: "NotInRegion",
            given: settings.proxySecretArns,
            valid: (settings.proxySecretArns ?? []).every((secret) => secret.split(":")[3] === region),
            allowed: `secrets in ${region}, where the proxy reads them`,
            fix: "Give the ARN of the secret, or of its replica, in this region",
        },
        {
            arg: "backtrackHours",
            kind: "NotInRegion",
            given: settings.backtrackHours,
            valid:
                !engines[settings.engine].canBacktrack ||
                settings.backtrackHours === 0 ||
                !regionsWithoutBacktrack.includes(region),
            allowed: `0 in ${region}, where Aurora MySQL has no backtrack`,
            fix: "Set it: pulumi config set backtrackHours 0, and restore a backup to a point in time instead",
        },
    ];
}
