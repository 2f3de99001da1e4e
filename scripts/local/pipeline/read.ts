import { cronAllowed, cronPattern, defaultTimeZone, isTimeZone } from "../../../components/cronWindow";
import { startErrors } from "../errors";
import type { RecordedResource } from "../recorded";
import {
    type Action,
    type Condition,
    type Operator,
    operators,
    type Pipeline,
    type Provider,
    type Rule,
    type Stage,
} from "./model";

/** An action provider, its version, and the configuration that the local run understands. */
interface ProviderRule {
    category: string;
    configuration: string[];
    /** The only values that the local run has an equivalent for. */
    values?: Record<string, string[]>;
}

const providers: Record<Provider, ProviderRule> = {
    CodeStarSourceConnection: {
        category: "Source",
        configuration: ["ConnectionArn", "FullRepositoryId", "BranchName", "OutputArtifactFormat", "DetectChanges"],
        values: { OutputArtifactFormat: ["CODE_ZIP"] },
    },
    CodeCommit: {
        category: "Source",
        configuration: ["RepositoryName", "BranchName", "PollForSourceChanges", "OutputArtifactFormat"],
        values: { OutputArtifactFormat: ["CODE_ZIP"] },
    },
    S3: { category: "Source", configuration: ["S3Bucket", "S3ObjectKey", "PollForSourceChanges"] },
    S3Deploy: {
        category: "Deploy",
        configuration: ["BucketName", "Extract", "ObjectKey", "KMSEncryptionKeyARN"],
        values: { Extract: ["false"] },
    },
    CodeBuild: {
        category: "Build",
        configuration: ["ProjectName", "PrimarySource", "EnvironmentVariables", "BatchEnabled"],
        values: { BatchEnabled: ["false"] },
    },
    Manual: { category: "Approval", configuration: ["CustomData", "NotificationArn", "ExternalEntityLink"] },
};

// How executions start, who may do what, and where artifacts are stored: a local run does not differ by these.
const withoutEffect = ["roleArn", "artifactStores", "triggers", "tags", "tagsAll", "region"];

/**
 * Reads the pipeline that the program registered. Everything that the local run does not do as CodePipeline does is
 * collected and refused at once, before anything runs.
 */
export function readPipeline(resources: readonly RecordedResource[]): Pipeline {
    const pipelines = resources.filter(({ type }) => type === "aws:codepipeline/pipeline:Pipeline");
    const [pipeline] = pipelines;
    if (!pipeline || pipelines.length > 1) {
        throw new startErrors.FeaturesUnsupported({
            features: [`a program with ${pipelines.length} pipelines; it needs exactly one`],
        });
    }
    const reader = new Reader();
    const read = reader.pipeline(pipeline);
    if (reader.unsupported.length > 0) throw new startErrors.FeaturesUnsupported({ features: reader.unsupported });
    return read;
}

type Fields = Record<string, unknown>;

class Reader {
    readonly unsupported: string[] = [];

    pipeline({ inputs, outputs }: RecordedResource): Pipeline {
        const fields = this.fields("pipeline", inputs, [
            "name",
            "pipelineType",
            "executionMode",
            "stages",
            "variables",
            ...withoutEffect,
        ]);
        this.oneOf("pipeline.pipelineType", fields["pipelineType"], ["V2"]);
        // In one of the other modes a later execution replaces a waiting one, in the other no stage is locked.
        this.oneOf("pipeline.executionMode", fields["executionMode"] ?? "SUPERSEDED", ["QUEUED"]);
        return {
            name: outputs["name"] as string,
            arn: outputs["arn"] as string,
            variables: list(fields["variables"]).map((variable) => ({
                name: variable["name"] as string,
                defaultValue: variable["defaultValue"] as string | undefined,
            })),
            stages: list(fields["stages"]).map((stage) => this.stage(stage)),
        };
    }

    private stage(stage: Fields): Stage {
        const name = stage["name"] as string;
        const path = `stage ${name}`;
        const fields = this.fields(path, stage, ["name", "actions", "beforeEntry", "onSuccess"]);
        const entry = fields["beforeEntry"] as Fields | undefined;
        const success = fields["onSuccess"] as Fields | undefined;
        return {
            name,
            entry: entry && this.condition(`${path}, beforeEntry`, entry, ["SKIP", "FAIL"]),
            success: success && this.condition(`${path}, onSuccess`, success, ["FAIL"]),
            actions: list(fields["actions"]).map((action) => this.action(path, action)),
        };
    }

    private condition(path: string, entry: Fields, results: string[]): Condition {
        const { condition } = this.fields(path, entry, ["condition"]);
        const fields = this.fields(path, condition as Fields, ["result", "rules"]);
        this.oneOf(`${path}, result`, fields["result"], results);
        return {
            result: fields["result"] as Condition["result"],
            rules: list(fields["rules"]).map((rule) => this.rule(path, rule, fields["result"] === "SKIP")),
        };
    }

