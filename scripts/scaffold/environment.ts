import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { settingsFrom } from "../../stacks/config";
import { type EnvironmentName, profiles } from "../../stacks/settings";
import { messageOf } from "../local/errors";
import { scaffoldErrors } from "./errors";

/** What the config of a new stack is made from. */
export interface NewEnvironment {
    /** Name of the stack. */
    name: string;
    /** Directory of `Pulumi.yaml`. */
    program: string;
    /** Profile of the stack. Default: dev. */
    profile?: string;
}

/** Where a new stack's region and source come from: the first that is there. */
const models = ["dev", "prod"];
/** What two environments of one project have in common; anything else is a decision about one of them. */
const shared = [
    "aws:region",
    "sourceProvider",
    "repository",
    "branch",
    "connectionArn",
    "migrationsDirectory",
    "engine",
    "databaseName",
    "tags",
];

/** Writes `Pulumi.<name>.yaml`, which is valid config, and returns its path. */
export function newEnvironment({ name, program, profile = "dev" }: NewEnvironment): string {
    const file = path.join(program, `Pulumi.${name}.yaml`);
    if (!(profile in profiles)) {
        throw new scaffoldErrors.ProfileUnknown({ profile, allowed: Object.keys(profiles).join(", ") });
    }
    if (fs.existsSync(file)) {
        throw new scaffoldErrors.EnvironmentExists({ file });
    }
    const project = projectOf(program);
    const config = configOf(program, project, name, profile as EnvironmentName);
    settingsFrom({ project, stack: name, values: asTexts(config) });
    fs.writeFileSync(file, textOf(profile, project, config), { flag: "wx" });
    return file;
}

/** The repository in the sample config of this project, which does not exist. */
const sampleRepository = "my-org/my-repository";

/** What to do with a stack that was written, in its order. */
export function nextSteps({ name, program }: Pick<NewEnvironment, "name" | "program">): string[] {
    const project = projectOf(program);
    const written = (readYaml(path.join(program, `Pulumi.${name}.yaml`)) as { config: Config }).config;
    const repository = `${project}:repository`;
    return [
        `npm start -- --env ${name}   # runs its pipeline on this machine`,
        ...(written[repository] === sampleRepository
            ? [`Set aws:region and ${repository} in Pulumi.${name}.yaml: ${sampleRepository} belongs to the sample.`]
            : []),
        `pulumi stack init ${name} && pulumi up   # creates it`,
    ];
}

type Config = Record<string, unknown>;

function configOf(program: string, project: string, name: string, profile: EnvironmentName): Config {
    const model = models.map((stack) => path.join(program, `Pulumi.${stack}.yaml`)).find((file) => fs.existsSync(file));
    const known = model ? ((readYaml(model) as { config?: Config } | null)?.config ?? {}) : {};
    const keys = shared.map((key) => (key.includes(":") ? key : `${project}:${key}`)).filter((key) => key in known);
    return {
        ...Object.fromEntries(keys.map((key) => [key, known[key]])),
        // A stack that bears the name of a profile has it.
        ...(name !== profile && { [`${project}:environment`]: profile }),
    };
}

/** As the Pulumi CLI hands config to the program. */
function asTexts(config: Config): Record<string, string> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
}

function textOf(profile: string, project: string, config: Config): string {
    const comment = `# Everything else comes from the profile in stacks/${profile}.ts; \`${project}:<key>\` overrides it (keys: Pulumi.yaml).`;
    return `${comment}\n${stringify({ config }, { indent: 2 })}`;
}

function projectOf(program: string): string {
    return (readYaml(path.join(program, "Pulumi.yaml")) as { name: string }).name;
}

function readYaml(file: string): unknown {
    try {
        return parse(fs.readFileSync(file, "utf8"));
    } catch (error) {
        throw new scaffoldErrors.ProgramUnreadable({ file, reason: messageOf(error) });
    }
}
