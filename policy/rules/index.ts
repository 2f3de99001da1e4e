import type { Rule } from "../rule";
import { backupRules } from "./backup";
import { codebuildRules } from "./codebuild";
import { codepipelineRules } from "./codepipeline";
import { databaseUserRules } from "./databaseUsers";
import { iamRules } from "./iam";
import { kmsRules } from "./kms";
import { logRules } from "./logs";
import { networkRules } from "./network";
import { rdsRules } from "./rds";
import { rdsMonitoringRules } from "./rdsMonitoring";
import { rdsProxyRules } from "./rdsProxy";
import { routeRules } from "./routes";
import { s3Rules } from "./s3";
import { secretRules } from "./secrets";
import { snsRules } from "./sns";

/** All rules, by subject. */
export const ruleGroups: Record<string, Rule[]> = {
    "The database": rdsRules,
    "Logs and metrics of the database": rdsMonitoringRules,
    "The database proxy": rdsProxyRules,
    Backups: backupRules,
    Secrets: secretRules,
    Builds: codebuildRules,
    "The database's users": databaseUserRules,
    "The pipeline": codepipelineRules,
    Buckets: s3Rules,
    Keys: kmsRules,
    Topics: snsRules,
    "Logs and alarms": logRules,
    Permissions: iamRules,
    "The network": networkRules,
    "Network egress": routeRules,
};

export const rules: Rule[] = Object.values(ruleGroups).flat();
