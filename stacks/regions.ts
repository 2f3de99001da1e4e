import { partitionOf } from "../components/shared/partitions";
import type { Rule } from "../components/shared/validation";
import type { Config } from "./configKeys";

/** What the region of the stack allows; nothing is known without `aws:region` (`AWS_REGION` may say it). */
export function regionRules(region: string | undefined, config: Config): Rule[] {
    if (region === undefined) {
        return [];
    }
    const partition = partitionOf(region);
    if (partition?.supported !== true) {
        return [
            {
                arg: "aws:region",
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
            given: config.chatChannelArn,
            valid: config.chatChannelArn === undefined || partition.notificationRules,
            allowed: `nothing in ${region}, which has no CodeStar Notifications`,
            fix: "Remove it: pulumi config rm chatChannelArn",
        },
    ];
}
