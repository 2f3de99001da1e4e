import { readSql } from "./read";

/** The number of statements in these texts; Infinity if one cannot be parsed. */
export async function countStatements(texts: string[]): Promise<number> {
    const scripts = await Promise.all(texts.map(readSql));
    return scripts.some(({ problem }) => problem) ? Infinity : scripts.flatMap((script) => script.statements).length;
}
