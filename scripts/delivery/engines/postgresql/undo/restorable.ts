import { readSql } from "../sql/read";

const objects = new Set(["view", "function", "procedure"]);

/** Whether the SQL does nothing but define views, functions and procedures, whose earlier forms a catalog can restore. */
export async function onlyDefines(texts: string[]): Promise<boolean> {
    for (const text of texts) {
        const { statements, problem } = await readSql(text);
        if (problem || !statements.every(({ effect }) => isDefinition(effect))) return false;
    }
    return true;
}

function isDefinition(effect: { kind: string; object?: string }): boolean {
    return (effect.kind === "create" || effect.kind === "drop") && objects.has(effect.object ?? "");
}
