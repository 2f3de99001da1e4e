import * as fs from "node:fs";
import * as path from "node:path";

/** The defaults that the documentation of a component's args names (`Default: 60.`), by arg; JSON values only. */
export function documentedDefaults(file: string, interfaceName: string): Record<string, unknown> {
    const source = fs.readFileSync(path.join(__dirname, "../../components", file), "utf8");
    const start = source.indexOf(`export interface ${interfaceName} {`);
    const body = source.slice(start, source.indexOf("\n}\n", start));
    const documented: Record<string, unknown> = {};
    for (const [, comment, arg] of body.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+)\??:/g)) {
        const text = comment!.replace(/\s*\n\s*\*\s*/g, " ");
        const [, value] = /Default: ("[^"]*"|\d+|true|false)/.exec(text) ?? [];
        if (value !== undefined) {
            documented[arg!] = JSON.parse(value);
        }
    }
    return documented;
}
