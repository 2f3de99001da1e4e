import type { SqlReader } from "../../engine";

/**
 * What a statement does to the transaction around it, by its first words: the migration tool has already split the source
 * into statements, and the server refuses two in one.
 */
export interface ReadStatement {
    /** The first words, in upper case: `CREATE TABLE`. */
    verb: string;
    /** It commits what was open before it, and itself: https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html */
    commits: boolean;
}

/** The text without comments and surrounding space; what is in a comment that begins with `/*!` runs. */
export function withoutComments(text: string): string {
    let rest = text;
    for (;;) {
        const shorter = rest
            .trimStart()
            .replace(/^--(?=\s|$)[^\n]*/, "")
            .replace(/^#[^\n]*/, "")
            .replace(/^\/\*(?!!|\+)[\s\S]*?\*\//, "")
            .replace(/^\/\*!\d*/, "");
        if (shorter === rest) return rest.replace(/[\s;]+$/, "");
        rest = shorter;
    }
}

const committing =
    /^(ALTER|CREATE|DROP|RENAME|TRUNCATE|INSTALL|UNINSTALL|GRANT|REVOKE|SET PASSWORD|LOCK TABLES|UNLOCK TABLES|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|ANALYZE|CACHE INDEX|CHECK TABLE|FLUSH|LOAD INDEX|OPTIMIZE|REPAIR|RESET|CHANGE|START|STOP)\b/;

/** Undefined for a text of comments only. */
export function readStatement(text: string): ReadStatement | undefined {
    const statement = withoutComments(text);
    if (statement === "") return undefined;
    const beginning = statement.slice(0, 200).replaceAll(/\s+/g, " ").toUpperCase();
    const [verb = ""] =
        /^\w+(?: (?:TABLES?|VIEW|INDEX|UNIQUE INDEX|TRIGGER|PROCEDURE|FUNCTION|EVENT|USER|ROLE|DATABASE)\b)?/.exec(
            beginning,
        ) ?? [];
    const temporary = /^(CREATE|DROP) TEMPORARY TABLE\b/.test(beginning);
    return { verb, commits: !temporary && committing.test(beginning) };
}

export const sql: SqlReader = {
    count: (texts) => Promise.resolve(texts.filter((text) => readStatement(text) !== undefined).length),
    // Nothing asks for it without `capabilities.scripts`.
    split: () => Promise.resolve(undefined),
    prepare: () => Promise.resolve(),
};
