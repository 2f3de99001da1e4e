import type { Rule } from "../rule";
import { backupRules } from "./backup";
import { codebuildRules } from "./codebuild";
import { codepipelineRules } from "./codepipeline";
import { iamRules } from "./iam";
import { kmsRules } from "./kms";
import { logRules } from "./logs";
import { networkRules } from "./network";
import { rdsRules } from "./rds";
import { rdsMonitoringRules } from "./rdsMonitoring";
import { s3Rules } from "./s3";
import { secretRules } from "./secrets";
import { snsRules } from "./sns";

/** Everything that a stack is held to. */
export const rules: Rule[] = [
    ...rdsRules,
    ...rdsMonitoringRules,
    ...backupRules,
    ...secretRules,
    ...codebuildRules,
    ...codepipelineRules,
    ...s3Rules,
    ...kmsRules,
    ...snsRules,
    ...logRules,
    ...iamRules,
    ...networkRules,
];
