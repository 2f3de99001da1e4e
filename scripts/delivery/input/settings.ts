import * as path from "node:path";
import {
    Artifacts,
    caBundleVariable,
    type DeliveryTool,
    EnvironmentVariables,
    noRollback,
    RecordVariables,
    type ReleaseCommand,
    releaseCommands,
    Toolchain,
    toolEngines,
} from "../../../components/contract";
import { options } from "../../../components/options";
import type { Hide } from "../credential";
import { credentialProblems, credentialVariables, readCredential } from "../aws/credentials/read";
import { engineNames } from "../engines/registry";
import { toolNames } from "../tools/registry";
import { inputErrors } from "../errors";
import type { DatabaseSettings, LookSettings, Settings } from "../settings";
import type { Environment } from "../settings";
import { formProblems } from "./forms";
import { guardProblems, guardSettings } from "./guards";
import { optionProblems, optionValues } from "./options";
import { rehearsalProblems, rehearsalSettings } from "./rehearsal";

const sourceVariable = "CODEBUILD_SRC_DIR";
const toolVariable = options.tool.variable;
const hideNothing: Hide = () => {};
const { rollbackTo: rollbackToVariable, ...required } = EnvironmentVariables;

/** Reads the settings; throws one error that lists everything wrong with them. */
export function readSettings(
    action: string | undefined,
    environment: Environment,
    toolchain: string,
    hide: Hide = hideNothing,
): Settings {
    const problems = [
        ...actionProblems(action),
        ...missingVariables(environment, Object.values(required)),
        ...wrongValues(environment),
        ...guardProblems(environment),
    ];
    if (action === "rehearse") {
        problems.push(...rehearsalProblems(environment));
    }
    problems.push(...planProblems(environment));
    refuse(problems);
    const value = (name: string) => environment[name] ?? "";
    const source = path.resolve(value(sourceVariable));
    const plan = (artifact: string) => environment[`${sourceVariable}_${artifact}`] || undefined;
    const rollbackTo = value(rollbackToVariable) || noRollback;
    return {
        action: action as ReleaseCommand,
        environmentName: value(required.environmentName),
        releaseId: releaseId(value(required.sourceRevision), value(required.pipelineExecutionId)),
        sourceRevision: value(required.sourceRevision),
        executionId: value(required.pipelineExecutionId),
        rollbackTo: rollbackTo === noRollback ? undefined : rollbackTo,
        engine: value(required.databaseEngine),
        tool: value(toolVariable) || options.tool.default,
        database: databaseSettings(environment, toolchain, hide),
        source,
        migrations: path.resolve(source, value(required.migrationsDirectory)),
        approvedPlan: plan(Artifacts.deployPlan) ?? plan(Artifacts.rollbackPlan),
        forecast: plan(Artifacts.plan),
        toolchain,
        ...optionValues("build", environment, action as ReleaseCommand),
        pipeline: /^codepipeline\/(.+)$/.exec(value("CODEBUILD_INITIATOR"))?.[1],
        buildId: value("CODEBUILD_BUILD_ID") || undefined,
        ...(action === "plan" && { overlap: optionValues("guards", environment, action) }),
        ...((action === "deploy" || action === "rollback") && {
            guards: guardSettings(environment),
            record: {
                bucket: value(RecordVariables.bucket) || undefined,
                approvalPipeline: value(RecordVariables.approvalPipeline) || undefined,
            },
        }),
        ...(action === "rehearse" && { rehearsal: rehearsalSettings(environment) }),
    };
}

