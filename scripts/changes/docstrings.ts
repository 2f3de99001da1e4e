import { readFileSync } from "node:fs";
import * as path from "node:path";

// The few things that Pulumi's SDK says about replacement, in the docstrings of its declarations.

const modules = path.join(__dirname, "..", "..", "node_modules", "@pulumi");
const saysSo = /forces?\s+(a\s+)?(new\s+resource|replacement)|trigger\s+recreation|force\s+resource\s+recreation/i;
const documented = new Map<string, Set<string>>();

/** Inputs of a resource type whose docstring says that changing them replaces the resource. */
export function replacedByDocstring(type: string): Set<string> {
    const known = documented.get(type) ?? readDocstrings(type);
    documented.set(type, known);
    return known;
}

function readDocstrings(type: string): Set<string> {
    const [provider = "", token = ""] = type.split(":");
    const file = path.join(modules, provider, `${token.replace(/^index\//, "")}.d.ts`);
    // A docstring, then the declaration of the property that it is about.
    const properties = readFileSync(file, "utf8").matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:readonly )?(\w+)\??:/g);
    const replaced = [...properties].filter(([, docstring]) => saysSo.test((docstring ?? "").replace(/\n\s*\*/g, " ")));
    return new Set(replaced.map(([, , property]) => property as string));
}
