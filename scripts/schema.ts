import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ComponentProvider, getPulumiComponents } from "@pulumi/pulumi/provider/experimental";
import * as entryPoint from "../components";

// The schema by which other Pulumi languages use the components: `npm run schema` writes it, a test compares it.

const directory = path.join(__dirname, "..", "components");
export const schemaFile = path.join(directory, "schema.json");

/** What Pulumi's plugin host answers when the CLI asks `components/` for its schema, as text for the file. */
export async function packageSchema(): Promise<string> {
    const { name } = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as { name: string };
    const components = getPulumiComponents(entryPoint);
    const schema = await new ComponentProvider({ name, components, dirname: directory }).getSchema();
    return `${JSON.stringify(JSON.parse(schema), null, 2)}\n`;
}

async function main(): Promise<void> {
    writeFileSync(schemaFile, await packageSchema());
    console.log(`Wrote ${path.relative(process.cwd(), schemaFile)}`);
}

if (require.main === module) {
    void main();
}