/** The settings of actions that only connect to the database and need nothing else from a pipeline. */
export function readLookSettings(
    environment: Environment,
    toolchain: string,
    hide: Hide = hideNothing,
    alsoNeeded: string[] = [],
): LookSettings {
    const { sourceRevision: _, pipelineExecutionId: __, migrationsDirectory: ___, ...needed } = required;
    refuse([...missingVariables(environment, [...Object.values(needed), ...alsoNeeded]), ...wrongValues(environment)]);
    return {
        environmentName: environment[required.environmentName] ?? "",
        releaseId: "aurora-pipeline-look",
        engine: environment[required.databaseEngine] ?? "",
        tool: environment[toolVariable] || options.tool.default,
        database: databaseSettings(environment, toolchain, hide),
        source: path.resolve(environment[sourceVariable] ?? ""),
    };
}

function databaseSettings(environment: Environment, toolchain: string, hide: Hide): DatabaseSettings {
    const value = (name: string) => environment[name] ?? "";
    return {
        host: value(required.databaseHost),
        port: Number(value(required.databasePort)),
        name: value(required.databaseName),
        username: value(required.databaseUsername),
        credential: readCredential(environment, hide),
        caBundle: value(caBundleVariable) || path.join(toolchain, Toolchain.certificates),
        ...optionValues("database", environment),
    };
}

function refuse(problems: string[]): void {
    if (problems.length > 0) {
        throw new inputErrors.SettingsRefused({ problems });
    }
}

/** The same for the plan and the deployment of one execution; short enough for the name that a session has in the server. */
export function releaseId(sourceRevision: string, executionId: string): string {
    const part = (text: string, length: number) => text.replace(/[^A-Za-z0-9._-]/g, "").slice(0, length) || "0";
    return `release-${part(sourceRevision, 7)}-${part(executionId, 8)}`;
}

function actionProblems(action: string | undefined): string[] {
    return (releaseCommands as readonly (string | undefined)[]).includes(action)
        ? []
        : [
              `the action is ${action ? `"${action}"` : "missing"}; allowed: ${releaseCommands.join(", ")} (delivery.cjs ACTION)`,
          ];
}

/** A person approves the plan that was made in the approval's own stage; a plan from another stage does not count. */
function planProblems(environment: Environment): string[] {
    const given = (artifact: string) => Boolean(environment[`${sourceVariable}_${artifact}`]);
    const [binding, forecast] = [given(Artifacts.deployPlan) || given(Artifacts.rollbackPlan), given(Artifacts.plan)];
    return environment[RecordVariables.approvalPipeline] && forecast && !binding
        ? [
              `the input artifact ${Artifacts.plan} is a plan that was not approved; in a stage with an approval, allowed: ${Artifacts.deployPlan} or ${Artifacts.rollbackPlan}, made in the same stage`,
          ]
        : [];
}

function missingVariables(environment: Environment, names: string[]): string[] {
    const needed = [...names, ...credentialVariables(environment), sourceVariable];
    const missing = needed.filter((name) => !environment[name]);
    return missing.length > 0
        ? [`environment variables missing: ${missing.join(", ")}; the pipeline and its CodeBuild project set them`]
        : [];
}

function wrongValues(environment: Environment): string[] {
    const { [required.databasePort]: port, [required.databaseEngine]: engine, [toolVariable]: tool } = environment;
    const problems = [...credentialProblems(environment), ...formProblems(environment)];
    if (port && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
        problems.push(`${required.databasePort} is "${port}"; allowed: a port number, 1 to 65535`);
    }
    if (engine && !engineNames.includes(engine)) {
        problems.push(`${required.databaseEngine} is "${engine}"; allowed: ${engineNames.join(", ")}`);
    }
    if (tool && !toolNames.includes(tool)) {
        problems.push(`${toolVariable} is "${tool}"; allowed: ${toolNames.join(", ")}`);
    }
    const engines = tool && toolNames.includes(tool) ? toolEngines[tool as DeliveryTool] : engineNames;
    if (engine && engineNames.includes(engine) && !engines.includes(engine)) {
        problems.push(
            `${toolVariable} is "${tool}", which works with ${engines.join(", ")} only, and not with ${engine}`,
        );
    }
    return [...problems, ...optionProblems("database", environment), ...optionProblems("build", environment)];
}