    private rule(path: string, rule: Fields, skips: boolean): Rule {
        const name = rule["name"] as string;
        const here = `${path}, rule ${name}`;
        const fields = this.fields(here, rule, [
            ...["name", "ruleTypeId", "configuration", "region", "roleArn", "timeoutInMinutes"],
        ]);
        const { provider } = fields["ruleTypeId"] as Fields;
        const configuration = (fields["configuration"] ?? {}) as Record<string, string>;
        // CodePipeline refuses the others in a condition that skips.
        this.oneOf(`${here}, provider`, provider, [
            "VariableCheck",
            ...(skips ? [] : ["DeploymentWindow", "CloudWatchAlarm"]),
        ]);
        switch (provider) {
            case "DeploymentWindow":
                return this.windowRule(here, name, configuration);
            case "CloudWatchAlarm":
                return this.alarmRule(here, name, configuration);
            default:
                return this.variableCheck(here, name, configuration);
        }
    }

    private variableCheck(here: string, name: string, configuration: Record<string, string>): Rule {
        this.fields(`${here}, configuration`, configuration, ["Variable", "Operator", "Value"]);
        this.oneOf(`${here}, Operator`, configuration["Operator"], [...operators]);
        return {
            provider: "VariableCheck",
            name,
            variable: configuration["Variable"] ?? "",
            operator: configuration["Operator"] as Operator,
            value: configuration["Value"] ?? "",
        };
    }

    private windowRule(here: string, name: string, configuration: Record<string, string>): Rule {
        this.fields(`${here}, configuration`, configuration, ["Cron", "TimeZone"]);
        const { Cron: cron = "", TimeZone: timeZone = defaultTimeZone } = configuration;
        if (!cronPattern.test(cron))
            this.unsupported.push(`${here}, Cron: ${JSON.stringify(cron)}; it has ${cronAllowed}`);
        if (!isTimeZone(timeZone)) this.unsupported.push(`${here}, TimeZone: ${JSON.stringify(timeZone)}`);
        return { provider: "DeploymentWindow", name, window: { cron, timeZone } };
    }

    private alarmRule(here: string, name: string, configuration: Record<string, string>): Rule {
        this.fields(`${here}, configuration`, configuration, ["AlarmName", "AlarmStates", "WaitTime"]);
        this.oneOf(`${here}, AlarmStates`, configuration["AlarmStates"] ?? "ALARM", ["ALARM"]);
        const { AlarmName: alarm = "", WaitTime: minutes = "0" } = configuration;
        return { provider: "CloudWatchAlarm", name, alarm, minutes: Number(minutes) };
    }

    private action(stage: string, action: Fields): Action {
        const name = action["name"] as string;
        const path = `${stage}, action ${name}`;
        const fields = this.fields(path, action, [
            ...["name", "category", "owner", "provider", "version", "configuration", "runOrder", "namespace"],
            ...["inputArtifacts", "outputArtifacts", "roleArn", "region", "timeoutInMinutes"],
        ]);
        const configuration = (fields["configuration"] ?? {}) as Record<string, string>;
        this.provider(path, fields, configuration);
        return {
            name,
            provider: providerOf(fields),
            runOrder: Number(fields["runOrder"] ?? 1),
            configuration,
            inputs: (fields["inputArtifacts"] ?? []) as string[],
            outputs: (fields["outputArtifacts"] ?? []) as string[],
            namespace: fields["namespace"] as string | undefined,
        };
    }

    private provider(path: string, action: Fields, configuration: Record<string, string>): void {
        const rule = providers[providerOf(action)] as ProviderRule | undefined;
        if (!rule || rule.category !== action["category"] || action["owner"] !== "AWS" || action["version"] !== "1") {
            const { category, owner, provider, version } = action as Record<string, string>;
            this.unsupported.push(`${path}: the provider ${category}/${owner}/${provider} version ${version}`);
            return;
        }
        this.fields(`${path}, configuration`, configuration, rule.configuration);
        for (const [key, allowed] of Object.entries(rule.values ?? {})) {
            if (configuration[key] !== undefined)
                this.oneOf(`${path}, configuration.${key}`, configuration[key], allowed);
        }
    }

    /** The fields of an object, after refusing unknown ones. */
    private fields(path: string, object: Fields, known: readonly string[]): Fields {
        for (const [key, value] of Object.entries(object)) {
            if (value !== undefined && !known.includes(key)) this.unsupported.push(`${path}: "${key}"`);
        }
        return object;
    }

    private oneOf(path: string, value: unknown, allowed: readonly string[]): void {
        if (!allowed.includes(value as string)) {
            this.unsupported.push(`${path}: ${JSON.stringify(value)}; it has ${allowed.join(", ")}`);
        }
    }
}

/** CodePipeline calls the source and the action that stores an artifact by one name. */
function providerOf({ category, provider }: Fields): Provider {
    return provider === "S3" && category === "Deploy" ? "S3Deploy" : (provider as Provider);
}

function list(value: unknown): Fields[] {
    return (value ?? []) as Fields[];
}
