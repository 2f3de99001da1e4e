import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { entriesBelow } from "../../../scripts/delivery/files";
import type { RecordedResource } from "../../../scripts/local/recorded";

const made: string[] = [];

/** A directory that `removeTemporary` takes away. */
export function temporaryDirectory(): string {
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "local-run-")));
    made.push(directory);
    return directory;
}

export function removeTemporary(): void {
    for (const directory of made.splice(0)) {
        // As root, a server's data lies elsewhere.
        for (const entry of entriesBelow(directory)) {
            const path = join(entry.parentPath, entry.name);
            if (entry.name === "data" && entry.isSymbolicLink())
                rmSync(readlinkSync(path), { recursive: true, force: true });
        }
        rmSync(directory, { recursive: true, force: true });
    }
}

/** Writes files by their path in a directory. */
export function write(directory: string, files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) {
        const path = join(directory, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
    }
}

export function git(directory: string, ...args: string[]): string {
    const identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"];
    return execFileSync("git", ["-C", directory, ...identity, ...args], { encoding: "utf8" }).trim();
}

export function resource(type: string, name: string, inputs: Record<string, unknown>): RecordedResource {
    return { type, name, id: name, custom: true, inputs, outputs: { ...inputs, name: inputs["name"] ?? name } };
}

/** A pipeline as a program would register it: stages are given, the rest is what every one has. */
const pipelineArn = "arn:aws:codepipeline:us-east-1:000000000000:pipeline";

export function pipelineResource(stages: unknown[], more: Record<string, unknown> = {}): RecordedResource {
    const recorded = resource("aws:codepipeline/pipeline:Pipeline", "pipeline", {
        name: "pipeline",
        pipelineType: "V2",
        executionMode: "QUEUED",
        roleArn: "arn:aws:iam::000000000000:role/pipeline",
        artifactStores: [{ location: "bucket", type: "S3" }],
        variables: [{ name: "ROLLBACK_TO", defaultValue: "none" }],
        stages,
        ...more,
    });
    return { ...recorded, outputs: { ...recorded.outputs, arn: pipelineArn } };
}

export const sourceStage = {
    name: "Source",
    actions: [
        {
            name: "Source",
            category: "Source",
            owner: "AWS",
            provider: "CodeCommit",
            version: "1",
            namespace: "SourceVariables",
            outputArtifacts: ["Source"],
            configuration: { RepositoryName: "repository", BranchName: "main", OutputArtifactFormat: "CODE_ZIP" },
        },
    ],
};

export function buildStage(name: string, more: Record<string, unknown> = {}, action: Record<string, unknown> = {}) {
    return {
        name,
        actions: [
            {
                name,
                category: "Build",
                owner: "AWS",
                provider: "CodeBuild",
                version: "1",
                inputArtifacts: ["Source"],
                outputArtifacts: [name],
                configuration: { ProjectName: name, EnvironmentVariables: "[]" },
                ...action,
            },
        ],
        ...more,
    };
}

/** `beforeEntry` with one VariableCheck. */
export function entry(result: string, variable: string, operator: string, value: string) {
    const ruleTypeId = { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" };
    const configuration = { Variable: variable, Operator: operator, Value: value };
    return { beforeEntry: { condition: { result, rules: [{ name: "Check", ruleTypeId, configuration }] } } };
}
